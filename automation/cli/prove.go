package cli

import (
	"context"
	"strings"

	"slipway/automation/release"
)

// Outputs answers a stack's outputs.
func (d *Deployer) Outputs(ctx context.Context, name string) (map[string]any, error) {
	s, err := d.open(ctx, name, nil)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return s.Outputs(ctx)
}

// Prove compares what an environment runs and serves with a commit and its digest.
func (d *Deployer) Prove(ctx context.Context, environment, commit, digest string) (release.Proof, error) {
	options, done, err := d.target(ctx, environment)
	if err != nil {
		return release.Proof{}, err
	}
	defer done()
	options.Commit.Hash = commit
	return release.Prove(ctx, options, digest)
}

// shellWord quotes a path for a shell where it has to be.
func shellWord(path string) string {
	if strings.Trim(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:@,") == "" {
		return path
	}
	return shellQuoted(path)
}

// shellQuoted makes one word of a path for a shell.
func shellQuoted(path string) string { return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'" }
