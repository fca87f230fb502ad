package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// Everyday work with an environment that runs: what its tasks print, and how many there are.
func TestDayTwo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.commit("says something", behaviour{Colour: "blue", Say: "\x1b[2Jowned\u009b"})
	w.up("delivery")
	w.up("dev")
	w.fails(3, []string{"nothing was released into it yet", "slipway deploy dev"}, "scale", "dev", "2")
	w.fails(3, []string{"nothing to restart"}, "restart", "dev")
	w.deploy()
	for _, c := range []struct {
		name string
		run  func(*testing.T, *world)
	}{
		{"logs", logsOfTasks}, {"follow", followedLogs}, {"open", opened}, {"run", ranOnce}, {"run on Fargate", ranOnFargate}, {"restart", restarted}, {"scale", scaled},
		{"which environment", whichEnvironment},
	} {
		t.Run(c.name, func(t *testing.T) {
			inner := *w
			inner.t = t
			c.run(t, &inner)
		})
	}
}

// shownLine is a line of slipway logs: time, short id of the task, text.
var shownLine = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}  ([0-9a-f]{8})  (.*)$`)

func logsOfTasks(t *testing.T, w *world) {
	a := w.must("logs", "dev")
	lines := strings.Split(strings.TrimSpace(a.stdout), "\n")
	tasks := map[string]bool{}
	for _, line := range lines {
		found := shownLine.FindStringSubmatch(line)
		if found == nil {
			t.Fatalf("%q is no line of a log in\n%s", line, a.stdout)
		}
		tasks[found[1]] = true
	}
	if len(tasks) != 2 || !strings.Contains(a.stdout, "app: listening on :8080") || !strings.Contains(a.stdout, `\x1b[2Jowned\x9b`) {
		t.Errorf("logs of %d tasks:\n%q", len(tasks), a.stdout)
	}
	for task := range tasks {
		if a := w.must("logs", "dev", "--task", task); strings.Count(a.stdout, task) != len(lines)/2 {
			t.Errorf("logs of task %s:\n%s", task, a.stdout)
		}
	}
	var raw []string
	for line := range strings.SplitSeq(strings.TrimSpace(w.must("logs", "dev", "--json").stdout), "\n") {
		var l struct{ Type, Time, Task, Container, Text string }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if at, err := time.Parse(time.RFC3339Nano, l.Time); l.Type == "log" && (err != nil || time.Since(at) > time.Hour || len(l.Task) != 32 || l.Container != "app") {
			t.Errorf("a line as JSON: %s", line)
		}
		raw = append(raw, l.Text)
	}
	if text := strings.Join(raw, "\n"); !strings.Contains(text, "\x1b[2Jowned\u009b") {
		t.Errorf("JSON does not have the line as it was written: %q", text)
	}
	w.fails(2, []string{`"ffffffffffff"`, "slipway status dev"}, "logs", "dev", "--task", "ffffffffffff")
	w.fails(2, []string{"--since must be more than 0"}, "logs", "dev", "--since", "0s")
}

// A follower prints what comes, and ends with Ctrl-C or with its reader, as something that worked.
func followedLogs(t *testing.T, w *world) {
	follower, wait := w.start("logs", "dev", "--follow", "--json")
	w.must("restart", "dev")
	if err := follower.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	a := wait()
	if a.code != 0 || strings.Count(a.stdout, "app: listening on") < 4 || !strings.Contains(a.stdout, `"type":"result"`) {
		t.Errorf("followed with exit code %d\n%s\n%s", a.code, a.stdout, a.stderr)
	}
	piped := exec.Command("bash", "-c", `"$0" --project "$1" logs dev | head -1; exit ${PIPESTATUS[0]}`, w.slipway, w.project)
	piped.Env = w.env
	if out, err := piped.CombinedOutput(); err != nil || strings.Count(string(out), "\n") != 1 {
		t.Errorf("into head: %v\n%s", err, out)
	}
}

// A command runs once with what the environment has; its output and its exit code are ours.
func ranOnce(t *testing.T, w *world) {
	if a := w.must("run", "dev", "--", "env", "SLIPWAY_ENVIRONMENT"); a.stdout != "dev\n" {
		t.Errorf("the task's environment is %q\n%s", a.stdout, a.stderr)
	}
	if a := w.must("run", "dev", "--", "say", "--yes", "\x1b[2J"); a.stdout != "--yes \\x1b[2J\n" {
		t.Errorf("printed %q", a.stdout)
	}
	w.fails(42, nil, "run", "dev", "--", "exit", "42")
	var r struct {
		Code int
		Data struct {
			Task     string
			ExitCode int
		}
	}
	a := w.fails(5, nil, "run", "dev", "--json", "--", "exit", "5")
	if err := json.Unmarshal([]byte(lastLines(a.stdout, 1)), &r); err != nil || r.Code != 5 || r.Data.ExitCode != 5 || len(r.Data.Task) != 32 {
		t.Errorf("as JSON: %v %s", err, a.stdout)
	}
	w.fails(2, []string{"then -- and the command"}, "run", "dev", "say", "hello")
	w.fails(2, []string{"then -- and the command"}, "run", "dev", "--")
	before := w.containers()
	running, wait := w.start("run", "dev", "--", "wait")
	w.eventually("the task runs", func() bool { return w.containers() != before })
	w.eventually("its first line", func() bool { return strings.Contains(w.must("logs", "dev").stdout, "waiting") })
	if err := running.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if a := wait(); a.code != 130 || !strings.Contains(a.stdout, "told to stop") || !strings.Contains(a.stderr, "the task was stopped") {
		t.Errorf("interrupted with exit code %d\n%s%s", a.code, a.stdout, a.stderr)
	}
	if after := w.containers(); after != before {
		t.Errorf("containers before %s, after %s", before, after)
	}
	killed, wait := w.start("run", "dev", "--", "wait")
	w.eventually("the task runs", func() bool { return w.containers() != before })
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	wait()
	w.eventually("the task of a run that was killed is stopped", func() bool { return w.containers() == before })
}

// eventually polls until a condition holds.
func (w *world) eventually(what string, condition func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); !condition(); <-time.After(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("not reached: %s", what)
		}
	}
}

func ranOnFargate(t *testing.T, w *world) {
	w.stackFile("staging", w.file("dev")+"  slipway:capacity: fargate\n  slipway:cpu: 256\n  slipway:memory: 512\n")
	w.up("staging")
	w.fails(3, []string{"nothing was released into it yet"}, "run", "staging", "--", "exit", "0")
	w.must("promote", "dev", "staging", "--yes")
	if a := w.must("run", "staging", "--", "env", "SLIPWAY_ENVIRONMENT"); a.stdout != "staging\n" {
		t.Errorf("the task's environment is %q\n%s", a.stdout, a.stderr)
	}
	w.must("destroy", "staging", "--yes")
}

func opened(t *testing.T, w *world) {
	url := w.output("dev", "AppURL")
	if a := w.must("open", "dev", "--print"); a.stdout != url+"\n" {
		t.Errorf("open --print printed %q, want %s", a.stdout, url)
	}
	note := w.project + "/opened"
	inner := *w
	inner.env = append(slices.Clone(w.env), "BROWSER="+w.script("browser", `printf %s "$1" > `+note))
	a := inner.must("open", "dev")
	if told, err := os.ReadFile(note); err != nil || string(told) != url || a.stdout != "" {
		t.Errorf("the browser was told %q, %v; printed %q", told, err, a.stdout)
	}
	inner.env = append(inner.env, "BROWSER=/bin/false")
	if a := inner.must("open", "dev"); a.stdout != url+"\n" {
		t.Errorf("without a browser that works: %q", a.stdout)
	}
}

// script writes an executable of the shell and returns its path.
func (w *world) script(name, text string) string {
	w.t.Helper()
	path := w.t.TempDir() + "/" + name
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// restarted starts every task anew; what cannot start is taken back by ECS, and that is a failure.
func restarted(t *testing.T, w *world) {
	before := w.tasks()
	w.must("restart", "dev")
	after := w.tasks()
	for task := range after {
		if before[task] || len(after) != 2 {
			t.Errorf("tasks %v before, %v after the restart", before, after)
		}
	}
}

// scaled changes the number of tasks, which a release and an update keep.
func scaled(t *testing.T, w *world) {
	a := w.must("scale", "dev", "3")
	if n := len(w.tasks()); n != 3 || !strings.Contains(a.stdout, "dev: 3 tasks, 2 before") || !strings.Contains(a.stderr, "slipway:desiredCount: 3") {
		t.Errorf("%d tasks run after\n%s%s", n, a.stdout, a.stderr)
	}
	w.commit("another colour", behaviour{Colour: "green"})
	w.deploy()
	if n := len(w.tasks()); n != 3 {
		t.Errorf("%d tasks run after a release, not 3", n)
	}
	w.up("dev")
	if n := len(w.tasks()); n != 3 {
		t.Errorf("%d tasks run after an update without a change, not 3", n)
	}
	w.stackFile("dev", w.file("dev")+"  slipway:desiredCount: 1\n")
	if a := w.must("preview", "dev"); !strings.Contains(a.stdout, "desiredCount") {
		t.Errorf("the preview does not show the count:\n%s", a.stdout)
	}
	w.up("dev")
	w.must("scale", "dev", "1") // waits for what the update began
	if n := len(w.tasks()); n != 1 {
		t.Errorf("%d tasks run after slipway:desiredCount changed, not 1", n)
	}
	w.must("scale", "dev", "0")
	w.must("scale", "dev", "1") // an update proves that the app answers
	w.fails(2, []string{`"many"`, "from 0 to 5000"}, "scale", "dev", "many")
	w.fails(2, []string{"from 0 to 5000"}, "scale", "dev", "--", "-1")
	w.stackFile("dev", w.file("dev")+"  slipway:maxCount: 4\n")
	w.up("dev")
	w.fails(2, []string{"between 1 and 4", "slipway:maxCount", "Pulumi.dev.yaml"}, "scale", "dev", "2")
}

func whichEnvironment(t *testing.T, w *world) {
	w.fails(2, []string{"name one of dev, prod, staging"}, "logs")
	w.fails(3, []string{"environment staging", "slipway up staging"}, "logs", "staging")
	w.fails(2, []string{"delivery is no environment"}, "open", "delivery")
	for _, name := range []string{"prod", "staging"} {
		if err := os.Remove(w.project + "/Pulumi." + name + ".yaml"); err != nil {
			t.Fatal(err)
		}
	}
	if a := w.must("open", "--print"); a.stdout != w.output("dev", "AppURL")+"\n" {
		t.Errorf("the only environment: %q", a.stdout)
	}
}

// tasks are the ids of the tasks that run in dev.
func (w *world) tasks() map[string]bool {
	w.t.Helper()
	var s struct {
		Data struct {
			Environments []struct{ Running []struct{ Task string } }
		}
	}
	a := w.run("status", "dev", "--json") // code 1 while not every task is healthy
	lines := strings.Split(strings.TrimSpace(a.stdout), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &s); err != nil || len(s.Data.Environments) != 1 {
		w.t.Fatalf("status: code %d, %v\n%s\n%s", a.code, err, a.stdout, a.stderr)
	}
	found := map[string]bool{}
	for _, r := range s.Data.Environments[0].Running {
		found[r.Task] = true
	}
	return found
}

// file is the text of a stack's file.
func (w *world) file(stack string) string {
	w.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("%s/Pulumi.%s.yaml", w.project, stack))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}
