package images

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const (
	base   = "public.ecr.aws/docker/library/php:8.4-apache"
	label  = "slipway.test=images"
	commit = "9f2c4e7a1b3d5068c7e9f0a2b4d6e8013579bdf1"
)

// The tests share the image of the working tree, and a network whose gateway is this machine.
var (
	app     = fmt.Sprintf("slipway-test-app-%d", os.Getpid())
	network = app
	built   []string
)

func TestMain(m *testing.M) {
	code := m.Run()
	if len(built) > 0 {
		_ = exec.Command("docker", "network", "rm", network).Run()
	}
	for _, image := range built {
		_ = exec.Command("docker", "image", "rm", "--force", image).Run()
	}
	os.Exit(code)
}

// buildImage builds a folder under a name that is removed when the tests end.
func buildImage(t *testing.T, image, dir string) {
	t.Helper()
	if err := exec.Command("docker", "image", "inspect", base).Run(); err != nil {
		t.Fatalf("the engine has no %s: run scripts/setup docker base (%v)", base, err)
	}
	dockerCLI(t, "build", "--quiet", "--label", label, "--tag", image, "--file", standIn(t, dir), dir)
	built = append(built, image)
}

// standIn is the Dockerfile of a folder with its base image by tag: setup's stand-in has not the official one's digest.
func standIn(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "Dockerfile")
	if err := os.WriteFile(file, regexp.MustCompile(`@sha256:[0-9a-f]{64}`).ReplaceAll(text, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func buildApp(t *testing.T) {
	t.Helper()
	if len(built) == 0 {
		buildImage(t, app, "app")
		dockerCLI(t, "network", "create", "--label", label, network)
	}
}

// dockerCLI returns what the command printed on stdout.
func dockerCLI(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var said strings.Builder
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, said.String())
	}
	return strings.TrimSpace(string(out))
}

// container runs an image the way the strictest host would: no writable filesystem, no capability, no new privilege.
type container struct {
	t    *testing.T
	id   string
	addr string // host:port on this machine
}

// start runs an image with further options of docker run, and returns when it answers.
func start(t *testing.T, image string, options ...string) *container {
	t.Helper()
	args := append([]string{
		"run", "--detach", "--label", label, "--network", network, "--publish", "127.0.0.1::8080",
		"--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
	}, options...)
	c := &container{t: t, id: dockerCLI(t, append(args, image)...)}
	t.Cleanup(func() { _ = exec.Command("docker", "rm", "--force", "--volumes", c.id).Run() })
	c.addr = dockerCLI(t, "port", c.id, "8080/tcp")
	poll(t, "the app answers", func() bool {
		resp, err := http.Get("http://" + c.addr + "/healthz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}, c.logs)
	return c
}

// startApp runs the image of the working tree with the variables, each NAME=value.
func startApp(t *testing.T, env ...string) *container {
	t.Helper()
	buildApp(t)
	var options []string
	for _, variable := range env {
		options = append(options, "--env", variable)
	}
	return start(t, app, options...)
}

func (c *container) logs() string {
	out, _ := exec.Command("docker", "logs", c.id).CombinedOutput()
	return string(out)
}

func (c *container) do(method, path string) (*http.Response, string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+c.addr+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatalf("%s %s: %v\n%s", method, path, err, c.logs())
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp, string(body)
}

func (c *container) get(path string) (*http.Response, string) {
	c.t.Helper()
	return c.do(http.MethodGet, path)
}

// poll asks until the condition holds, half a minute at most; the evidence explains why it did not.
func poll(t *testing.T, what string, holds func() bool, evidence func() string) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("not within 30 s: %s\n%s", what, evidence())
		case <-tick.C:
		}
	}
}
