package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A lock is removed only when a record proves that its holder was a pulumi of ours that has ended. Everything else, such
// as a container with the same host name and numbers of its own, is somebody else's.
func TestLocksOfOthersStay(t *testing.T) {
	t.Setenv("PULUMI_HOME", t.TempDir())
	self, err := identify(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	ended := child{PID: os.Getpid(), Ticks: "1", Boot: self.Boot, Namespace: self.Namespace, Host: self.Host, Started: now}
	tests := []struct {
		name   string
		record func(*child)
		lock   func(*Holder)
		dead   bool
	}{
		{"ours, and its number runs again", func(*child) {}, func(*Holder) {}, true},
		{"ours, and its number is free", func(c *child) { c.PID = gone(t) }, func(*Holder) {}, true},
		{"ours, and it runs", func(c *child) { c.Ticks = self.Ticks }, func(*Holder) {}, false},
		{"no record", nil, func(*Holder) {}, false},
		{"another PID namespace", func(c *child) { c.Namespace = "pid:[1]" }, func(*Holder) {}, false},
		{"before a restart of the machine", func(c *child) { c.Boot = "another" }, func(*Holder) {}, false},
		{"a record from another machine", func(c *child) { c.Host = "elsewhere" }, func(h *Holder) { h.Host = "elsewhere" }, false},
		{"another machine", func(*child) {}, func(h *Holder) { h.Host = "elsewhere" }, false},
		{"made long after", func(*child) {}, func(h *Holder) { h.Since = now.Add(time.Hour) }, false},
		{"made before", func(*child) {}, func(h *Holder) { h.Since = now.Add(-time.Minute) }, false},
		{"no time", func(*child) {}, func(h *Holder) { h.Since = time.Time{} }, false},
	}
	for _, test := range tests {
		t.Setenv("PULUMI_HOME", t.TempDir())
		c := ended
		if test.record != nil {
			test.record(&c)
			keep(t, c)
		}
		h := Holder{Host: c.Host, PID: c.PID, Since: now}
		test.lock(&h)
		if got := (&Locked{Stack: "dev", Holders: []Holder{h}}).dead(); got != test.dead {
			t.Errorf("%s: dead is %v", test.name, got)
		}
		if (&Locked{Stack: "dev", Holders: []Holder{h, {Host: "elsewhere", PID: 1, Since: now}}}).dead() {
			t.Errorf("%s: one of two is unknown, and both are dead", test.name)
		}
	}
	if (&Locked{Stack: "dev"}).dead() {
		t.Error("nobody is named, and is dead")
	}
}

// gone is the number of a process that has ended.
func gone(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

// keep writes the record of a child as note does.
func keep(t *testing.T, c child) {
	t.Helper()
	folder, err := childrenFolder()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.MkdirAll(folder, 0o700), os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d-%s.json", c.PID, c.Ticks)), text, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// A lock that nothing proves to be left behind is shown and stays until somebody says so, and then the stack can be updated.
func TestUnlock(t *testing.T) {
	p := newProject(t)
	if _, err := open(t, Options{Project: p, Program: program}).Update(t.Context(), nil, "first"); err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{Project: p, Program: program, Existing: true})
	if locked, err := s.Lock(t.Context()); locked != nil || err != nil {
		t.Fatalf("free: %v, %v", locked, err)
	}
	leaveLock(t, p, gone(t))
	var locked *Locked
	if _, err := s.Update(t.Context(), nil, "refused"); !errors.As(err, &locked) {
		t.Fatalf("a lock without a record: %v", err)
	}
	locked, err := s.Lock(t.Context())
	if err != nil || locked == nil || len(locked.Holders) != 1 || locked.Holders[0].User != "root" || locked.Holders[0].Runs() {
		t.Fatalf("locked: %v, %v", locked, err)
	}
	if err := s.Unlock(t.Context()); err != nil || len(locks(t, p)) != 0 {
		t.Fatalf("unlock: %v, %v", err, locks(t, p))
	}
	if _, err := s.Update(t.Context(), nil, "next"); err != nil {
		t.Fatal(err)
	}
}

// A pulumi that lost its backend before it could give its lock back ends by itself, and leaves the lock.
func TestTheLockOfAPulumiThatLostItsBackendIsRemoved(t *testing.T) {
	t.Setenv("PULUMI_HOME", t.TempDir())
	cmd, started, ended := exec.Command("cat"), make(chan struct{}), make(chan error, 1)
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	go supervise(cmd, started, ended)
	<-started
	if err := errors.Join(input.Close(), <-ended); err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	left := &Locked{Stack: "dev", Holders: []Holder{{Host: host, PID: cmd.Process.Pid, Since: begun.Add(time.Second)}}}
	if !left.dead() {
		t.Error("nothing proves that its holder is gone")
	}
}

// Records and work folders of what ended long ago are removed.
func TestNothingStaysOfWhatEnded(t *testing.T) {
	p := newProject(t)
	left := p.Dir("work", "dev", "1-left")
	old := time.Now().Add(-time.Hour)
	if err := errors.Join(os.MkdirAll(left, 0o700), os.Chtimes(left, old, old)); err != nil {
		t.Fatal(err)
	}
	first := open(t, Options{Project: p, Program: program})
	if _, err := first.Update(t.Context(), nil, "first"); err != nil {
		t.Fatal(err)
	}
	folder, err := childrenFolder()
	if err != nil {
		t.Fatal(err)
	}
	ancient := filepath.Join(folder, "1-1.json")
	long := time.Now().Add(-recordsLast - time.Hour)
	if err := errors.Join(os.WriteFile(ancient, []byte("{}"), 0o600), os.Chtimes(ancient, long, long)); err != nil {
		t.Fatal(err)
	}
	note(os.Getpid())
	if _, err := os.Stat(ancient); !errors.Is(err, os.ErrNotExist) || len(children(os.Getpid())) != 1 {
		t.Errorf("an old record: %v; of this process: %+v", err, children(os.Getpid()))
	}
	if err := os.Chtimes(first.dir.path, old, old); err != nil {
		t.Fatal(err)
	}
	open(t, Options{Project: p, Program: program})
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of a deployer that is gone: %v", err)
	}
	if _, err := os.Stat(first.dir.path); err != nil {
		t.Errorf("the folder of one that runs: %v", err)
	}
}

func TestParseHolders(t *testing.T) {
	text := "error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
		"  s3://state/.pulumi/locks/organization/slipway/dev/1.json: created by DOMAIN\\ada@build-7 (pid 4711) at 2026-01-02T03:04:05Z\n" +
		"  s3://state/.pulumi/locks/organization/slipway/dev/2.json: created by a@b@host.example (pid 12) at 2026-01-02T03:04:05+02:00\n"
	holders := parseHolders(text + text)
	if len(holders) != 2 || holders[0].User != `DOMAIN\ada` || holders[0].Host != "build-7" || holders[0].PID != 4711 ||
		holders[0].Since.Unix() != 1767323045 || holders[1].User != "a@b" || holders[1].Host != "host.example" {
		t.Errorf("%+v", holders)
	}
}
