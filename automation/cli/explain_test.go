package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/infra/config"
)

func TestExplain(t *testing.T) {
	known := &fault.Error{Cause: "known", Code: fault.RolledBack}
	tests := []struct {
		name string
		err  error
		code int
		says string
	}{
		{"a fault", fmt.Errorf("around: %w", known), fault.RolledBack, "known"},
		{"a lock", fmt.Errorf("around: %w", &engine.Locked{Stack: "dev", Holders: []engine.Holder{{User: "ada", Host: "h", PID: 7}}}), fault.Locked, "ada@h (pid 7)"},
		{"a name", &project.BadStackName{Name: "-x"}, fault.BadInput, `"-x" is not a stack name`},
		{"configuration", &config.Error{Problems: []config.Problem{{Key: "zones", Value: "9", Allowed: "2 to 6"}}}, fault.BadInput, `slipway:zones = "9": 2 to 6`},
		{"the engine", &engine.Failed{Stack: "dev", Doing: "updating", Diagnostics: []string{"first", "second"}, Err: errors.New("x")}, fault.Unexpected, "first"},
		{"credentials that expired in an update", &engine.Failed{Stack: "dev", Doing: "updating", Diagnostics: []string{"vpc: api error ExpiredToken: x"}, Err: errors.New("x")}, fault.NotReady, "then run the same command again"},
		{"no credentials", errors.New("no EC2 IMDS role found"), fault.NotReady, "there are no AWS credentials"},
		{"a deadline", &engine.Failed{Stack: "dev", Doing: "updating", Err: context.DeadlineExceeded}, fault.Unexpected, "run the same command again"},
		{"an interrupt", &engine.Failed{Stack: "dev", Doing: "updating", Err: context.Canceled}, fault.Interrupted, "run the same command again"},
		{"a stack that is not there", fmt.Errorf("reading: %w", engine.ErrNotFound), fault.NotReady, "slipway up"},
		{"an interrupt before anything", context.Canceled, fault.Interrupted, "interrupted"},
		{"anything else", errors.New("surprise"), fault.Unexpected, "surprise"},
	}
	for _, test := range tests {
		var out strings.Builder
		err := explain(test.err)
		fault.Print(&out, err)
		if fault.CodeOf(err) != test.code || !strings.Contains(out.String(), test.says) {
			t.Errorf("%s: code %d\n%s", test.name, fault.CodeOf(err), out.String())
		}
	}
}
