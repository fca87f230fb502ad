package release

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"slipway/automation/engine"
	"slipway/automation/fault"
)

// Credentials that expire in mid-release end it without a rollback, which would need them too, and the same release
// goes on once there are new ones.
func TestExpiredCredentials(t *testing.T) {
	gone := fmt.Errorf("describe service app: %w", &smithy.GenericAPIError{Code: "ExpiredTokenException", Message: "The security token included in the request is expired"})
	tests := []struct {
		name  string
		given func(w *world)
		steps string
		again string
	}{
		{"while the stack is updated", func(w *world) {
			w.updateE[newCommit] = &engine.Failed{Stack: "dev", Doing: "updating", Err: errors.New("exit status 255"),
				Diagnostics: []string{"task: registering ECS Task Definition: api error ExpiredTokenException: The security token included in the request is expired"}}
		}, "preflight=done build=done preview=done update=failed", "update=done rollout=done verify=done record=done"},
		{"while ECS rolls out", func(w *world) {
			w.cloudE = func(string) error {
				if w.sink.last() == "rollout" {
					return gone
				}
				return nil
			}
		}, "preflight=done build=done preview=done update=done rollout=failed", "update=skipped rollout=done verify=done"},
		{"while it is proved", func(w *world) {
			w.cloudE = func(string) error {
				if w.sink.last() == "verify" {
					return gone
				}
				return nil
			}
		}, "preflight=done build=done preview=done update=done rollout=done verify=failed", "update=skipped rollout=skipped verify=done"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			test.given(w)
			result, err := Deploy(t.Context(), w.options())
			var said *fault.Error
			if !errors.As(err, &said) || said.Code != fault.NotReady || !strings.HasPrefix(said.Cause, "the AWS credentials have expired") ||
				!strings.Contains(said.Next, "run the same command again") {
				t.Fatalf("ended with %+v", err)
			}
			if got := stepsOf(result); got != test.steps {
				t.Errorf("steps %s", got)
			}
			w.cloudE, w.updateE[newCommit] = nil, nil
			result, err = Deploy(t.Context(), w.options())
			if err != nil || !strings.Contains(stepsOf(result), test.again) || w.outputs["Image"] != newImage.Ref() {
				t.Errorf("again: %v, %s", err, stepsOf(result))
			}
		})
	}
}
