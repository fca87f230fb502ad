package project

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// file is one entry of a commit's tree that is no folder.
type file struct {
	name    string // below the folder that was asked for, with slashes
	mode    string // modeFile, modeExecutable, modeLink or modeSubmodule
	content io.Reader
	id      string // of the blob, where git names it
}

// walk hands over each file of a folder. It is how the two ways to a commit's files differ, and all of it.
type walk func(take func(file) error) error

// modeSubmodule is an entry that is a commit of another repository.
const modeSubmodule = "160000"

// inGit walks a tree of the repository: the bytes of its blobs, which no setting, attribute or filter changes.
func (s *Source) inGit(ctx context.Context, tree string) walk {
	return func(take func(file) error) error {
		list, err := s.git(ctx, "ls-tree", "-r", "-z", "--full-tree", tree)
		if err != nil {
			return err
		}
		files, err := parseTree(list)
		if err != nil {
			return err
		}
		return s.readBlobs(ctx, files, take)
	}
}

// parseTree reads what ls-tree prints: MODE SP TYPE SP ID TAB NAME NUL.
func parseTree(list string) ([]file, error) {
	var files []file
	for entry := range strings.SplitSeq(strings.TrimSuffix(list, "\x00"), "\x00") {
		if entry == "" {
			continue
		}
		words, name, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(words)
		if len(fields) != 3 || name == "" {
			return nil, fmt.Errorf("git listed %q", entry)
		}
		f := file{name: name, mode: fields[0], id: fields[2]}
		if fields[1] == "blob" && f.mode != modeLink && f.mode != modeExecutable {
			f.mode = modeFile // 100664, which git has long ceased to write
		}
		files = append(files, f)
	}
	return files, nil
}

// readBlobs has one git read all blobs, in the order of the files.
func (s *Source) readBlobs(ctx context.Context, files []file, take func(file) error) (err error) {
	var ids strings.Builder
	for _, f := range files {
		if f.mode != modeSubmodule {
			ids.WriteString(f.id + "\n")
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := s.gitCommand(ctx, "cat-file", "--batch")
	var talk bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(ids.String()), &talk
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return gitError(err, "")
	}
	defer func() {
		if err != nil {
			cancel()
		}
		if ended := cmd.Wait(); ended != nil && (err == nil || errors.Is(err, io.ErrUnexpectedEOF)) {
			err = gitError(ended, talk.String())
		}
	}()
	blobs := bufio.NewReaderSize(out, 1<<16)
	for _, f := range files {
		if f.mode == modeSubmodule {
			f.content = strings.NewReader("")
			if err := take(f); err != nil {
				return err
			}
		} else if err := readBlob(blobs, f, take); err != nil {
			return err
		}
	}
	return nil
}

// readBlob reads ID SP TYPE SP SIZE LF CONTENT LF.
func readBlob(from *bufio.Reader, f file, take func(file) error) error {
	head, err := from.ReadString('\n')
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	var id, kind string
	var size int64
	if _, err := fmt.Sscan(head, &id, &kind, &size); err != nil || kind != "blob" {
		return fmt.Errorf("reading %q: git answered %q", f.name, strings.TrimSpace(head))
	}
	content := &io.LimitedReader{R: from, N: size}
	f.content = content
	if err := take(f); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, content); err != nil {
		return err
	}
	if content.N > 0 {
		return io.ErrUnexpectedEOF
	}
	_, err = from.Discard(1)
	return err
}

// inFolder walks an unpacked archive of a commit. Git knows no empty folder: one in an archive is a submodule's.
func inFolder(root *os.Root) walk {
	return func(take func(file) error) error { return walkFolder(root, ".", take) }
}

func walkFolder(root *os.Root, folder string, take func(file) error) error {
	entries, err := fs.ReadDir(root.FS(), folder)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == ".git" })
	if len(entries) == 0 && folder != "." {
		return take(file{name: folder, mode: modeSubmodule, content: strings.NewReader("")})
	}
	for _, entry := range entries {
		name := path.Join(folder, entry.Name())
		if entry.IsDir() {
			err = walkFolder(root, name, take)
		} else {
			err = takeFrom(root, name, entry, take)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func takeFrom(root *os.Root, name string, entry fs.DirEntry, take func(file) error) error {
	switch {
	case entry.Type()&fs.ModeSymlink != 0:
		target, err := root.Readlink(name)
		if err != nil {
			return err
		}
		return take(file{name: name, mode: modeLink, content: strings.NewReader(target)})
	case !entry.Type().IsRegular():
		return fmt.Errorf("%q is neither file, folder nor link", name)
	}
	content, err := root.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	info, err := content.Stat()
	if err != nil {
		return err
	}
	f := file{name: name, mode: modeFile, content: content}
	if info.Mode()&0o111 != 0 {
		f.mode = modeExecutable
	}
	return take(f)
}
