package pipeline

import (
	"strings"
	"testing"

	"slipway/automation/fault"
)

func TestControl(t *testing.T) {
	e := &endpoint{looks: []look{{status: "Failed", actions: []object{source, broken}}}}
	c, _ := watch(t, e)
	ctx := within(t)
	r, found, err := c.Latest(ctx, "p", "")
	if err != nil || !found || r.Execution != "e1" {
		t.Fatalf("%+v, %v, %v", r, found, err)
	}
	if _, found, err := c.Latest(ctx, "p", "c9"); found || err != nil {
		t.Errorf("found an execution of a commit that has none, %v", err)
	}
	if err := c.Retry(ctx, r); err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(ctx, r, "enough", true); err != nil {
		t.Fatal(err)
	}
	if id, err := c.Start(ctx, "p"); err != nil || id != "e2" {
		t.Errorf("started %q, %v", id, err)
	}
	wants := []object{
		{"call": "RetryStageExecution", "stageName": "dev", "pipelineExecutionId": "e1", "retryMode": "FAILED_ACTIONS"},
		{"call": "StopPipelineExecution", "pipelineExecutionId": "e1", "abandon": true, "reason": "enough"},
		{"call": "StartPipelineExecution", "name": "p"},
	}
	for i, want := range wants {
		for key, value := range want {
			if i >= len(e.got) || e.got[i][key] != value {
				t.Fatalf("sent %v, want %v", e.got, wants)
			}
		}
	}
}

// What was run again and worked is no failure any more.
func TestRetriedIsNoFailure(t *testing.T) {
	again := action("a9", "dev", "Deploy", "Succeeded", 9, nil)
	c, _ := watch(t, &endpoint{looks: []look{{status: "Succeeded", actions: []object{source, broken, again}}}})
	r, err := c.Execution(within(t), "p", "e1")
	if err != nil || r.Failure() != nil {
		t.Errorf("%+v, %v", r.Failure(), err)
	}
	if err := c.Retry(within(t), r); fault.CodeOf(err) != fault.NotReady {
		t.Errorf("running again what worked: %v", err)
	}
}

func TestAnswer(t *testing.T) {
	waiting := running(source, deployed, asks)
	waiting.token = "t1"
	e := &endpoint{looks: []look{waiting}}
	c, _ := watch(t, e)
	ctx := within(t)
	all, err := c.Pending(ctx, "p")
	if err != nil || len(all) != 1 || all[0].Waiting == nil {
		t.Fatalf("%+v, %v", all, err)
	}
	r := all[0]
	if err := c.Reject(ctx, r, strings.Repeat("é", mostComment+1)); fault.CodeOf(err) != fault.BadInput || len(e.got) != 0 {
		t.Errorf("a long comment: %v, sent %v", err, e.got)
	}
	if err := c.Reject(ctx, r, strings.Repeat("é", mostComment)); err != nil || e.got[0]["result"].(object)["status"] != "Rejected" {
		t.Errorf("%v, sent %v", err, e.got)
	}
	r.Waiting = nil
	if err := c.Approve(ctx, r, ""); fault.CodeOf(err) != fault.NotReady {
		t.Errorf("an execution that waits for nothing: %v", err)
	}
}

// An approval that somebody else answered between two calls is none that waits.
func TestAnsweredInBetween(t *testing.T) {
	c, _ := watch(t, &endpoint{looks: []look{running(source, deployed, asks)}}) // no token
	if all, err := c.Pending(within(t), "p"); len(all) > 0 || err != nil {
		t.Errorf("%+v, %v", all, err)
	}
}
