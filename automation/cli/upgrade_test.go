package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/host"
	"slipway/automation/pipeline"
)

func TestWhatEndsAnAction(t *testing.T) {
	tests := []struct {
		change engine.Change
		ends   bool
	}{
		{engine.Change{Type: "aws:ec2/instance:Instance", Op: "replace", Diffs: []string{"userData"}}, true},
		{engine.Change{Type: "aws:ec2/instance:Instance", Op: "update", Diffs: []string{"instanceType"}}, true},
		{engine.Change{Type: "aws:ec2/instance:Instance", Op: "update", Diffs: []string{"tags", "tagsAll"}}, false},
		{engine.Change{Type: "aws:ec2/instance:Instance", Op: "create"}, false},
		{engine.Change{Type: "aws:ec2/instance:Instance", Op: "delete"}, true},
		{engine.Change{Type: "aws:codepipeline/pipeline:Pipeline", Op: "update", Diffs: []string{"executionMode"}}, true},
		{engine.Change{Type: "aws:ebs/volume:Volume", Op: "replace", Diffs: []string{"availabilityZone"}}, true},
		{engine.Change{Type: "aws:ecr/lifecyclePolicy:LifecyclePolicy", Op: "replace"}, false},
	}
	for _, test := range tests {
		if got := len(disturbing(engine.Changes{test.change})) > 0; got != test.ends {
			t.Errorf("%+v: %v", test.change, got)
		}
	}
}

func TestInUse(t *testing.T) {
	busy := []pipeline.Busy{{Execution: "e1", Stage: "dev", Action: "Deploy", Since: time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local)}}
	err := inUse("changing", "delivery", busy, []string{"replace slipway-delivery-jenkins"})
	var out bytes.Buffer
	fault.Print(&out, err)
	for _, want := range []string{"changing stack delivery", "action Deploy of stage dev, execution e1, since 2026-01-02 03:04:05 runs",
		"replace slipway-delivery-jenkins", "slipway up delivery --wait-actions 30m", "slipway pipeline stop --execution e1"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	if fault.CodeOf(err) != fault.Locked {
		t.Errorf("code %d", fault.CodeOf(err))
	}
}

// A host that failed, or that had its time, is made anew; one that still boots is not.
func TestBrokenHost(t *testing.T) {
	clock := clockwork.NewFakeClock()
	tests := []struct {
		look host.Look
		age  time.Duration
		says string
	}{
		{host.Look{State: host.Ready}, 100 * time.Hour, ""},
		{host.Look{State: host.Failed, Why: "packages: no"}, time.Minute, "failed to boot (packages: no)"},
		{host.Look{State: host.Boots}, 10 * time.Minute, ""},
		{host.Look{State: host.Silent}, 10 * time.Minute, ""},
		{host.Look{State: host.Silent}, 21 * time.Minute, "was made 21m0s ago and never became ready"},
		{host.Look{State: host.Boots}, time.Hour, "never became ready"},
	}
	for _, test := range tests {
		h := &hostWatch{clock: clock, look: test.look}
		if got := h.broken(clock.Now().Add(-test.age)); !strings.Contains(got, test.says) || (got == "") != (test.says == "") {
			t.Errorf("%+v after %s: %q", test.look, test.age, got)
		}
	}
}
