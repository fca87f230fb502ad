package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"slipway/automation/fault"
)

func result(summary, url string) object {
	return object{"executionResult": object{"externalExecutionSummary": summary, "externalExecutionUrl": url}}
}

var (
	source    = action("a1", "Source", "Source", "Succeeded", 2, result("change color to pink", ""))
	deploying = action("a2", "dev", "Deploy", "InProgress", -1, result("run 12: http://h/12/", "http://h/12/"))
	deployed  = action("a2", "dev", "Deploy", "Succeeded", 61.5, object{
		"executionResult": object{"externalExecutionSummary": "c1 runs", "externalExecutionUrl": "http://h/12/"},
		"outputVariables": object{"ImageDigest": "sha256:aa"},
	})
	broken = action("a2", "dev", "Deploy", "Failed", 30, object{
		"executionResult": object{"errorDetails": object{"code": "JobFailed", "message": "the image did not build"}},
	})
	asks     = action("a3", "staging", "Approve", "InProgress", -1, nil)
	answered = action("a3", "staging", "Approve", "Succeeded", 5, nil)
	promoted = action("a4", "staging", "Promote", "Succeeded", 9, nil)
)

func running(actions ...object) look { return look{status: "InProgress", actions: actions} }

// From the push to the approval, the approval, and on to the end: each thing is said once.
func TestFollow(t *testing.T) {
	waiting := running(source, deployed, asks)
	waiting.token = "t1"
	e := &endpoint{started: 2, looks: []look{
		running(), running(source, deploying), running(source, deploying), running(source, deployed), waiting,
		waiting, running(source, deployed, answered), {status: "Succeeded", actions: []object{source, deployed, answered, promoted}},
	}}
	c, heard := watch(t, e)
	r, err := c.Follow(within(t), "p", "c1")
	if err != nil || r.Ended() || r.Waiting == nil || *r.Waiting != (Waiting{"staging", "Approve", "t1"}) {
		t.Fatalf("%+v, %v", r, err)
	}
	if r.Execution != "e1" || r.Commit != "c1" || r.Variable("ImageDigest") != "sha256:aa" || r.Actions[1].URL != "http://h/12/" {
		t.Errorf("%+v", r)
	}
	if err := c.Approve(within(t), r, "fine"); err != nil {
		t.Fatal(err)
	}
	if r, err = c.FollowExecution(within(t), "p", r.Execution); err != nil || r.Status != "Succeeded" || r.Waiting != nil {
		t.Errorf("%+v, %v", r, err)
	}
	want := []string{
		"note waiting for pipeline p to begin with commit c1",
		"begin Source: Source", "end Source: Source done 2s change color to pink",
		"begin dev: Deploy", "note dev: Deploy: run 12: http://h/12/", "end dev: Deploy done 1m1.5s c1 runs",
		"begin staging: Approve", "end staging: Approve done 5s ", "begin staging: Promote", "end staging: Promote done 9s ",
	}
	if !slices.Equal(heard.lines, want) {
		t.Errorf("said\n%s\nwant\n%s", strings.Join(heard.lines, "\n"), strings.Join(want, "\n"))
	}
	answer := e.got[0]["result"].(object)
	if len(e.got) != 1 || e.got[0]["token"] != "t1" || answer["status"] != "Approved" || answer["summary"] != "fine" {
		t.Errorf("sent %v", e.got)
	}
	if n := e.asked["ListActionExecutions"]; n != e.asked["GetPipelineExecution"] || e.asked["GetPipelineState"] > 3 {
		t.Errorf("calls: %v", e.asked)
	}
}

func TestEnds(t *testing.T) {
	for _, status := range []string{"Failed", "Stopped", "Superseded", "Cancelled"} {
		t.Run(status, func(t *testing.T) {
			c, _ := watch(t, &endpoint{looks: []look{running(source), {status: status, summary: "why", actions: []object{source, broken}}}})
			r, err := c.Follow(within(t), "p", "c1")
			if err != nil || !r.Ended() || r.Status != status || r.Summary != "why" {
				t.Errorf("%+v, %v", r, err)
			}
			if f := r.Failure(); f == nil || f.Error != "the image did not build" || f.End.Sub(f.Start).Seconds() != 30 {
				t.Errorf("failure %+v", f)
			}
		})
	}
}

