package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestBadInputChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.up("delivery")
	for _, c := range []struct {
		name  string
		stack string // text of Pulumi.dev.yaml
		args  []string
		words []string
	}{
		{"unknown key", "slipway:desiredCout: 2", []string{"up", "dev", "--yes"}, []string{"desiredCout", "desiredCount"}},
		{"several values", "slipway:desiredCount: many\n  slipway:capacity: lambda\n  slipway:allowedCidr: 0.0.0.0/0",
			[]string{"up", "dev", "--yes"}, []string{"desiredCount", "many", "lambda", "fargate", "0.0.0.0/0"}},
		{"stack with a path", "", []string{"up", "../dev", "--yes"}, []string{"../dev"}},
		{"stack for a shell", "", []string{"up", "dev;reboot", "--yes"}, []string{"dev;reboot"}},
		{"commit for a shell", "", w.deployArgs("--commit", "$(reboot)"), []string{"$(reboot)"}},
		{"commit that is an option", "", w.deployArgs("--commit=--output=x"), []string{"--output=x"}},
		{"no such command", "", []string{"deplo"}, []string{"deplo", "deploy"}},
		{"no such flag", "", []string{"deploy", "dev", "--fast"}, []string{"--fast"}},
		{"app that is not there", "", []string{"deploy", "dev", "--yes", "--app", "nowhere"}, []string{"nowhere"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := w.in(t)
			file := "config:\n  slipway:kind: environment\n"
			if c.stack != "" {
				file += "  " + c.stack + "\n"
			}
			w.stackFile("dev", file)
			w.fails(2, c.words, c.args...)
			if stacks := w.stacks(); slices.Contains(stacks, "dev") || !slices.Contains(stacks, "delivery") {
				t.Errorf("the stacks are %v", stacks)
			}
		})
	}
}

func TestReleaseBeforeTheStacksStand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fails(3, []string{"slipway up"}, w.deployArgs()...)
}

func TestPortTaken(t *testing.T) {
	t.Parallel()
	w := bareWorld(t)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	a := w.fails(3, []string{fmt.Sprint(port), "--port"}, "sandbox", "start", "--port", fmt.Sprint(port))
	if strings.Contains(a.stderr, "goroutine") {
		t.Error("the error is a stack trace")
	}
	if a := w.run("sandbox", "status"); a.code == 0 {
		t.Error("status says that the sandbox runs")
	}
	w.run("sandbox", "stop")
}

func TestNoEngine(t *testing.T) {
	t.Parallel()
	w := bareWorld(t)
	w.env = append(w.env, "DOCKER_HOST=unix:///nonexistent/docker.sock")
	w.fails(3, []string{"Docker"}, "sandbox", "start", "--port", "0", "--http-port", "0")
}

// in is the same world for a subtest.
func (w *world) in(t testing.TB) *world {
	c := *w
	c.t = t
	return &c
}

// stacks are the names of the stacks that pulumi itself finds.
func (w *world) stacks() (names []string) {
	w.t.Helper()
	tool := filepath.Join(filepath.SplitList(w.get("PATH"))[0], "pulumi")
	cmd := exec.Command(tool, "stack", "ls", "--json", "--non-interactive")
	cmd.Env, cmd.Dir = w.env, w.project
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatal(err)
	}
	var all []struct{ Name string }
	if err := json.Unmarshal(out, &all); err != nil {
		w.t.Fatal(err)
	}
	for _, one := range all {
		names = append(names, one.Name)
	}
	return names
}

func (w *world) stackFile(stack, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.project, "Pulumi."+stack+".yaml"), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}
