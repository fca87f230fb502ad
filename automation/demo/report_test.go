package demo

import (
	"strings"
	"testing"

	"slipway/automation/pipeline"
	"slipway/automation/release"
)

// proved is a result in which nothing is in doubt.
func proved() Result {
	one := func(digest string) Passage {
		proof := release.Proof{
			Requested: digest, Running: []release.Running{{Task: "t", Digest: digest}},
			Targets:            release.Targets{Tasks: 1, Healthy: 1},
			Served:             []release.Served{{Status: 200, Digest: digest}},
			RunningIsRequested: true, TargetsAreHealthy: true, ServedIsRequested: true,
		}
		return Passage{Digest: digest, First: proof, Second: proof, Ended: pipeline.Result{Status: "Succeeded"}}
	}
	return Result{
		Coloured: true, First: one("sha256:a"), Second: one("sha256:b"), Before: "steelblue", After: "pink", Staging: "pink",
		Load: Report{Requests: 10}, PushToLive: 5,
	}
}

func TestDoubts(t *testing.T) {
	if doubts := proved().Doubts(); len(doubts) != 0 {
		t.Fatalf("a proved result is doubted: %v", doubts)
	}
	for name, c := range map[string]struct {
		spoil func(*Result)
		want  string
	}{
		"one request failed":  {func(r *Result) { r.Load.Failed = 1 }, "1 of 10 requests failed"},
		"no request was made": {func(r *Result) { r.Load = Report{} }, "0 of 0 requests"},
		"the colour stayed":   {func(r *Result) { r.After = "steelblue" }, "colour"},
		"the image stayed":    {func(r *Result) { r.Second.Digest = "sha256:a" }, "same digest"},
		"staging stayed":      {func(r *Result) { r.Staging = "steelblue" }, "staging serves"},
		"no digest is known":  {func(r *Result) { r.First.Digest = "" }, "push 1 in dev"},
		"the pipeline failed": {func(r *Result) { r.Second.Ended.Status = "Failed" }, `push 2: its execution ended as "Failed"`},
		"nobody saw it live":  {func(r *Result) { r.PushToLive = 0 }, "no request under load"},
		"another version runs": {func(r *Result) {
			r.Second.First.Running[0].Digest, r.Second.First.RunningIsRequested = "sha256:c", false
		}, "push 2 in dev: task t runs"},
		"a target is not healthy": {func(r *Result) { r.First.First.TargetsAreHealthy = false }, "push 1 in dev"},
		"another version answers": {func(r *Result) {
			r.Second.Second.Served[0].Digest, r.Second.Second.ServedIsRequested = "sha256:c", false
		}, "push 2 in staging"},
	} {
		r := proved()
		c.spoil(&r)
		if doubts := strings.Join(r.Doubts(), "\n"); !strings.Contains(doubts, c.want) {
			t.Errorf("%s: doubts %q do not say %q", name, doubts, c.want)
		}
	}
}

func TestPrintSaysWhatIsNotProved(t *testing.T) {
	r := proved()
	r.Load.Failed, r.Load.Errors = 2, []string{"502 Bad Gateway"}
	var out strings.Builder
	r.Print(&out)
	for _, want := range []string{"not proved", "2 of 10 requests failed: 502 Bad Gateway", "sha256:b"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}
