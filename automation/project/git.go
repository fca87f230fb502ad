package project

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// another are the variables by which git hands one repository on to the programs that it starts, its hooks above all
// (`git rev-parse --local-env-vars`, and what hooks get beside). Here the folder says which repository is meant.
// GIT_CONFIG_COUNT stays: it is how a container makes a folder safe.directory, and nothing that is read here follows
// any other setting.
var another = []string{
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_ATTR_SOURCE", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_DIR",
	"GIT_GLOB_PATHSPECS", "GIT_GRAFT_FILE", "GIT_ICASE_PATHSPECS", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE",
	"GIT_INTERNAL_SUPER_PREFIX", "GIT_LITERAL_PATHSPECS", "GIT_NAMESPACE", "GIT_NOGLOB_PATHSPECS", "GIT_OBJECT_DIRECTORY",
	"GIT_PREFIX", "GIT_QUARANTINE_PATH", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
}

// gitEnvironment is this process's without what would lead git elsewhere: to another repository, or to objects that
// replace the commit's own.
func gitEnvironment() []string {
	own := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(another, name)
	})
	return append(own, "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_REPLACE_OBJECTS=1")
}

// git runs git in the folder, or where a sparse checkout left it out in the one above, and returns what it printed.
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
	return Git(ctx, s.there, args...)
}

// Git is git at work on the repository that a folder is in, whatever the variables of a hook say.
func Git(ctx context.Context, folder string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", folder}, args...)...)
	cmd.Env = gitEnvironment()
	return cmd
}

func gitError(err error, talk string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("git is not installed")
	}
	line, rest, _ := strings.Cut(strings.TrimSpace(talk), "\n")
	if line == "" {
		return fmt.Errorf("git: %w", err)
	}
	line = strings.TrimPrefix(line, "fatal: ")
	if remedy := safe.FindString(rest); remedy != "" {
		return fmt.Errorf("git: %s; to trust it: %s", line, remedy)
	}
	return fmt.Errorf("git: %s", line)
}

// safe is git's own remedy for a folder that somebody else owns.
var safe = regexp.MustCompile(`git config --global --add safe\.directory .*`)
