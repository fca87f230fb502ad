package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// backend is where the stacks of a run keep their state and what encrypts their secrets, as on AWS.
type backend struct{ Bucket, Key, Backend, SecretsProvider string }

func (b backend) url() string { return strings.Replace(b.Backend, b.Bucket, b.Bucket+"/slipway", 1) }

func (b backend) secrets() string { return b.SecretsProvider }

// prepare makes the bucket and the key with slipway bootstrap, as a person does for a new account, and lets a second run
// find nothing to do.
func (l *lane) prepare(ctx context.Context) (backend, error) {
	folder := filepath.Join(l.folder, "bootstrap")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return backend{}, err
	}
	if err := os.WriteFile(filepath.Join(folder, "Pulumi.yaml"), []byte("name: slipway\nruntime: go\n"), 0o600); err != nil {
		return backend{}, err
	}
	made, err := bootstrap(ctx, folder)
	if err != nil {
		return backend{}, err
	}
	again, err := bootstrap(ctx, folder)
	switch {
	case err != nil:
		return backend{}, err
	case !made.Applied || again.Applied || len(again.Changes)+len(again.File) > 0 || made.backend != again.backend:
		return backend{}, fmt.Errorf("slipway bootstrap answered %+v, then %+v", made, again)
	}
	l.emulator.world.encrypts(made.Bucket, made.Key)
	return made.backend, nil
}

type bootstrapped struct {
	backend
	Applied bool
	Changes []struct{ Part string }
	File    []string
}

func bootstrap(ctx context.Context, folder string) (bootstrapped, error) {
	cmd := exec.CommandContext(ctx, slipway(), "bootstrap", "--yes", "--json", "--project", folder)
	cmd.Dir = folder
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return bootstrapped{}, fmt.Errorf("slipway bootstrap: %w\n%s%s", err, out, failed.Stderr)
	}
	if err != nil {
		return bootstrapped{}, err
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var result struct{ Data bootstrapped }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &result); err != nil {
		return bootstrapped{}, fmt.Errorf("slipway bootstrap: %w in %s", err, out)
	}
	return result.Data, nil
}
