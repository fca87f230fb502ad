package codepipeline_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/sandbox/codepipeline"
)

// TestQueued has three executions: each waits in front of the stage that another is in, and none is lost.
func TestQueued(t *testing.T) {
	r := newRig(t)
	r.up("QUEUED")
	ids := []string{r.start(), r.start(), r.start()}
	r.awaitIn(ids[0], "dev")
	for _, id := range ids[1:] {
		r.until("waits", func(codepipeline.View) bool { return r.where(id) == "dev waiting" })
	}
	out, err := r.client.GetPipelineState(t.Context(), &sdk.GetPipelineStateInput{Name: aws.String("app")})
	if err != nil {
		t.Fatal(err)
	}
	in := out.StageStates[1].InboundExecutions
	if len(in) != 2 || *in[0].PipelineExecutionId != ids[1] || *in[1].PipelineExecutionId != ids[2] || *out.StageStates[1].InboundExecution.PipelineExecutionId != ids[1] {
		t.Errorf("%+v wait", in)
	}
	if len(r.poll()) != 1 {
		t.Error("two executions are in one stage")
	}
	r.clock.Advance(hidden)
	r.fail(r.take()) // a failure unlocks the stage
	r.await(ids[0], codepipeline.Failed)
	r.awaitIn(ids[1], "dev")
	r.succeed(r.take())
	r.awaitIn(ids[1], "staging")
	r.awaitIn(ids[2], "dev")
	r.succeed(r.take())
	r.until("waits", func(codepipeline.View) bool { return r.where(ids[2]) == "staging waiting" })
	if err := r.approve("staging", types.ApprovalStatusRejected); err != nil {
		t.Fatal(err)
	}
	rejected := r.await(ids[1], codepipeline.Failed)
	if a := rejected.Stages[2].Actions[0]; a.Status != "Failed" || a.ErrorMessage != "Rejected by arn:aws:iam::000000000000:user/sandbox: looked at it" {
		t.Errorf("the approval is %+v", a)
	}
	r.awaitIn(ids[2], "staging")
}

// TestSuperseded has three executions too: the second is in front of the stage when the third comes.
func TestSuperseded(t *testing.T) {
	r := newRig(t)
	r.up("SUPERSEDED")
	first := r.start()
	r.awaitIn(first, "dev")
	second := r.start()
	r.until("waits", func(codepipeline.View) bool { return r.where(second) == "dev waiting" })
	third := r.start()
	r.await(second, codepipeline.Superseded)
	r.until("waits", func(codepipeline.View) bool { return r.where(third) == "dev waiting" })
	if where := r.where(first); where != "dev InProgress" {
		t.Errorf("an execution in a stage is %s", where)
	}
	r.succeed(r.take())
	r.awaitIn(first, "staging")
	r.awaitIn(third, "dev")
}

// TestTransition closes the way into a stage and opens it again.
func TestTransition(t *testing.T) {
	for name, c := range map[string]struct {
		stage     string
		direction types.StageTransitionType
	}{"inbound": {"dev", types.StageTransitionTypeInbound}, "outbound": {"Source", types.StageTransitionTypeOutbound}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.up("QUEUED")
			_, err := r.client.DisableStageTransition(t.Context(), &sdk.DisableStageTransitionInput{
				PipelineName: aws.String("app"), StageName: &c.stage, TransitionType: c.direction, Reason: aws.String("holidays"),
			})
			if err != nil {
				t.Fatal(err)
			}
			id := r.start()
			v := r.until("waits", func(v codepipeline.View) bool { return len(v.Stages[1].Waiting) == 1 })
			if where := r.where(id); where != "dev waiting" {
				t.Errorf("the execution is %s", where)
			}
			if v.Stages[1].Disabled != "holidays" {
				t.Errorf("the stage is %+v", v.Stages[1])
			}
			r.restart()
			state, err := r.client.GetPipelineState(t.Context(), &sdk.GetPipelineStateInput{Name: aws.String("app")})
			if err != nil {
				t.Fatal(err)
			}
			if s := state.StageStates[1].InboundTransitionState; s.Enabled || *s.DisabledReason != "holidays" {
				t.Errorf("the transition is %+v", s)
			}
			_, err = r.client.EnableStageTransition(t.Context(), &sdk.EnableStageTransitionInput{
				PipelineName: aws.String("app"), StageName: &c.stage, TransitionType: c.direction,
			})
			if err != nil {
				t.Fatal(err)
			}
			r.awaitIn(id, "dev")
		})
	}
}

func TestConcurrentLimit(t *testing.T) {
	r := newRig(t)
	r.up("QUEUED")
	for range 50 {
		r.start()
	}
	_, err := r.client.StartPipelineExecution(t.Context(), &sdk.StartPipelineExecutionInput{Name: aws.String("app")})
	coded(t, err, "ConcurrentPipelineExecutionsLimitExceededException")
}

// TestRunOrder has two actions of one run order side by side, and one after them.
func TestRunOrder(t *testing.T) {
	r := newRig(t)
	r.repos.push("first")
	d := definition("QUEUED")
	stage(d, 1)["actions"] = l{custom("B", "deploy", "b", 1), custom("Later", "deploy", "later", 2), custom("A", "deploy", "a", 1)}
	if _, err := r.create(actionType, customType()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.create(pipelineType, d); err != nil {
		t.Fatal(err)
	}
	r.until("is in dev", func(v codepipeline.View) bool { return v.Stages[1].Status == "InProgress" })
	jobs := r.poll()
	if len(jobs) != 2 {
		t.Fatalf("%d jobs run side by side", len(jobs))
	}
	for _, j := range jobs {
		if _, err := r.client.AcknowledgeJob(t.Context(), &sdk.AcknowledgeJobInput{JobId: j.Id, Nonce: j.Nonce}); err != nil {
			t.Fatal(err)
		}
	}
	r.fail(jobs[0])
	v, _ := r.service.Pipeline("app")
	if v.Executions[0].Status != codepipeline.InProgress {
		t.Errorf("the execution is %s while an action runs", v.Executions[0].Status)
	}
	r.succeed(jobs[1])
	e := r.await(v.Executions[0].ID, codepipeline.Failed)
	if a := e.Stages[1].Actions; a[2].Name != "Later" || a[2].Status != "" {
		t.Errorf("the actions are %+v", a)
	}
	_, err := r.client.RetryStageExecution(t.Context(), &sdk.RetryStageExecutionInput{
		PipelineName: aws.String("app"), StageName: aws.String("dev"), PipelineExecutionId: &e.ID, RetryMode: types.StageRetryModeFailedActions,
	})
	if err != nil {
		t.Fatal(err)
	}
	r.succeed(r.take())
	if j := r.take(); *j.Data.PipelineContext.Action.Name != "Later" {
		t.Errorf("after the retry comes %s", *j.Data.PipelineContext.Action.Name)
	}
}