func TestNeverBegins(t *testing.T) {
	e := &endpoint{started: 1 << 30, looks: []look{running()}}
	c, _ := watch(t, e)
	_, err := c.Follow(within(t), "p", "c1")
	var known *fault.Error
	if !errors.As(err, &known) || known.Code != fault.NotReady || !strings.Contains(known.Next, "start-pipeline-execution --name p") ||
		!strings.Contains(known.Cause, "2m0s") {
		t.Errorf("%+v", err)
	}
	if n := e.asked["ListPipelineExecutions"]; n < 10 || n > 20 {
		t.Errorf("asked %d times in two minutes", n)
	}
}

// A commit that is not the last one of the pipeline's branch may never get an execution: that is said at once, and again
// at the end.
func TestCommitThatTheBranchDoesNotEndWith(t *testing.T) {
	for tip, told := range map[string]bool{"c9": true, "c1": false} {
		c, heard := watch(t, &endpoint{started: 1 << 30, looks: []look{running()}})
		c.Tip = func(context.Context) (string, error) { return tip, nil }
		_, err := c.Follow(within(t), "p", "c1")
		const text = "ends with commit c9, not with c1"
		if strings.Contains(strings.Join(heard.lines, "\n"), text) != told || strings.Contains(err.Error(), text) != told {
			t.Errorf("the branch ends with %s: %v\n%s", tip, err, strings.Join(heard.lines, "\n"))
		}
	}
}

func TestTrouble(t *testing.T) {
	done := []look{running(source), {status: "Succeeded", actions: []object{source, deployed}}}
	tests := []struct {
		name string
		fail func(call string, n int) (int, string)
		ok   bool
		most int // looks
	}{
		{"away for a while", func(call string, n int) (int, string) {
			if call == "GetPipelineExecution" && n > 1 && n <= lost {
				return 503, "ServiceUnavailableException"
			}
			return 0, ""
		}, true, 10},
		{"asks for patience", func(_ string, n int) (int, string) {
			if n == 2 {
				return 400, "ThrottlingException"
			}
			return 0, ""
		}, true, 10},
		{"stays away", func(string, int) (int, string) { return 500, "InternalFailure" }, false, lost},
		{"no such execution", func(string, int) (int, string) { return 400, "PipelineExecutionNotFoundException" }, false, 1},
		{"not allowed", func(string, int) (int, string) { return 400, "AccessDeniedException" }, false, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := &endpoint{looks: done, fail: test.fail}
			c, _ := watch(t, e)
			r, err := c.FollowExecution(within(t), "p", "e1")
			if test.ok != (err == nil) || test.ok && r.Status != "Succeeded" || e.asked["GetPipelineExecution"] > test.most {
				t.Errorf("%+v, %v after %v", r, err, e.asked)
			}
			if err != nil && fault.CodeOf(err) != fault.NotReady {
				t.Errorf("exit code %d", fault.CodeOf(err))
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	e := &endpoint{looks: []look{running(source)}}
	c, _ := watch(t, e)
	ctx, stop := context.WithCancel(within(t))
	e.fail = func(_ string, n int) (int, string) {
		if n == 3 {
			stop()
		}
		return 0, ""
	}
	r, err := c.FollowExecution(ctx, "p", "e1")
	if !errors.Is(err, context.Canceled) || len(r.Actions) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestJSON(t *testing.T) {
	c, _ := watch(t, &endpoint{looks: []look{{status: "Failed"}}})
	r, err := c.Execution(within(t), "p", "e1")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(r)
	if want := `{"pipeline":"p","execution":"e1","commit":"c1","status":"Failed","actions":[]}`; err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}
