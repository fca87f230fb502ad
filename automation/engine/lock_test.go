package engine

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/automation/project"
)

// Variables by which a test starts its own binary as a process that holds the lock of a stack.
const (
	holderProject = "STACK_TEST_HOLDER"
	holderRuns    = "STACK_TEST_HOLDER_RUNS"
	holderShows   = "STACK_TEST_HOLDER_SHOWS" // a preview instead of an update
)

func TestMain(m *testing.M) {
	if root := os.Getenv(holderProject); root != "" {
		hold(root)
	}
	os.Exit(m.Run())
}

// hold updates a stack with a program that never ends.
func hold(root string) {
	s, err := Open(context.Background(), Options{Project: &project.Project{Root: root}, Name: "dev", Program: func(ctx *pulumi.Context) error {
		if err := os.WriteFile(os.Getenv(holderRuns), nil, 0o600); err != nil {
			return err
		}
		select {}
	}})
	if err == nil && os.Getenv(holderShows) != "" {
		_, err = s.Preview(context.Background(), nil)
	} else if err == nil {
		_, err = s.Update(context.Background(), nil, "never ends")
	}
	panic(err)
}

// startHolder starts a process that holds the lock and returns when it does.
func startHolder(t *testing.T, p *project.Project) *exec.Cmd {
	t.Helper()
	runs := filepath.Join(t.TempDir(), "runs")
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), holderProject+"="+p.Root, holderRuns+"="+runs)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	poll(t, "the holder's program", func() bool {
		_, err := os.Stat(runs)
		return err == nil
	})
	return cmd
}

