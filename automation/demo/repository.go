package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"slipway/automation/project"
)

// The app's folder in the project, and the one file of it that names its colour.
const (
	appFolder  = "images/app"
	colourFile = appFolder + "/colour.php"
)

// coloured says whether the project holds the app that Slipway is shipped with.
func (o Options) coloured() bool {
	_, err := os.Stat(filepath.Join(o.Project, filepath.FromSlash(colourFile)))
	return err == nil
}

// repository is a clone of the pipeline's repository, so that the demo commits nothing to the user's own.
type repository struct {
	dir    string
	branch string
}

// clone makes the clone at dir anew. The helper is the command line by which git gets credentials.
func clone(ctx context.Context, url, branch, dir, helper string) (repository, error) {
	r := repository{dir, branch}
	if err := os.RemoveAll(dir); err != nil {
		return r, err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return r, err
	}
	settings := []string{"credential.helper=", "credential.helper=" + helper, "credential.UseHttpPath=true"}
	args := []string{"clone", "--quiet"}
	for _, setting := range settings {
		args = append(args, "--config", setting)
	}
	if err := git(ctx, filepath.Dir(dir), append(args, "--", url, dir)...); err != nil {
		return r, err
	}
	// An empty repository has no branch yet: HEAD names the one that will be.
	return r, r.git(ctx, "checkout", "--quiet", "-B", branch)
}

// fill replaces what the clone holds by the project as it stands, and commits that.
func (r repository) fill(ctx context.Context, project string) error {
	if err := r.git(ctx, "rm", "-r", "--quiet", "--ignore-unmatch", "--", "."); err != nil {
		return err
	}
	if err := Copy(ctx, project, r.dir); err != nil {
		return fmt.Errorf("copying the project: %w", err)
	}
	if err := r.git(ctx, "add", "--all"); err != nil {
		return err
	}
	return r.commit(ctx, asItIs)
}

// asItIs is the subject of the first commit.
const asItIs = "the app as it is shipped"

// label commits a line more in the Dockerfile, which makes another image of it.
func (r repository) label(ctx context.Context, dockerfile, subject string) error {
	file, err := os.OpenFile(filepath.Join(r.dir, filepath.FromSlash(dockerfile)), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString("\nLABEL slipway.demo=second\n")
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return r.commit(ctx, subject)
}

// paint commits another colour.
func (r repository) paint(ctx context.Context, colour string) error {
	file := filepath.Join(r.dir, filepath.FromSlash(colourFile))
	if err := os.WriteFile(file, []byte("<?php return '"+colour+"';\n"), 0o644); err != nil {
		return err
	}
	return r.commit(ctx, "change color to "+colour)
}

// commit records what changed; a second demo on the same repository may have nothing to change at first.
func (r repository) commit(ctx context.Context, message string) error {
	return r.git(ctx, "-c", "user.name=Slipway demo", "-c", "user.email=demo@localhost", "-c", "commit.gpgSign=false",
		"commit", "--quiet", "--no-verify", "--allow-empty", "--all", "--message", message)
}

func (r repository) push(ctx context.Context) error {
	return r.git(ctx, "push", "--quiet", "origin", r.branch)
}

// head is the full hash of the last commit.
func (r repository) head(ctx context.Context) (string, error) {
	out, err := project.Git(ctx, r.dir, "rev-parse", "HEAD").Output()
	if err != nil {
		return "", fmt.Errorf("git rev-parse in %s: %w", r.dir, err)
	}
	return strings.TrimSpace(string(out)), nil
}

func (r repository) git(ctx context.Context, args ...string) error { return git(ctx, r.dir, args...) }

func git(ctx context.Context, dir string, args ...string) error {
	if out, err := project.Git(ctx, dir, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("git %s in %s: %w: %s", verb(args), dir, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// verb is the subcommand in git's arguments.
func verb(args []string) string {
	for i := 0; i < len(args); i++ {
		if args[i] == "-c" {
			i++
			continue
		}
		return args[i]
	}
	return ""
}
