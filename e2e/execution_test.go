package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/automation/pipeline"
)

// soon polls until the newest execution is as it should be.
func (a *author) soon(what string, holds func(pipeline.Result) bool) pipeline.Result {
	a.t.Helper()
	deadline, tick := time.Now().Add(time.Minute), time.NewTicker(200*time.Millisecond)
	defer tick.Stop()
	for {
		if answer := a.run("pipeline", "status", "--json"); answer.code == 0 {
			if r := a.execution(answer); holds(r) {
				return r
			}
		}
		if <-tick.C; time.Now().After(deadline) {
			a.t.Fatalf("not within a minute: %s", what)
		}
	}
}

func deploying(r pipeline.Result) bool {
	last := len(r.Actions) - 1
	return last >= 0 && r.Actions[last].Stage == "dev" && r.Actions[last].Status == "InProgress"
}

func TestPushesInQuickSuccession(t *testing.T) {
	t.Parallel()
	t.Run("QUEUED", func(t *testing.T) {
		t.Parallel()
		a := newAuthor(t, onlyDev, "dev")
		first := a.push("one", behaviour{Colour: "red"})
		a.soon("the first deployment", deploying)
		second := a.push("two", behaviour{Colour: "green"})
		waiting := a.run("pipeline", "follow", "--commit", second)
		if !strings.Contains(waiting.stderr, "it waits in front of stage dev") {
			t.Errorf("nothing says that the second one waits:\n%s", waiting.stderr)
		}
		a.must("pipeline", "start") // a third one, of the same commit
		one, two := a.ends(first, "Succeeded"), a.ends(second, "Succeeded")
		if !last(one).End.Before(last(two).Start.Add(time.Second)) {
			t.Errorf("the second began at %s, before the first ended at %s", last(two).Start, last(one).End)
		}
		a.serves("dev", second)
	})
	t.Run("SUPERSEDED", func(t *testing.T) {
		t.Parallel()
		a := newAuthor(t, onlyDev+"  slipway:executionMode: SUPERSEDED\n", "dev")
		first := a.push("one", behaviour{Colour: "red", Delay: 2 * time.Second})
		a.soon("the first deployment", deploying)
		second := a.push("two", behaviour{Colour: "green"})
		a.soon("the second execution", func(r pipeline.Result) bool { return r.Commit == second })
		third := a.push("three", behaviour{Colour: "blue"})
		a.ends(first, "Succeeded")
		a.ends(second, "Superseded")
		a.ends(third, "Succeeded")
		a.serves("dev", third)
	})
}

func last(r pipeline.Result) pipeline.Action { return r.Actions[len(r.Actions)-1] }

// An execution whose sandbox is killed goes on or fails with a reason; it is never lost, and the next push goes live.
func TestSandboxKilledInMidExecution(t *testing.T) {
	t.Parallel()
	a := newAuthor(t, onlyDev, "dev")
	commit := a.push("killed", behaviour{Colour: "red"})
	a.soon("the deployment", deploying)
	a.killSandbox()
	a.must("sandbox", "start")
	r, _ := a.follow(commit)
	switch f := r.Failure(); {
	case r.Status == "Succeeded":
		a.serves("dev", commit)
	case r.Status != "Failed" || f == nil || f.Error == "":
		t.Errorf("after the kill: %+v", r)
	}
	next := a.push("after the kill", behaviour{Colour: "green"})
	a.ends(next, "Succeeded")
	a.serves("dev", next)
}

// A commit that changes the deployer is released by the deployer that it holds.
func TestDeployerOfTheCommit(t *testing.T) {
	t.Parallel()
	a := newAuthor(t, onlyDev, "dev")
	file := filepath.Join(a.app, "..", "..", "automation", "main.go")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, "\n// Changed.\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	a.git("add", "--all", ":/")
	commit := a.push("another deployer", behaviour{Colour: "blue"})
	a.ends(commit, "Succeeded")
	if log := a.log(1); !strings.Contains(log, "building it") {
		t.Errorf("no deployer was built:\n%s", log)
	}
	next := a.push("only the app", behaviour{Colour: "green"})
	a.ends(next, "Succeeded")
	if log := a.log(2); strings.Contains(log, "building it") {
		t.Errorf("the deployer was built again:\n%s", log)
	}
}
