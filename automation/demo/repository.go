package demo

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// colourFile is the one file of the app that names its colour.
const colourFile = "colour.php"

// repository is a git repository with the app alone, so that the demo commits nothing to the user's own.
type repository struct{ dir string }

// newRepository makes the repository at dir anew, with the app as its first commit.
func newRepository(ctx context.Context, app, dir string) (repository, error) {
	r := repository{dir}
	if err := os.RemoveAll(dir); err != nil {
		return r, err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return r, err
	}
	if err := os.CopyFS(dir, os.DirFS(app)); err != nil {
		return r, fmt.Errorf("copying the app: %w", err)
	}
	if err := r.git(ctx, "init", "--quiet", "--initial-branch=main"); err != nil {
		return r, err
	}
	return r, r.commit(ctx, "the app as it is shipped")
}

// paint commits another colour.
func (r repository) paint(ctx context.Context, colour string) error {
	file := filepath.Join(r.dir, colourFile)
	if err := os.WriteFile(file, []byte("<?php return '"+colour+"';\n"), 0o644); err != nil {
		return err
	}
	return r.commit(ctx, "change color to "+colour)
}

func (r repository) commit(ctx context.Context, message string) error {
	if err := r.git(ctx, "add", "--all"); err != nil {
		return err
	}
	return r.git(ctx, "-c", "user.name=Slipway demo", "-c", "user.email=demo@localhost", "-c", "commit.gpgSign=false",
		"commit", "--quiet", "--no-verify", "--message", message)
}

func (r repository) git(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, "git", append([]string{"-C", r.dir}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("git %s in %s: %w: %s", args[0], r.dir, err, strings.TrimSpace(string(out)))
	}
	return nil
}
