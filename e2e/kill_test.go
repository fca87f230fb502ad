package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Variables that choose how many kills TestRandomKills does, and which.
const (
	killsVariable = "SLIPWAY_KILLS"
	seedVariable  = "SLIPWAY_KILLS_SEED"
	defaultKills  = 6
	defaultSeed   = 1
)

// number is a variable as a whole number, or another one where it is not set.
func number(t testing.TB, variable string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s=%q is no whole number", variable, text)
	}
	return n
}

// signals are what a terminal, a service manager, Jenkins and the kernel send.
var signals = []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP}

// blow is one kill: who, with what, and how long after the deployer was started.
type blow struct {
	target string // deployer, pulumi, both, sandbox, task
	signal syscall.Signal
	after  time.Duration
}

func (b blow) String() string { return fmt.Sprintf("%s to %s after %s", b.signal, b.target, b.after) }

// aim chooses a blow within the time that a release takes.
func aim(r *rand.Rand, release time.Duration) blow {
	b := blow{
		target: []string{"deployer", "deployer", "pulumi", "both", "sandbox", "task"}[r.IntN(6)], signal: signals[r.IntN(len(signals))],
		after: time.Duration(r.Int64N(int64(release))),
	}
	if b.target == "sandbox" || b.target == "task" {
		b.signal = syscall.SIGKILL // what the machine does to them
	}
	return b
}

// Whatever is killed at whatever moment of a release, the same command again ends right, and nothing is left of the first.
func TestRandomKills(t *testing.T) {
	t.Parallel()
	seed, kills := number(t, seedVariable, defaultSeed), number(t, killsVariable, defaultKills)
	t.Logf("%s=%d %s=%d", seedVariable, seed, killsVariable, kills)
	w := ready(t)
	w.commit("to know how long a release takes", behaviour{Colour: "white"})
	begun := time.Now()
	w.deploy()
	release := time.Since(begun)
	containers := w.settledContainers(len(w.tasks()))
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range kills {
		b := aim(r, release)
		t.Run(fmt.Sprintf("%d %s", i+1, b), func(t *testing.T) {
			w := w.in(t)
			commit := w.commit(fmt.Sprintf("kill %d", i+1), behaviour{Colour: fmt.Sprintf("colour %d", i+1)})
			talk := w.strike(b)
			w.repair(commit, containers)
			if t.Failed() {
				t.Logf("the release that was struck said\n%s", lastLines(talk, 40))
			}
		})
	}
}

// strike begins a release, kills as the blow says, and answers what the deployer said.
func (w *world) strike(b blow) string {
	w.t.Helper()
	cmd, wait := w.start(w.deployArgs()...)
	done := make(chan answer, 1)
	go func() { done <- wait() }()
	timer := time.NewTimer(b.after)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.stderr // it was faster this time
	case <-timer.C:
	}
	w.hit(cmd, b)
	return (<-done).stderr
}

func (w *world) hit(deployer *exec.Cmd, b blow) {
	w.t.Helper()
	if b.target == "deployer" || b.target == "both" {
		_ = deployer.Process.Signal(b.signal)
	}
	if b.target == "pulumi" || b.target == "both" {
		for _, pid := range w.pulumis() {
			_ = syscall.Kill(pid, b.signal)
		}
	}
	switch b.target {
	case "sandbox": // which comes back while the deployer waits for AWS
		w.killSandbox()
		w.must("sandbox", "start")
	case "task":
		for task := range strings.FieldsSeq(w.taskContainers()) {
			_ = exec.Command("docker", "kill", task).Run() // one that has just ended cannot be killed
			break
		}
	}
}

// repair runs the same command again, and checks what has to hold after it.
func (w *world) repair(commit string, containers int) {
	w.t.Helper()
	w.must("sandbox", "start") // does nothing where it runs
	if r := w.deploy(); r.Data.Release.Commit != "" && r.Data.Release.Commit != commit {
		w.t.Errorf("released %+v, want commit %s", r.Data.Release, commit)
	}
	w.toldTruly(commit)
	w.unlocked()
	if left := w.settledContainers(containers); left != containers {
		w.t.Errorf("%d containers run, and %d before", left, containers)
	}
	w.eventually("an end of every pulumi", func() bool { return len(w.pulumis()) == 0 })
}

// toldTruly compares what the ledger and the status say with what was released.
func (w *world) toldTruly(commit string) {
	w.t.Helper()
	all := w.history()
	if all[0].Outcome != "released" || all[0].Commit != commit || !all[0].Proof.RunningIsRequested {
		w.t.Errorf("the ledger's newest release is %+v, want %s released", all[0], commit)
	}
	for _, r := range all {
		if r.Outcome == "in progress" {
			w.t.Errorf("the ledger has release %d in progress for ever", r.Number)
		}
		if r.Outcome == "released" && !r.Proof.RunningIsRequested {
			w.t.Errorf("the ledger has release %d as released, without a proof", r.Number)
		}
	}
	var s struct {
		Data struct {
			Environments []struct {
				State, Commit string
				AsMeant       bool
				Drift         []string
			}
		}
	}
	w.eventually("dev is live", func() bool {
		a := w.run("status", "dev", "--json")
		lines := strings.Split(strings.TrimSpace(a.stdout), "\n")
		return json.Unmarshal([]byte(lines[len(lines)-1]), &s) == nil && len(s.Data.Environments) == 1 && s.Data.Environments[0].State == "live"
	})
	if e := s.Data.Environments[0]; e.Commit != commit || !e.AsMeant || len(e.Drift) > 0 {
		w.t.Errorf("status says %+v, want commit %s", e, commit)
	}
}

// unlocked says that nobody holds the stack of dev, and that nothing in it is left open.
func (w *world) unlocked() {
	w.t.Helper()
	var u struct {
		Data struct {
			Removed bool
			Holders []any
			Pending []any
		}
	}
	w.json(&u, "unlock", "dev", "--yes", "--json")
	if u.Data.Removed || len(u.Data.Holders) > 0 || len(u.Data.Pending) > 0 {
		w.t.Errorf("left behind: %+v", u.Data)
	}
}

// pulumis are the processes of pulumi that work for this world.
func (w *world) pulumis() (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, file := range files {
		folder, err := os.Readlink(file)
		if err != nil || !strings.HasPrefix(folder, filepath.Join(w.project, ".slipway", "work")) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// taskContainers are the containers of tasks that run, with the label that ECS's agent gives them.
func (w *world) taskContainers() string {
	w.t.Helper()
	w.containers() // which learns the sandbox's id while it runs
	out, err := exec.Command("docker", "ps", "--quiet", "--filter", "label=slipway.sandbox="+w.id, "--filter", "label=com.amazonaws.ecs.task-arn").CombinedOutput()
	if err != nil {
		w.t.Fatalf("listing the containers of tasks: %v: %s", err, out)
	}
	return string(out)
}

// settledContainers waits until as many containers of tasks run as are wanted, and counts them.
func (w *world) settledContainers(wanted int) (last int) {
	w.t.Helper()
	within(time.Minute, func() bool {
		last = len(strings.Fields(w.taskContainers()))
		return last == wanted
	})
	return last
}

// within asks every half a second whether something holds.
func within(limit time.Duration, holds func() bool) bool {
	deadline, ticker := time.Now().Add(limit), time.NewTicker(500*time.Millisecond)
	defer ticker.Stop()
	for !holds() {
		if time.Now().After(deadline) {
			return false
		}
		<-ticker.C
	}
	return true
}
