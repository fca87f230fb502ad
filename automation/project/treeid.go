package project

import (
	"crypto/sha1" //nolint:gosec // git's own ids
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// objects makes git's ids of the kind that a repository has: SHA-1, or SHA-256 where its commits have 64 digits.
type objects struct{ hash func() hash.Hash }

func objectsOf(commit string) objects {
	if len(commit) == 2*sha256.Size {
		return objects{sha256.New}
	}
	return objects{sha1.New}
}

// blob is git's id of a file's content.
func (o objects) blob(content io.Reader, size int64) ([]byte, error) {
	sum := o.hash()
	fmt.Fprintf(sum, "blob %d\x00", size)
	n, err := io.Copy(sum, content)
	if err == nil && n != size {
		err = errors.New("it changed while it was read")
	}
	return sum.Sum(nil), err
}

// tree is git's id of a folder's files; it is nil for a folder without any, which git does not know.
func (o objects) tree(root *os.Root, folder string) ([]byte, error) {
	entries, err := fs.ReadDir(root.FS(), folder)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(order(a), order(b)) })
	var text []byte
	for _, entry := range entries {
		mode, id, err := o.entry(root, path.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		if id != nil {
			text = append(fmt.Appendf(text, "%s %s\x00", mode, entry.Name()), id...)
		}
	}
	if text == nil && folder != "." {
		return nil, nil
	}
	sum := o.hash()
	fmt.Fprintf(sum, "tree %d\x00", len(text))
	sum.Write(text)
	return sum.Sum(nil), nil
}

// order is a name as git sorts it in a tree.
func order(entry fs.DirEntry) string {
	if entry.IsDir() {
		return entry.Name() + "/"
	}
	return entry.Name()
}

// Modes of entries in git's trees.
const (
	modeFolder     = "40000"
	modeFile       = "100644"
	modeExecutable = "100755"
	modeLink       = "120000"
)

func (o objects) entry(root *os.Root, name string) (mode string, id []byte, err error) {
	info, err := root.Lstat(name)
	if err != nil {
		return "", nil, err
	}
	switch {
	case info.IsDir():
		id, err = o.tree(root, name)
		return modeFolder, id, err
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := root.Readlink(name)
		if err != nil {
			return "", nil, err
		}
		id, err = o.blob(strings.NewReader(target), int64(len(target)))
		return modeLink, id, err
	case !info.Mode().IsRegular():
		return "", nil, fmt.Errorf("%q is neither file, folder nor link", name)
	}
	file, err := root.Open(name)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = file.Close() }()
	if id, err = o.blob(file, info.Size()); err != nil {
		return "", nil, fmt.Errorf("reading %q: %w", name, err)
	}
	if info.Mode()&0o100 != 0 {
		return modeExecutable, id, nil
	}
	return modeFile, id, nil
}
