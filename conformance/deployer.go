package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Exit codes of the deployer, from docs/commands.md.
const (
	succeeded  = 0
	rolledBack = 6
)

// runs is a step in which the deployer itself runs, as a job of Jenkins runs it, and ends with an exit code.
func (c *checkout) runs(name string, code int, args ...string) step {
	return step{name, func(ctx context.Context, s *subject) error { return c.run(ctx, s, code, args...) }}
}

func (c *checkout) run(ctx context.Context, s *subject, code int, args ...string) error {
	app := httptest.NewServer(s.calls.e.fleet.app("slipway-" + s.name + "-cluster-"))
	defer app.Close()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, slipway(), append(args, "--project", c.folder, "--no-color")...)
	cmd.Dir = c.folder
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+s.calls.server.URL, "PULUMI_BACKEND_URL="+c.backend.url(),
		"SLIPWAY_SECRETS_PROVIDER="+c.backend.secrets(), "HTTP_PROXY="+app.URL)
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &ended):
		return err
	case cmd.ProcessState.ExitCode() != code:
		return fmt.Errorf("slipway %s ended with %d, not %d:\n%s", strings.Join(args, " "), cmd.ProcessState.ExitCode(), code, out)
	}
	return nil
}

// slipway is the deployer that scripts/conformance builds beside this program.
func slipway() string {
	self, err := os.Executable()
	if err != nil {
		return "slipway"
	}
	return strings.TrimSuffix(self, "lane") + "slipway"
}

// app answers for the load balancers of a cluster: no name of theirs resolves, so the deployer has it for an HTTP proxy.
// Its version is that of the task definition that the service runs.
func (f *fleet) app(clusterPrefix string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		known, err := f.runs(clusterPrefix)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		_, digest, _ := strings.Cut(known.Image, "@")
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"commit": known.Commit, "digest": digest})
	})
}

func (f *fleet) runs(clusterPrefix string) (definition, error) {
	f.mu.Lock()
	var found member
	for _, m := range f.groups {
		if strings.Contains(m.cluster, "/"+clusterPrefix) {
			found = m
		}
	}
	f.mu.Unlock()
	_, known, err := f.service(found)
	return known, err
}
