package project

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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

	// What git has, and a build cannot use as it is. Names are relative to the folder.
	Submodules []string // empty folders here
	Pointers   []string // files that Git LFS keeps elsewhere
	Misnamed   []string // names that are no UTF-8
}

func contextOf(folder, name, commit string) (Context, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return Context{}, err
	}
	defer func() { _ = root.Close() }()
	c := Context{Folder: folder, Name: path.Clean(name)}
	r := reading{objects: objectsOf(commit), root: root, found: &c}
	id, err := r.tree(".")
	c.Tree = hex.EncodeToString(id)
	return c, err
}

// Export writes what a commit holds below the folder to .slipway/build/<hash>/<name of the folder>-<mark>. A commit that
// was exported before is kept, until it was not used for a while.
func (s *Source) Export(ctx context.Context, commit Commit) (Context, error) {
	c, err := s.export(ctx, commit)
	if err != nil {
		return Context{}, fmt.Errorf("exporting %s of commit %s: %w", s.Folder, commit.Short(), err)
	}
	return c, nil
}

func (s *Source) export(ctx context.Context, commit Commit) (Context, error) {
	prefix, err := s.git(ctx, "rev-parse", "--show-prefix")
	if err != nil {
		return Context{}, err
	}
	prefix = path.Join(strings.TrimSuffix(prefix, "\n"), s.below)
	tree, err := s.git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", commit.Hash+":"+prefix)
	if err != nil {
		return Context{}, errors.New("the commit has no such folder")
	}
	target := s.target(commit.Hash, prefix)
	if !exists(target) {
		if err := s.make(s.inGit(ctx, strings.TrimSpace(tree)), target, commit.Time); err != nil {
			return Context{}, err
		}
	}
	defer s.used(target)
	return contextOf(target, prefix, commit.Hash)
}

// Unpacked makes the same of a project that is an unpacked archive of a commit. A commit whose time is not known is one of
// now.
func (s *Source) Unpacked(commit Commit) (Context, error) {
	c, err := s.unpacked(commit)
	if err != nil {
		return Context{}, fmt.Errorf("reading %s of commit %s: %w", s.Folder, commit.Short(), err)
	}
	return c, nil
}

func (s *Source) unpacked(commit Commit) (Context, error) {
	name, err := filepath.Rel(s.root, s.Folder)
	if err != nil || !filepath.IsLocal(name) {
		return Context{}, fmt.Errorf("it is not in the unpacked archive %s", s.root)
	}
	archive, err := os.OpenRoot(s.root)
	if err != nil {
		return Context{}, err
	}
	defer func() { _ = archive.Close() }()
	folder, err := archive.OpenRoot(name) // also where links lead, if not out of the archive
	if err != nil {
		return Context{}, err
	}
	defer func() { _ = folder.Close() }()
	if commit.Time.IsZero() {
		commit.Time = time.Now()
	}
	name = filepath.ToSlash(name)
	target := s.target(commit.Hash, name)
	if err := os.RemoveAll(target); err != nil {
		return Context{}, err
	}
	if err := s.make(inFolder(folder), target, commit.Time); err != nil {
		return Context{}, err
	}
	return contextOf(target, name, commit.Hash)
}

// target is where a folder of a commit is written to: one folder each, none inside another.
func (s *Source) target(commit, prefix string) string {
	sum := sha256.Sum256([]byte("files of " + path.Clean(prefix)))
	return filepath.Join(s.build, commit, fmt.Sprintf("%s-%x", filepath.Base(s.Folder), sum[:4]))
}

// make writes the folder beside its place and moves it there whole.
func (s *Source) make(from walk, target string, at time.Time) error {
	commit := filepath.Dir(target)
	if err := os.MkdirAll(commit, 0o755); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(commit, scratchPrefix)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	if err := from.write(scratch, s.own(), at); err != nil {
		return err
	}
	if err := os.Rename(scratch, target); err != nil && !exists(target) { // somebody else may have been faster
		return err
	}
	return nil
}

// own is the project's own folder of things that are not source, seen from the source's; empty when it is not below it.
func (s *Source) own() string {
	name, err := filepath.Rel(s.Folder, filepath.Dir(s.build))
	if err != nil || !filepath.IsLocal(name) {
		return ""
	}
	return filepath.ToSlash(name)
}

// used notes that a commit's export is needed now, and removes others. What stays behind is only more than needed.
func (s *Source) used(target string) {
	now := time.Now()
	_ = use(filepath.Dir(target), now)
	_ = sweep(s.build, now)
}

// scratchPrefix begins the names of exports that are not complete.
const scratchPrefix = ".export-"

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
