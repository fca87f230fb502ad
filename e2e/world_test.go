// Package e2e runs the slipway binary as a user does: real Pulumi engine, real containers, a sandbox of its own.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// commandDeadline is more than any command here needs, on a slow machine.
const commandDeadline = 4 * time.Minute

var built struct {
	once                 sync.Once
	slipway, app, static string
	keyed                string
	err                  error
}

// build compiles slipway and the apps once for all tests.
func build(t testing.TB) (slipway, app string) {
	t.Helper()
	built.once.Do(func() {
		dir, err := os.MkdirTemp("", "slipway-e2e-")
		if err != nil {
			built.err = err
			return
		}
		built.slipway, built.app, built.static = filepath.Join(dir, "slipway"), filepath.Join(dir, "app"), filepath.Join(dir, "static")
		built.keyed = filepath.Join(dir, "keyed")
		hash, err := exec.Command("../scripts/source-hash").Output()
		if err != nil {
			built.err = fmt.Errorf("reading the hash of the source: %w", err)
			return
		}
		stamp := "-ldflags=-s -w -X slipway/automation/cli.source=" + strings.TrimSpace(string(hash))
		for out, pkg := range map[string]string{
			built.slipway: "slipway/automation", built.app: "slipway/e2e/app", built.static: "slipway/e2e/gallery/static",
			built.keyed: "slipway/e2e/gallery/keyed",
		} {
			cmd := exec.Command("go", "build", stamp, "-o", out, pkg)
			if out != built.slipway { // it runs in an image without a C library
				cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
			}
			if b, err := cmd.CombinedOutput(); err != nil {
				built.err = fmt.Errorf("building %s: %w\n%s", pkg, err, b)
			}
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.slipway, built.app
}

// world is one user: a project folder, a sandbox on free ports, and a repository with an app.
type world struct {
	t       testing.TB
	slipway string
	project string
	app     string
	env     []string
	id      string // of the sandbox, once it was asked for
	outputs map[string]map[string]any
}

// answer is what a command left behind.
type answer struct {
	code           int
	stdout, stderr string
}

// newWorld makes a project like a fresh clone's and starts its sandbox. Everything is gone when the test ends.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := bareWorld(t)
	w.startSandbox()
	return w
}

// startSandbox starts the world's sandbox on free ports, until the test ends.
func (w *world) startSandbox() {
	t := w.t
	t.Helper()
	if a := w.run("sandbox", "start", "--port", "0", "--http-port", "0"); a.code != 0 {
		t.Fatalf("sandbox start: exit code %d\n%s", a.code, a.stderr)
	}
	w.stopLater()
	w.reach()
}

// stopLater stops the world's sandbox when the test ends.
func (w *world) stopLater() {
	t, own := w.t, *w // a test may go on in another project
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(own.project, ".slipway", "sandbox", "sandbox.log"))
			t.Logf("the sandbox's log ends:\n%s", lastLines(string(log), 60))
		}
		if a := own.run("sandbox", "stop"); a.code != 0 {
			t.Errorf("sandbox stop: exit code %d\n%s", a.code, a.stderr)
		}
	})
}

// bareWorld is a world without a sandbox.
func bareWorld(t testing.TB) *world {
	t.Helper()
	_, app := build(t)
	w := emptyWorld(t)
	w.app = filepath.Join(w.project, "app")
	files, _ := filepath.Glob("../Pulumi*.yaml")
	for _, f := range files {
		copyFile(t, f, filepath.Join(w.project, filepath.Base(f)), 0o644)
	}
	if err := os.Mkdir(w.app, 0o755); err != nil {
		t.Fatal(err)
	}
	copyFile(t, app, filepath.Join(w.app, "app"), 0o755)
	copyFile(t, "app/Dockerfile", filepath.Join(w.app, "Dockerfile"), 0o644)
	w.git("init", "--quiet", "--initial-branch=main")
	w.commit("first version", behaviour{Colour: "blue"})
	return w
}

