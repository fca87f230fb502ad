package codepipeline_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/sandbox/codepipeline"
)

// TestEvents takes an execution through a failure, a retry and an approval: each change of state is told once.
func TestEvents(t *testing.T) {
	r := newRig(t)
	r.up("QUEUED")
	r.told.all()
	id := r.start()
	r.awaitIn(id, "dev")
	r.fail(r.take())
	r.await(id, codepipeline.Failed)
	got, _ := r.told.all()
	want := []string{
		"Pipeline STARTED", "Stage Source STARTED", "Action Source Source STARTED", "Action Source Source SUCCEEDED", "Stage Source SUCCEEDED",
		"Stage dev STARTED", "Action dev Deploy STARTED", "Action dev Deploy FAILED", "Pipeline FAILED", "Stage dev FAILED",
	}
	if !slices.Equal(got, want) {
		t.Errorf("a failed execution tells %q", got)
	}
	coded(t, r.retry(id, "dev", types.StageRetryModeFailedActions), "")
	r.succeed(r.take())
	r.awaitIn(id, "staging")
	got, messages := r.told.all()
	want = []string{
		"Pipeline RESUMED", "Stage dev RESUMED", "Action dev Deploy STARTED", "Action dev Deploy SUCCEEDED", "Stage dev SUCCEEDED",
		"Stage staging STARTED", "Action staging Approve STARTED",
	}
	if !slices.Equal(got, want) {
		t.Errorf("a retried one tells %q", got)
	}
	v, _ := r.service.Pipeline("app")
	token := v.Stages[2].Actions[0].Token
	if len(messages) != 1 || !strings.HasPrefix(messages[0], "arn:aws:sns:us-east-1:000000000000:approvals {") || !strings.Contains(messages[0], `"token":"`+token+`"`) ||
		!strings.Contains(messages[0], `"customData":"Release first`) {
		t.Errorf("the topic got %q", messages)
	}
	coded(t, r.stop(id, true), "")
	got, messages = r.told.all()
	want = []string{"Pipeline STOPPING", "Action staging Approve ABANDONED", "Pipeline STOPPED", "Stage staging STOPPED"}
	if !slices.Equal(got, want) || len(messages) > 0 {
		t.Errorf("a stopped one tells %q", got)
	}
}
