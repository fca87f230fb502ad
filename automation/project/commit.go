package project

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
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
	root   string // of the project
	build  string // where commits are exported to
}

// Source returns the folder that images are built from. A relative path is one below the project.
func (p *Project) Source(folder string) (*Source, error) {
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(p.Root, folder)
	}
	info, err := os.Stat(folder)
	if err != nil {
		return nil, fmt.Errorf("reading the app's folder: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("reading the app's folder: %s is not a folder", folder)
	}
	return &Source{Folder: filepath.Clean(folder), root: p.Root, build: p.Dir("build")}, nil
}

// Commit returns the commit that a revision (a hash, a branch, a tag, HEAD) names.
func (s *Source) Commit(ctx context.Context, revision string) (Commit, error) {
	if err := checkRevision(revision); err != nil {
		return Commit{}, err
	}
	out, err := s.git(ctx, "log", "-1", "--no-show-signature", "--format=%H%x00%an <%ae>%x00%s%x00%ct",
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
	return Commit{Hash: fields[0], Author: fields[1], Subject: fields[2], Time: time.Unix(seconds, 0).UTC()}, nil
}

// Dirty lists the files below the folder, relative to the repository, that differ from HEAD or are new.
// Ignored files do not count.
func (s *Source) Dirty(ctx context.Context) ([]string, error) {
	out, err := s.git(ctx, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", ".")
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

// git runs git in the folder and returns what it printed.
func (s *Source) git(ctx context.Context, args ...string) (string, error) {
	cmd := s.gitCommand(ctx, args...)
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); err != nil {
		return "", gitError(err, talk.String())
	}
	return out.String(), nil
}

func (s *Source) gitCommand(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", s.Folder}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
	return cmd
}

func gitError(err error, talk string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("git is not installed")
	}
	if line, _, _ := strings.Cut(strings.TrimSpace(talk), "\n"); line != "" {
		return fmt.Errorf("git: %s", strings.TrimPrefix(line, "fatal: "))
	}
	return fmt.Errorf("git: %w", err)
}