// emptyWorld is a user with an empty folder.
func emptyWorld(t testing.TB) *world {
	t.Helper()
	slipway, _ := build(t)
	repository, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, slipway: slipway, project: t.TempDir(), outputs: map[string]map[string]any{}}
	w.app = w.project
	tools := filepath.Join(repository, ".slipway", "tools", "bin")
	w.env = append(os.Environ(), "PATH="+tools+":"+os.Getenv("PATH"), "NO_COLOR=1")
	return w
}

// reach changes the environment of every later command as `slipway sandbox env` says.
func (w *world) reach() {
	w.t.Helper()
	var env struct {
		Data struct {
			Set   map[string]string
			Unset []string
		}
	}
	w.json(&env, "sandbox", "env", "--json")
	w.env = slices.DeleteFunc(w.env, func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(env.Data.Unset, name)
	})
	for k, v := range env.Data.Set {
		w.env = append(w.env, k+"="+v)
	}
}

// get is the value of a variable of the world's environment.
func (w *world) get(name string) (value string) {
	for _, kv := range w.env {
		if k, v, _ := strings.Cut(kv, "="); k == name {
			value = v
		}
	}
	return value
}

// behaviour is what the app in an image does; see app/main.go.
type behaviour struct {
	Colour string        `json:"colour"`
	Exit   int           `json:"exit"`
	Health int           `json:"health"`
	Delay  time.Duration `json:"delay"`
	Say    string        `json:"say"`
	Listen string        `json:"listen"`
	Memory int           `json:"memory"` // MiB
}

// commit records the app with this behaviour and returns the commit.
func (w *world) commit(message string, b behaviour) string {
	w.t.Helper()
	raw, err := json.Marshal(b)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write("behaviour.json", string(raw))
	return w.commitAll(message)
}

func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.app, name), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) commitAll(message string) string {
	w.t.Helper()
	w.git("add", "--all")
	w.git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "-m", message)
	return strings.TrimSpace(w.git("rev-parse", "HEAD"))
}

func (w *world) git(args ...string) string {
	w.t.Helper()
	out, err := exec.Command("git", append([]string{"-C", w.app}, args...)...).CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// start begins a command and returns a function that waits for its answer.
func (w *world) start(args ...string) (*exec.Cmd, func() answer) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandDeadline)
	cmd := exec.CommandContext(ctx, w.slipway, append([]string{"--project", w.project}, args...)...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = w.env, w.project, 5*time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	return cmd, func() answer {
		defer cancel()
		_ = cmd.Wait() // a code other than 0 is part of the answer
		if ctx.Err() != nil {
			w.t.Errorf("slipway %s did not end in %s", strings.Join(args, " "), commandDeadline)
		}
		return answer{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
	}
}

func (w *world) run(args ...string) answer {
	w.t.Helper()
	_, wait := w.start(args...)
	return wait()
}

// must runs a command that has to succeed.
func (w *world) must(args ...string) answer {
	w.t.Helper()
	a := w.run(args...)
	if a.code != 0 {
		w.t.Fatalf("slipway %s: exit code %d\n%s\n%s", strings.Join(args, " "), a.code, a.stdout, a.stderr)
	}
	return a
}

// fails runs a command that has to end with this code and to say all of these words.
func (w *world) fails(code int, words []string, args ...string) answer {
	w.t.Helper()
	a := w.run(args...)
	if a.code != code {
		w.t.Errorf("slipway %s: exit code %d, want %d\n%s\n%s", strings.Join(args, " "), a.code, code, a.stdout, a.stderr)
	}
	for _, word := range words {
		if !strings.Contains(a.stderr, word) {
			w.t.Errorf("slipway %s: the error does not say %q:\n%s", strings.Join(args, " "), word, a.stderr)
		}
	}
	return a
}

// json runs a command and decodes the last line that it printed.
func (w *world) json(v any, args ...string) {
	w.t.Helper()
	a := w.must(args...)
	lines := strings.Split(strings.TrimSpace(a.stdout), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), v); err != nil {
		w.t.Fatalf("slipway %s: %v in %q", strings.Join(args, " "), err, a.stdout)
	}
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func copyFile(t testing.TB, from, to string, mode os.FileMode) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, mode)
	}
	if err != nil {
		t.Fatal(err)
	}
}
