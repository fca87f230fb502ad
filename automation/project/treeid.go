package project

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // git's own ids
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
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

// reading goes through a folder that walk.write made, and notes in found what a build cannot use.
type reading struct {
	objects
	root  *os.Root
	found *Context
}

// tree is git's id of a folder's files; it is nil for a folder without any, which git does not know.
func (r reading) tree(folder string) ([]byte, error) {
	entries, err := fs.ReadDir(r.root.FS(), folder)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 && folder != "." {
		r.found.Submodules = append(r.found.Submodules, folder)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(order(a), order(b)) })
	var text []byte
	for _, entry := range entries {
		mode, id, err := r.entry(path.Join(folder, entry.Name()), entry)
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
	sum := r.hash()
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

func (r reading) entry(name string, entry fs.DirEntry) (mode string, id []byte, err error) {
	if !utf8.ValidString(entry.Name()) {
		r.found.Misnamed = append(r.found.Misnamed, name)
	}
	switch {
	case entry.IsDir():
		id, err = r.tree(name)
		return modeFolder, id, err
	case entry.Type()&fs.ModeSymlink != 0:
		target, err := r.root.Readlink(name)
		if err != nil {
			return "", nil, err
		}
		if !utf8.ValidString(target) {
			r.found.Misnamed = append(r.found.Misnamed, name)
		}
		id, err = r.blob(strings.NewReader(target), int64(len(target)))
		return modeLink, id, err
	}
	mode, id, err = r.file(name)
	if err != nil {
		err = fmt.Errorf("reading %q: %w", name, err)
	}
	return mode, id, err
}

// pointer is what Git LFS commits in place of a file, at most mostPointer bytes
// (github.com/git-lfs/git-lfs/blob/main/docs/spec.md, 2026-11).
var pointer = regexp.MustCompile(`\Aversion https://git-lfs\.github\.com/spec/v1\n(ext-[0-9].*\n)*oid sha256:[0-9a-f]{64}\nsize [0-9]+\n\z`)

const mostPointer = 1023

func (r reading) file(name string) (mode string, id []byte, err error) {
	file, err := r.root.Open(name)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return "", nil, err
	}
	var content io.Reader = file
	if info.Size() <= mostPointer {
		text, err := io.ReadAll(file)
		if err != nil {
			return "", nil, err
		}
		if content = bytes.NewReader(text); pointer.Match(text) {
			r.found.Pointers = append(r.found.Pointers, name)
		}
	}
	if id, err = r.blob(content, info.Size()); err != nil {
		return "", nil, err
	}
	if info.Mode()&0o100 != 0 {
		return modeExecutable, id, nil
	}
	return modeFile, id, nil
}