// poll waits until a condition holds, a minute at most.
func poll(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline, ticker := time.Now().Add(time.Minute), time.NewTicker(20*time.Millisecond)
	defer ticker.Stop()
	for !holds() {
		if <-ticker.C; time.Now().After(deadline) {
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

func locks(t *testing.T, p *project.Project) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.Root, "state/.pulumi/locks/organization/slipway/dev/*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestSecondUpdateIsToldWhoHoldsTheLockOrWaits(t *testing.T) {
	p := newProject(t)
	runs, letGo, first := make(chan struct{}, 1), make(chan struct{}), make(chan error, 1)
	holder := open(t, Options{Project: p, Program: holding(runs, letGo)})
	go func() {
		_, err := holder.Update(t.Context(), map[string]string{"image": "first"}, "first")
		first <- err
	}()
	within(t, "the first update", runs)

	_, err := open(t, Options{Project: p, Program: program}).Update(t.Context(), nil, "refused")
	var locked *Locked
	host, _ := os.Hostname()
	if !errors.As(err, &locked) || len(locked.Holders) != 1 || locked.Holders[0].Host != host ||
		locked.Holders[0].PID == 0 || locked.Holders[0].Since.IsZero() {
		t.Fatalf("no waiting: %v", err)
	}

	waits := make(chan struct{}, 1)
	sink := &heard{noted: func(text string) {
		if strings.HasPrefix(text, "waiting for the lock of stack dev, held by ") {
			waits <- struct{}{}
		}
	}}
	second := make(chan error, 1)
	waiter := open(t, Options{Project: p, Program: program, WaitLock: time.Minute, Sink: sink})
	go func() {
		_, err := waiter.Update(t.Context(), map[string]string{"image": "second"}, "second")
		second <- err
	}()
	within(t, "the second update", waits)
	close(letGo)
	if err := errors.Join(<-first, <-second); err != nil {
		t.Fatal(err)
	}
	if outputs, err := waiter.Outputs(t.Context()); err != nil || outputs["Image"] != "second" {
		t.Errorf("outputs: %v, %v", outputs, err)
	}
}

// A deployer that is killed takes its pulumi along, and pulumi gives the lock back, or hangs and is ended.
func TestKilledDeployer(t *testing.T) {
	p := newProject(t)
	holder := startHolder(t, p)
	if len(locks(t, p)) != 1 {
		t.Fatal("the holder holds no lock")
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait()
	s := open(t, Options{Project: p, Program: program, WaitLock: time.Minute})
	s.graceToFinish = 5 * time.Second
	if _, err := s.Update(t.Context(), nil, "next"); err != nil {
		t.Fatal(err)
	}
}

// A preview holds no lock, so that nobody would ever miss its pulumi: it ends with its deployer, also when that is killed
// as it begins, and where interrupts are ignored, as in the background of a script.
func TestPreviewEndsWithItsDeployer(t *testing.T) {
	p := newProject(t)
	holder := exec.Command("sh", "-c", `trap "" INT; exec "$0" -test.run=^$`, os.Args[0])
	holder.Env = append(os.Environ(), holderProject+"="+p.Root, holderShows+"=yes", holderRuns+"="+filepath.Join(t.TempDir(), "runs"))
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	previews := func() (n int) {
		files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, file := range files {
			line, err := os.ReadFile(file)
			folder, _ := os.Readlink(filepath.Join(filepath.Dir(file), "cwd"))
			if err == nil && strings.Contains(string(line), "\x00preview\x00") && strings.HasPrefix(folder, p.Root) {
				n++
			}
		}
		return n
	}
	poll(t, "the preview", func() bool { return previews() > 0 })
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait()
	poll(t, "the end of the preview", func() bool { return previews() == 0 })
}

// A pulumi whose deployer is gone may hang with the lock; one whose deployer is there may not be touched.
func TestHungUpdateOfAGoneDeployerIsEnded(t *testing.T) {
	p := newProject(t)
	if _, err := open(t, Options{Project: p, Program: program}).Update(t.Context(), nil, "first"); err != nil {
		t.Fatal(err)
	}
	deployer, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	hung := exec.Command("sh", "-c", "sleep 60; :", "--client="+deployer.Addr().String())
	hung.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := hung.Start(); err != nil {
		t.Fatal(err)
	}
	note(hung.Process.Pid)
	ended := make(chan error, 1)
	go func() { ended <- hung.Wait() }()
	t.Cleanup(func() { kill(hung.Process.Pid) })
	leaveLock(t, p, hung.Process.Pid)

	update := func() error {
		s := open(t, Options{Project: p, Program: program})
		s.graceToFinish = 100 * time.Millisecond
		_, err := s.Update(t.Context(), nil, "next")
		return err
	}
	var locked *Locked
	if err := update(); !errors.As(err, &locked) {
		t.Fatalf("with its deployer: %v", err)
	}
	if err := deployer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := update(); err != nil {
		t.Fatalf("without its deployer: %v", err)
	}
	if err := <-ended; err == nil || err.Error() != "signal: killed" {
		t.Errorf("the hung process: %v", err)
	}
}

// leaveLock writes the lock that process pid would hold.
func leaveLock(t *testing.T, p *project.Project, pid int) {
	t.Helper()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"pid": pid, "username": "root", "hostname": host, "timestamp": time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(p.Root, "state/.pulumi/locks/organization/slipway/dev")
	if err := errors.Join(os.MkdirAll(folder, 0o700), os.WriteFile(filepath.Join(folder, "left.json"), text, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// When pulumi itself is killed, its lock stays, in the name of a process that is gone.
func TestLockOfADeadProcessIsRemoved(t *testing.T) {
	p := newProject(t)
	holder := startHolder(t, p)
	holders := parseLock(t, locks(t, p)[0])
	if err := holder.Process.Signal(syscall.SIGSTOP); err != nil { // it must not tidy up
		t.Fatal(err)
	}
	if err := syscall.Kill(holders, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	poll(t, "the end of pulumi", func() bool { _, err := identify(holders); return err != nil })
	sink := &heard{}
	s := open(t, Options{Project: p, Program: program, Sink: sink})
	if _, err := s.Update(t.Context(), nil, "next"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(sink.text(), "removing the lock of stack dev that ") {
		t.Errorf("said:\n%s", sink.text())
	}
}

func parseLock(t *testing.T, file string) int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), `"pid":`)
	number, _, _ := strings.Cut(rest, ",")
	pid, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil {
		t.Fatalf("no pid in %s", text)
	}
	return pid
}
