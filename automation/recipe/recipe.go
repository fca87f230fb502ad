// Package recipe makes of a commit's files and a build's settings what an image is built from, and its identity.
package recipe

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"slipway/automation/project"
	"slipway/images"
)

// Recipe is all that a build needs but where the image goes.
type Recipe struct {
	Identity   images.Identity
	Settings   images.Settings
	Context    string // absolute path of the files
	Dockerfile string // absolute path of the Dockerfile with the labels of the identity
}

// Args are the arguments of the program that builds the image for a repository.
func (r Recipe) Args(repository string) images.Args {
	return images.Args{
		Repository: repository, Tag: r.Identity.Tag(), Context: r.Context, Dockerfile: r.Dockerfile, Settings: r.Settings,
	}
}

// NoDockerfile is the error for a context without the Dockerfile that it is to be built with.
type NoDockerfile struct{ Folder, Dockerfile, Commit string }

func (e *NoDockerfile) Error() string {
	return fmt.Sprintf("commit %s has no %s", e.Commit, path.Join(e.Folder, e.Dockerfile))
}

// mostDockerfile bounds a Dockerfile and its .dockerignore, in bytes.
const mostDockerfile = 1 << 20

// Make reads the Dockerfile, whose path is relative to the context, and writes it with its labels beside the context.
func Make(of project.Context, commit, dockerfile string, with images.Settings) (Recipe, error) {
	root, err := os.OpenRoot(of.Folder)
	if err != nil {
		return Recipe{}, err
	}
	defer func() { _ = root.Close() }()
	text, err := read(root, dockerfile)
	if errors.Is(err, fs.ErrNotExist) {
		return Recipe{}, &NoDockerfile{of.Name, dockerfile, commit}
	}
	if err != nil {
		return Recipe{}, fmt.Errorf("reading %s: %w", path.Join(of.Name, dockerfile), err)
	}
	ignore, err := read(root, dockerfile+ignoreSuffix)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Recipe{}, fmt.Errorf("reading %s: %w", path.Join(of.Name, dockerfile+ignoreSuffix), err)
	}
	if err := check(root, of, ignore); err != nil {
		return Recipe{}, err
	}
	r := Recipe{Settings: with, Context: of.Folder, Identity: images.Identity{
		Commit: commit, Folder: of.Name, Tree: of.Tree, Dockerfile: fileID(dockerfile, text, ignore), Build: with.Text(),
	}}
	labelled, err := images.Labelled(text, with.Target, r.Identity.Labels())
	if err != nil {
		return Recipe{}, fmt.Errorf("reading %s of commit %s: %w", path.Join(of.Name, dockerfile), commit, err)
	}
	r.Dockerfile, err = keep(of.Folder+"."+r.Identity.Tag(), path.Base(dockerfile), labelled, ignore)
	return r, err
}

// ignoreSuffix names the .dockerignore of one Dockerfile.
const ignoreSuffix = ".dockerignore"

func read(root *os.Root, name string) ([]byte, error) {
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, errors.New("it is no file"))
	}
	text, err := io.ReadAll(io.LimitReader(file, mostDockerfile+1))
	if err == nil && len(text) > mostDockerfile {
		err = fmt.Errorf("it is longer than %d bytes", mostDockerfile)
	}
	return text, err
}

// fileID is the path with a digest of what the file and its .dockerignore say: both may be a link's, so that the tree's id
// alone would not tell.
func fileID(name string, text, ignore []byte) string {
	sum := sha256.New()
	for _, part := range [][]byte{text, ignore} {
		fmt.Fprintf(sum, "%d\n", len(part))
		sum.Write(part)
	}
	return fmt.Sprintf("%s@sha256:%x", name, sum.Sum(nil))
}

// keep writes the Dockerfile, and its own .dockerignore when it has one, into a folder that nothing else is in. The tag in
// the folder's name stands for all that is in it, so that two runs write the same.
func keep(folder, name string, text, ignore []byte) (string, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	files := map[string][]byte{name: text}
	if ignore != nil {
		files[name+ignoreSuffix] = ignore
	}
	for name, text := range files {
		if err := replace(filepath.Join(folder, name), text); err != nil {
			return "", err
		}
	}
	return filepath.Join(folder, name), nil
}

func replace(file string, text []byte) error {
	if has, err := os.ReadFile(file); err == nil && bytes.Equal(has, text) {
		return nil
	}
	fresh, err := os.CreateTemp(filepath.Dir(file), ".new-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(fresh.Name()) }()
	_, err = fresh.Write(text)
	if err = errors.Join(err, fresh.Chmod(0o644), fresh.Close()); err != nil {
		return err
	}
	return os.Rename(fresh.Name(), file)
}
