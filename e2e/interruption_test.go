package e2e

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// at runs a deploy and calls do as soon as the deployer says that a step begins.
func (w *world) at(step string, do func(cmd *exec.Cmd), args ...string) (code int, talk string) {
	w.t.Helper()
	cmd := exec.Command(w.slipway, append([]string{"--project", w.project}, w.deployArgs(args...)...)...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = w.env, w.project, 5*time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StderrPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	watchdog := time.AfterFunc(commandDeadline, func() { _ = cmd.Process.Kill() })
	defer watchdog.Stop()
	var all strings.Builder
	reached := false
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		all.WriteString(lines.Text() + "\n")
		if !reached && strings.Contains(lines.Text(), "▸ "+step) {
			reached = true
			do(cmd)
		}
	}
	_ = cmd.Wait()
	if !reached {
		w.t.Fatalf("the step %s was never reached:\n%s", step, all.String())
	}
	return cmd.ProcessState.ExitCode(), all.String()
}

func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

func TestKilledDeployerIsResumed(t *testing.T) {
	t.Parallel()
	w := ready(t)
	for _, step := range []string{"build", "update", "rollout"} {
		t.Run(step, func(t *testing.T) {
			w := w.in(t)
			w.commit("killed in "+step, behaviour{Colour: step})
			w.at(step, kill)
			if r := w.deploy(); r.Data.Release.Commit == "" {
				t.Error("the release names no commit")
			}
			// Killed as its build began, it may not have come as far as the ledger.
			if got, want := w.outcomes(2), "released, interrupted"; got != want && step != "build" {
				t.Errorf("the ledger has %s, want %s", got, want)
			}
		})
	}
}

func interrupt(t *testing.T, w *world) {
	before := w.status()
	w.commit("slow to start", behaviour{Colour: "grey", Health: 503})
	code, talk := w.at("rollout", func(cmd *exec.Cmd) { _ = cmd.Process.Signal(syscall.SIGINT) })
	if code != 130 {
		t.Errorf("exit code %d, want 130:\n%s", code, talk)
	}
	if got := w.outcomes(1); got != "rolled back" {
		t.Errorf("the ledger has %s", got)
	}
	if after := w.status(); after != before {
		t.Errorf("after the interrupt %s runs, not %s", after, before)
	}
	w.must("up", "dev", "--yes", "--wait-lock", "0") // the lock is free
}

func secondDeployer(t *testing.T, w *world) {
	w.commit("first of two", behaviour{Colour: "red"})
	second := make(chan answer, 1)
	code, talk := w.at("update", func(*exec.Cmd) {
		go func() { second <- w.run(w.deployArgs()...) }()
	})
	if code != 0 {
		t.Fatalf("the first deployer: exit code %d\n%s", code, talk)
	}
	if a := <-second; a.code != 0 {
		t.Errorf("the second deployer: exit code %d\n%s", a.code, a.stderr)
	}
}

func TestKilledSandboxComesBack(t *testing.T) {
	t.Parallel()
	w := ready(t)
	before := w.status()
	w.commit("while the sandbox dies", behaviour{Colour: "orange"})
	code, talk := w.at("update", func(*exec.Cmd) { w.killSandbox() })
	if code == 0 {
		t.Fatalf("the release worked without a sandbox:\n%s", talk)
	}
	w.must("sandbox", "start")
	w.deploy()
	if after := w.status(); after == before {
		t.Error("the new version does not run")
	}
	w.killSandbox()
	w.must("sandbox", "start")
	w.deploy()
}

func (w *world) killSandbox() {
	w.t.Helper()
	if err := syscall.Kill(w.sandboxPID(), syscall.SIGKILL); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sandboxPID() int {
	w.t.Helper()
	var s struct {
		Data struct{ Sandbox struct{ PID int } }
	}
	w.json(&s, "sandbox", "status", "--json")
	return s.Data.Sandbox.PID
}

func TestEngineStopsHalfWay(t *testing.T) {
	t.Parallel()
	w := bareWorld(t)
	engine := newRelay(t, "/var/run/docker.sock")
	w.env = append(w.env, "DOCKER_HOST=unix://"+engine.path)
	w.startSandbox()
	w.up("delivery")
	w.up("dev")
	first := w.deploy()
	w.commit("while the engine stops", behaviour{Colour: "brown"})
	code, talk := w.at("update", func(*exec.Cmd) { engine.stop() }, "--timeout", "20s")
	if code == 0 {
		t.Fatalf("the release worked without an engine:\n%s", talk)
	}
	engine.start(t)
	if second := w.deploy(); second.Data.Release.Digest == first.Data.Release.Digest {
		t.Error("the new version does not run")
	}
}

// relay is a Docker engine's socket that can be taken away.
type relay struct {
	path, to string
	listener net.Listener
	open     chan net.Conn
}

func newRelay(t *testing.T, to string) *relay {
	dir, err := os.MkdirTemp("", "relay") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	r := &relay{path: filepath.Join(dir, "docker.sock"), to: to}
	r.start(t)
	t.Cleanup(r.stop)
	return r
}

func (r *relay) start(t *testing.T) {
	t.Helper()
	l, err := net.Listen("unix", r.path)
	if err != nil {
		t.Fatal(err)
	}
	open := make(chan net.Conn, 1024)
	r.listener, r.open = l, open
	go func() {
		defer close(open)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			up, err := net.Dial("unix", r.to)
			if err != nil {
				c.Close()
				continue
			}
			open <- c
			open <- up
			go func() { _, _ = copyHalf(up, c) }()
			go func() { _, _ = copyHalf(c, up) }()
		}
	}()
}

// stop cuts every connection and refuses new ones.
func (r *relay) stop() {
	r.listener.Close()
	for c := range r.open {
		c.Close()
	}
}
