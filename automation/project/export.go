package project

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Context is the files of a folder as a commit holds them.
type Context struct {
	Folder string // absolute path
	Name   string // of the folder in the repository, with slashes; "." is the repository itself
	Tree   string // git's id of the files
}

func contextOf(folder, name, commit string) (Context, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return Context{}, err
	}
	defer func() { _ = root.Close() }()
	id, err := objectsOf(commit).tree(root, ".")
	return Context{Folder: folder, Name: path.Clean(name), Tree: hex.EncodeToString(id)}, err
}

// Unpacked is the folder of a project that is an unpacked archive of a commit.
func (s *Source) Unpacked(commit string) (Context, error) {
	name, err := filepath.Rel(s.root, s.Folder)
	if err != nil || !filepath.IsLocal(name) {
		return Context{}, fmt.Errorf("reading the app's folder: %s is not in the unpacked archive %s", s.Folder, s.root)
	}
	return contextOf(s.Folder, filepath.ToSlash(name), commit)
}

// Export writes what a commit holds below the folder to .slipway/build/<hash>/<name of the folder>-<mark>. Files carry the commit's time, so that the same commit gives the same files.
// A commit that was exported before is kept, until it was not used for a while.
func (s *Source) Export(ctx context.Context, commit Commit) (Context, error) {
	prefix, target, err := s.export(ctx, commit)
	if err != nil {
		return Context{}, fmt.Errorf("exporting %s of commit %s: %w", s.Folder, commit.Short(), err)
	}
	return contextOf(target, prefix, commit.Hash)
}

func (s *Source) export(ctx context.Context, commit Commit) (prefix, target string, err error) {
	prefix, err = s.git(ctx, "rev-parse", "--show-prefix")
	if err != nil {
		return "", "", err
	}
	prefix = strings.TrimSuffix(prefix, "\n")
	sum := sha256.Sum256([]byte(prefix)) // one folder each, none inside another
	target = filepath.Join(s.build, commit.Hash, fmt.Sprintf("%s-%x", filepath.Base(s.Folder), sum[:4]))
	commitFolder, now := filepath.Dir(target), time.Now()
	defer func() { _ = sweep(s.build, now) }() // what stays behind is only more than needed
	if exists(target) {
		return prefix, target, use(commitFolder, now)
	}
	if err := os.MkdirAll(commitFolder, 0o755); err != nil {
		return "", "", err
	}
	scratch, err := os.MkdirTemp(commitFolder, scratchPrefix)
	if err != nil {
		return "", "", err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	if err := s.archive(ctx, commit, scratch); err != nil {
		return "", "", err
	}
	if err := os.Rename(scratch, target); err != nil && !exists(target) { // somebody else may have been faster
		return "", "", err
	}
	return prefix, target, nil
}

// scratchPrefix begins the names of exports that are not complete.
const scratchPrefix = ".export-"

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func (s *Source) archive(ctx context.Context, commit Commit, target string) error {
	tree, err := s.git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", commit.Hash+":./")
	if err != nil {
		return errors.New("the commit has no such folder")
	}
	top, err := s.git(ctx, "rev-parse", "--show-toplevel") // elsewhere git archive looks for that folder in the tree
	if err != nil {
		return err
	}
	cmd := s.gitCommand(ctx, "-C", strings.TrimSuffix(top, "\n"), "archive", "--format=tar", strings.TrimSpace(tree))
	var talk bytes.Buffer
	cmd.Stderr = &talk
	stream, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return gitError(err, "")
	}
	unpacked := unpack(stream, target, commit.Time)
	_, _ = io.Copy(io.Discard, stream)
	if err := cmd.Wait(); err != nil {
		return gitError(err, talk.String())
	}
	return unpacked
}

// unpack writes a tar stream below dir. No entry can leave dir. Modes end up in an image, so the umask must not decide
// them.
func unpack(stream io.Reader, dir string, at time.Time) error {
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	for archive := tar.NewReader(stream); ; {
		entry, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the archive: %w", err)
		}
		if err := unpackEntry(root, entry, archive, at); err != nil {
			return fmt.Errorf("writing %s: %w", entry.Name, err)
		}
	}
}

func unpackEntry(root *os.Root, entry *tar.Header, content io.Reader, at time.Time) error {
	name := path.Clean(entry.Name)
	switch entry.Typeflag {
	case tar.TypeDir:
		if err := root.MkdirAll(name, 0o755); err != nil {
			return err
		}
		return root.Chmod(name, 0o755)
	case tar.TypeSymlink:
		return root.Symlink(entry.Linkname, name)
	case tar.TypeReg:
		mode := fs.FileMode(0o644)
		if entry.Mode&0o100 != 0 {
			mode = 0o755
		}
		file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
		if err != nil {
			return err
		}
		_, err = io.Copy(file, content)
		if err := errors.Join(err, file.Chmod(mode), file.Close()); err != nil {
			return err
		}
		return root.Chtimes(name, at, at)
	default:
		return nil // the commit's own header
	}
}
