package codecommit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"slipway/sandbox/awsapi"
)

// environment keeps git from the settings of whoever runs the sandbox.
func environment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "LC_ALL=C", "TZ=UTC",
		"GIT_TERMINAL_PROMPT=0",
	}
}

// run runs git in a folder and returns what it prints.
func (s *Service) run(ctx context.Context, folder string, args ...string) (string, error) {
	var out bytes.Buffer
	err := s.stream(ctx, &out, folder, args...)
	return out.String(), err
}

// stream runs git in a folder with its output to w.
func (s *Service) stream(ctx context.Context, w io.Writer, folder string, args ...string) error {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, s.git, append([]string{"--git-dir", folder}, args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = environment(), w, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(said.String()))
	}
	return nil
}

// settings of every repository. Nothing works on one in the background, and a push may be of any size.
var settings = [][2]string{{"http.receivepack", "true"}, {"receive.autogc", "false"}, {"gc.auto", "0"}}

// initialize makes a repository's folder, in place of one that was left behind half made.
func (s *Service) initialize(ctx context.Context, r repository) error {
	branch := r.DefaultBranch
	if branch == "" {
		branch = "main"
	}
	half := filepath.Join(s.Dir, ".git."+r.ID) // no repository's name ends or begins so
	defer os.RemoveAll(half)
	if _, err := s.run(ctx, half, "init", "--quiet", "--bare", "--template=", "--initial-branch", branch); err != nil {
		return err
	}
	for _, one := range settings {
		if _, err := s.run(ctx, half, "config", one[0], one[1]); err != nil {
			return err
		}
	}
	if err := whole(half); err != nil {
		return err
	}
	if err := os.RemoveAll(s.folder(r.Name)); err != nil {
		return err
	}
	return os.Rename(half, s.folder(r.Name))
}

// whole makes archives hold every file as it is, whatever a tree's own attributes say.
func whole(folder string) error {
	if err := os.MkdirAll(filepath.Join(folder, "info"), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "info", "attributes"), []byte("* -export-ignore -export-subst -text -ident -filter -working-tree-encoding\n"), 0o600)
}

// refs returns the commits of branches and tags by their full names (refs/heads/main).
func (s *Service) refs(ctx context.Context, name string) (map[string]string, error) {
	out, err := s.run(ctx, s.folder(name), "for-each-ref", "--format=%(refname) %(objectname) %(*objectname)", "refs/heads", "refs/tags")
	if err != nil {
		return nil, fmt.Errorf("reading the references of %s: %w", name, err)
	}
	refs := map[string]string{}
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		refs[f[0]] = f[len(f)-1]
	}
	return refs, nil
}

// setDefault makes a branch the one that clones check out.
func (s *Service) setDefault(ctx context.Context, name, branch string) error {
	refs, err := s.refs(ctx, name)
	if err != nil {
		return err
	}
	if len(refs) > 0 && refs["refs/heads/"+branch] == "" {
		return errNoBranch(name, branch)
	}
	_, err = s.run(ctx, s.folder(name), "symbolic-ref", "HEAD", "refs/heads/"+branch)
	return err
}

func errNoBranch(repository, branch string) error {
	return awsapi.Errorf("BranchDoesNotExistException", "The branch %s does not exist in the repository %s", branch, repository)
}

func errEmpty(repository, branch string) error {
	return awsapi.Errorf("BranchDoesNotExistException",
		"The branch %s does not exist: nothing was pushed to the repository %s yet", branch, repository)
}
