package release

import (
	"context"
	"testing"

	"slipway/automation/engine"
	"slipway/automation/fault"
)

// What a task gets beside its image comes back with the image: the stack's file has what the release failed with.
func TestRepairTakesTheConfigurationBack(t *testing.T) {
	w := newWorld(t)
	w.scripts[newCommit] = breaker
	w.earlier = map[string]string{"slipway:variables": `{"MODE":"good"}`, "slipway:zones": "3", "slipway:cpu": "512"}
	if _, err := Deploy(context.Background(), w.options()); fault.CodeOf(err) != fault.RolledBack {
		t.Fatal(err)
	}
	if len(w.updates) != 2 {
		t.Fatalf("there were %d updates", len(w.updates))
	}
	release, repair := w.updates[0], w.updates[1]
	if _, given := release["slipway:variables"]; given {
		t.Errorf("the release itself has %v", release)
	}
	for key, want := range map[string]string{
		imageKey: oldImage.Ref(), "slipway:variables": `{"MODE":"good"}`, "slipway:cpu": "512",
		"slipway:secrets": "null", "slipway:user": "", "slipway:containerPort": "8080", // not given before
	} {
		if got, given := repair[key]; !given || got != want {
			t.Errorf("the repair has %s = %q, want %q", key, got, want)
		}
	}
	if _, given := repair["slipway:zones"]; given {
		t.Error("the repair changes the network")
	}
}

// A release that changes a variable of the image that is live goes back to that image.
func TestChangedVariableGoesBackToTheSameImage(t *testing.T) {
	w := newWorld(t)
	w.plan = engine.Changes{{Type: "aws:ecs/taskDefinition:TaskDefinition", Name: "task", Op: "replace"}}
	w.earlier = map[string]string{"slipway:variables": `{"MODE":"good"}`}
	w.scripts[oldCommit] = breaker
	o := w.options()
	o.Commit.Hash, o.Source = oldCommit, sourceOf(oldCommit)
	w.onUpdate = func(string) {
		if len(w.updates) == 1 {
			w.scripts[oldCommit] = succeeds
		}
	}
	result, err := Deploy(context.Background(), o)
	if fault.CodeOf(err) != fault.RolledBack || result.Outcome != RolledBack || result.Previous != oldImage.Ref() {
		t.Fatalf("%+v, %v", result, err)
	}
	if len(w.updates) != 2 || w.updates[1][imageKey] != oldImage.Ref() || w.updates[1]["slipway:variables"] != `{"MODE":"good"}` {
		t.Errorf("updates are %v", w.updates)
	}
}
