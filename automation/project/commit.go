package project

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Commit is one commit of the project's repository.
type Commit struct {
	Hash    string // full SHA
	Author  string // name <address>
	Subject string // first line of the message
	Time    time.Time
}

// Short is the abbreviated form of the hash that people read.
func (c Commit) Short() string {
	if len(c.Hash) < 12 {
		return c.Hash
	}
	return c.Hash[:12]
}

// Source is a folder of a git repository, the app's: inside the project or anywhere else.
type Source struct {
	Folder string // absolute path
	there  string // the folder, or the nearest one above it that a sparse checkout has
	below  string // the rest of the way to the folder, with slashes
	root   string // of the archive that the project came in, or else of the project
	build  string // where commits are exported to
}

// Source returns the folder that images are built from. A relative path is one below the project. In a sparse checkout it
// need not be there.
func (p *Project) Source(folder string) (*Source, error) {
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(p.Root, folder)
	}
	s := &Source{Folder: filepath.Clean(folder), there: filepath.Clean(folder), root: p.Root, build: p.Dir("build")}
	info, err := os.Stat(s.there)
	for errors.Is(err, os.ErrNotExist) && sparse(p.Root) && s.there != filepath.Dir(s.there) {
		s.below, s.there = path.Join(filepath.Base(s.there), s.below), filepath.Dir(s.there)
		info, err = os.Stat(s.there)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the app's folder: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("reading the app's folder: %s is not a folder", folder)
	}
	return s, nil
}

// In is the source in an unpacked archive that begins in a folder above the project; one that is not above it is none.
func (s *Source) In(archive string) *Source {
	if name, err := filepath.Rel(archive, s.root); err != nil || !filepath.IsLocal(name) {
		return s
	}
	within := *s
	within.root = archive
	return &within
}

// Commit returns the commit that a revision (a hash, a branch, a tag, HEAD) names.
func (s *Source) Commit(ctx context.Context, revision string) (Commit, error) {
	if err := checkRevision(revision); err != nil {
		return Commit{}, err
	}
	out, err := s.git(ctx, "log", "-1", "--no-show-signature", "--encoding=UTF-8", "--format=%H%x00%an <%ae>%x00%s%x00%ct",
		"--end-of-options", revision+"^{commit}", "--")
	if err != nil {
		return Commit{}, fmt.Errorf("reading commit %s: %w", revision, err)
	}
	fields := strings.Split(strings.TrimSpace(out), "\x00")
	if len(fields) != 4 {
		return Commit{}, fmt.Errorf("reading commit %s: git answered %q", revision, out)
	}
	var seconds int64
	if _, err := fmt.Sscan(fields[3], &seconds); err != nil {
		return Commit{}, fmt.Errorf("reading the time of commit %s: %w", revision, err)
	}
	return Commit{Hash: fields[0], Author: readable(fields[1]), Subject: readable(fields[2]), Time: time.Unix(seconds, 0).UTC()}, nil
}

// Dirty lists the files below the folder, relative to the repository, that differ from HEAD or are new.
// Ignored files do not count.
func (s *Source) Dirty(ctx context.Context) ([]string, error) {
	out, err := s.git(ctx, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", cmp.Or(s.below, "."))
	if err != nil {
		return nil, fmt.Errorf("looking for uncommitted files in %s: %w", s.Folder, err)
	}
	var files []string
	for _, entry := range strings.Split(out, "\x00") {
		if len(entry) > 3 {
			files = append(files, entry[3:])
		}
	}
	return files, nil
}

// readable is a text that JSON, AWS and Pulumi take: git hands on what a commit of unknown encoding has.
func readable(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// sparse says whether a checkout may leave out folders of its commit.
func sparse(folder string) bool {
	out, err := (&Source{there: folder}).git(context.Background(), "config", "--get", "--type=bool", "core.sparseCheckout")
	return err == nil && strings.TrimSpace(out) == "true"
}

// checkRevision refuses what git would not take as the name of a revision, before git sees it.
func checkRevision(revision string) error {
	if revision == "" || len(revision) > 200 || strings.HasPrefix(revision, "-") ||
		strings.ContainsAny(revision, " \t\r\n\x00~^:?*[\\;&|<>$`'\"(){}") || strings.Contains(revision, "..") {
		return &BadRevision{Revision: revision}
	}
	return nil
}

// BadRevision is the error for text that cannot name a commit.
type BadRevision struct{ Revision string }

func (e *BadRevision) Error() string {
	return fmt.Sprintf("%q does not name a commit: give a hash, a branch, a tag or HEAD", e.Revision)
}
