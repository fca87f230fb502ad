package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/moby/patternmatcher/ignorefile"
	"github.com/tonistiigi/fsutil"
	"github.com/tonistiigi/fsutil/types"
)

// source is what an image is built from: two paths on this machine.
type source struct{ folder, dockerfile string }

// source finds the context and the Dockerfile, which may lie outside of it. Paths must be absolute:
// this process does not stand in the program's folder, as a provider started by the engine does.
func (b build) source() (source, error) {
	s := source{b.Context, b.Dockerfile}
	if !filepath.IsAbs(s.folder) {
		return s, fmt.Errorf("build.context %q must be an absolute path in the sandbox", b.Context)
	}
	if s.dockerfile == "" {
		s.dockerfile = filepath.Join(s.folder, "Dockerfile")
	}
	if !filepath.IsAbs(s.dockerfile) {
		return s, fmt.Errorf("build.dockerfile %q must be an absolute path in the sandbox", b.Dockerfile)
	}
	if info, err := os.Stat(s.folder); err != nil {
		return s, missing("build.context", s.folder, err)
	} else if !info.IsDir() {
		return s, fmt.Errorf("build.context %s is not a folder", s.folder)
	}
	if info, err := os.Stat(s.dockerfile); err != nil {
		return s, missing("build.dockerfile", s.dockerfile, err)
	} else if !info.Mode().IsRegular() {
		return s, fmt.Errorf("build.dockerfile %s is not a file", s.dockerfile)
	}
	return s, nil
}

func missing(what, path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s %s does not exist", what, path)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// digest is a sum over everything that the build may read: the Dockerfile, and the context's files without
// those that .dockerignore names. Times and owners of files do not count, as they do not for the build.
func (s source) digest(ctx context.Context) (string, error) {
	sum := sha256.New()
	files, err := s.files()
	if err != nil {
		return "", err
	}
	if err := addFile(sum, func() (io.ReadCloser, error) { return os.Open(s.dockerfile) }); err != nil {
		return "", fmt.Errorf("reading %s: %w", s.dockerfile, err)
	}
	err = files.Walk(ctx, "", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return addEntry(sum, files, path, entry)
	})
	if err != nil {
		return "", fmt.Errorf("reading build.context %s: %w", s.folder, err)
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), nil
}

func addEntry(sum hash.Hash, files fsutil.FS, path string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	stat, _ := info.Sys().(*types.Stat)
	fmt.Fprintf(sum, "%q %s", path, info.Mode())
	if stat != nil {
		fmt.Fprintf(sum, " %q", stat.Linkname)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	return addFile(sum, func() (io.ReadCloser, error) { return files.Open(path) })
}

// addFile adds a file's content and its length, so that no two sequences of files look the same.
func addFile(sum hash.Hash, open func() (io.ReadCloser, error)) error {
	f, err := open()
	if err != nil {
		return err
	}
	defer f.Close()
	n, err := io.Copy(sum, f)
	_, _ = io.WriteString(sum, " "+strconv.FormatInt(n, 10)+"\n")
	return err
}

// files are the context's files as the build sees them.
func (s source) files() (fsutil.FS, error) {
	patterns, err := s.ignored()
	if err != nil {
		return nil, err
	}
	all, err := fsutil.NewFS(s.folder)
	if err != nil {
		return nil, err
	}
	return fsutil.NewFilterFS(all, &fsutil.FilterOpt{ExcludePatterns: patterns})
}

// ignored are the patterns of <Dockerfile>.dockerignore or, without one, of the context's .dockerignore.
func (s source) ignored() ([]string, error) {
	for _, path := range []string{s.dockerfile + ".dockerignore", filepath.Join(s.folder, ".dockerignore")} {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return ignorefile.ReadAll(f)
	}
	return nil, nil
}

// relative is the Dockerfile's path seen from the context.
func (s source) relative() string {
	if rel, err := filepath.Rel(s.folder, s.dockerfile); err == nil {
		return rel
	}
	return s.dockerfile
}
