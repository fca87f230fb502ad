package cli

import (
	"strings"
	"testing"

	"slipway/automation/fault"
	"slipway/automation/pipeline"
)

func waitsIn(stage, execution, commit string) pipeline.Result {
	return pipeline.Result{Pipeline: "p", Execution: execution, Commit: commit, Waiting: &pipeline.Waiting{Stage: stage}}
}

func TestOnlyTheApprovalThatIsMeant(t *testing.T) {
	staging, prod := waitsIn("staging", "e2-1", "bbbbbbb1"), waitsIn("prod", "e1-1", "aaaaaaa1")
	both := []pipeline.Result{staging, prod}
	for name, c := range map[string]struct {
		waiting []pipeline.Result
		asked   approval
		want    string // the execution
		code    int
		says    string
	}{
		"the only one":          {[]pipeline.Result{prod}, approval{}, "e1-1", 0, ""},
		"none":                  {nil, approval{}, "", fault.NotReady, "waits for none"},
		"one of two, not named": {both, approval{}, "", fault.BadInput, "it waits for 2 of them"},
		"by stage":              {both, approval{stage: "staging"}, "e2-1", 0, ""},
		"by execution":          {both, approval{execution: "e1"}, "e1-1", 0, ""},
		"by commit":             {both, approval{commit: "bbbbbbb"}, "e2-1", 0, ""},
		"by two that differ":    {both, approval{stage: "prod", commit: "bbbbbbb"}, "", fault.NotReady, "none of those"},
		"another stage":         {both, approval{stage: "qa"}, "", fault.NotReady, "none of those"},
	} {
		t.Run(name, func(t *testing.T) {
			c.asked.verb = "approve"
			r, err := c.asked.chosen("p", c.waiting)
			if r.Execution != c.want || c.code != 0 && (fault.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says)) || c.code == 0 && err != nil {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}
