package codepipeline_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/sandbox/codepipeline"
	"slipway/sandbox/resource"
)

// hidden is the visibility time of a polled job.
const hidden = 30 * time.Second

func (r *rig) retry(id, stage string, mode types.StageRetryMode) error {
	_, err := r.client.RetryStageExecution(r.Context(), &sdk.RetryStageExecutionInput{
		PipelineName: aws.String("app"), StageName: &stage, PipelineExecutionId: &id, RetryMode: mode,
	})
	return err
}

// TestRetry retries the last stage, in which the approval succeeded and the promotion failed.
func TestRetry(t *testing.T) {
	for mode, approved := range map[types.StageRetryMode]bool{types.StageRetryModeFailedActions: true, types.StageRetryModeAllActions: false} {
		t.Run(string(mode), func(t *testing.T) {
			r := newRig(t)
			r.up("QUEUED")
			id := r.start()
			r.awaitIn(id, "dev")
			coded(t, r.retry(id, "dev", mode), "StageNotRetryableException")
			r.succeed(r.take())
			r.awaitIn(id, "staging")
			if err := r.approve("staging", types.ApprovalStatusApproved); err != nil {
				t.Fatal(err)
			}
			r.fail(r.take())
			e := r.await(id, codepipeline.Failed)
			if a := e.Stages[2].Actions[1]; a.ErrorCode != "JobFailed" || a.ErrorMessage != "it does not build" || a.ExternalID != "7" {
				t.Errorf("the promotion is %+v", a)
			}
			coded(t, r.retry(id, "dev", mode), "StageNotRetryableException")
			coded(t, r.retry(id, "staging", mode), "")
			if token := r.token("staging"); (token == "") != approved {
				t.Errorf("the new approval's token is %q", token)
			}
			if !approved {
				if err := r.approve("staging", types.ApprovalStatusApproved); err != nil {
					t.Fatal(err)
				}
			}
			r.succeed(r.take())
			e = r.await(id, codepipeline.Succeeded)
			if a := e.Stages[2].Actions[1]; a.Attempt != 2 || a.ErrorMessage != "" {
				t.Errorf("the promotion is %+v", a)
			}
		})
	}
}

// TestRetrySource takes the head of the branch anew.
func TestRetrySource(t *testing.T) {
	r := newRig(t)
	r.up("QUEUED")
	v, _ := r.service.Pipeline("app")
	first := v.Executions[0].ID
	coded(t, r.retry(first, "Source", types.StageRetryModeFailedActions), "")
	r.awaitIn(first, "dev")
}

func TestRetryRefused(t *testing.T) {
	r := newRig(t)
	r.up("QUEUED")
	old := r.start()
	r.awaitIn(old, "dev")
	r.fail(r.take())
	r.await(old, codepipeline.Failed)
	coded(t, r.retry(old, "nowhere", types.StageRetryModeFailedActions), "StageNotFoundException")
	coded(t, r.retry(old, "dev", "SOME"), "ValidationException")
	coded(t, r.retry("00000000-0000-0000-0000-000000000000", "dev", types.StageRetryModeFailedActions), "NotLatestPipelineExecutionException")
	latest := r.start()
	r.awaitIn(latest, "dev")
	coded(t, r.retry(old, "dev", types.StageRetryModeFailedActions), "NotLatestPipelineExecutionException")
	r.fail(r.take())
	r.await(latest, codepipeline.Failed)

	d := definition("QUEUED")
	stage(d, 1)["actions"].(l)[0].(m)["name"] = "Other"
	in, err := resource.Encode(d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.service.Behaviours()[pipelineType].Update(t.Context(), "app", in); err != nil {
		t.Fatal(err)
	}
	coded(t, r.retry(latest, "dev", types.StageRetryModeFailedActions), "StageNotRetryableException")
}

func (r *rig) stop(id string, abandon bool) error {
	_, err := r.client.StopPipelineExecution(r.Context(), &sdk.StopPipelineExecutionInput{
		PipelineName: aws.String("app"), PipelineExecutionId: &id, Abandon: abandon, Reason: aws.String("a mistake"),
	})
	return err
}

// TestStop stops an execution with a job in progress: after the job, or at once.
func TestStop(t *testing.T) {
	for name, abandon := range map[string]bool{"wait": false, "abandon": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.up("QUEUED")
			id := r.start()
			r.awaitIn(id, "dev")
			j := r.take()
			coded(t, r.stop(id, false), "")
			coded(t, r.stop(id, false), "DuplicatedStopRequestException")
			if e, _ := r.service.Execution("app", id); e.Status != codepipeline.Stopping || e.Stages[1].Status != codepipeline.Stopping {
				t.Errorf("the execution is %s, its stage %s", e.Status, e.Stages[1].Status)
			}
			if abandon {
				coded(t, r.stop(id, true), "")
				_, err := r.client.PutJobSuccessResult(t.Context(), &sdk.PutJobSuccessResultInput{JobId: j.Id})
				coded(t, err, "InvalidJobStateException")
			} else {
				r.fail(j)
			}
			e := r.await(id, codepipeline.Stopped)
			want := map[bool]string{false: codepipeline.Failed, true: codepipeline.Abandoned}[abandon]
			if a := e.Stages[1].Actions[0]; a.Status != want || e.Stages[1].Status != codepipeline.Stopped || e.StopReason != "a mistake" {
				t.Errorf("the action is %s, the execution %+v", a.Status, e)
			}
			coded(t, r.stop(id, true), "PipelineExecutionNotStoppableException")
			coded(t, r.retry(id, "dev", types.StageRetryModeFailedActions), "")
			r.succeed(r.take())
			r.awaitIn(id, "staging")
		})
	}
}

// TestStopSource lets go of a source action that never ends.
func TestStopSource(t *testing.T) {
	r := newRig(t)
	r.up("QUEUED")
	r.repos.gate = make(chan struct{})
	id := r.start()
	r.awaitIn(id, "Source")
	coded(t, r.stop(id, true), "")
	if where := r.where(id); where != codepipeline.Stopped {
		t.Errorf("the execution is %s", where)
	}
	close(r.repos.gate)
	next := r.start()
	r.awaitIn(next, "dev")
	if where := r.where(id); where != codepipeline.Stopped {
		t.Errorf("the stopped execution is %s", where)
	}
}

// TestStopWaiting stops an execution between stages.
func TestStopWaiting(t *testing.T) {
	r := newRig(t)
	r.up("QUEUED")
	r.awaitIn(r.start(), "dev")
	id := r.start()
	r.until("waits", func(codepipeline.View) bool { return r.where(id) == "dev waiting" })
	coded(t, r.stop(id, false), "")
	if where := r.where(id); where != codepipeline.Stopped {
		t.Errorf("the execution is %s", where)
	}
	coded(t, r.stop("00000000-0000-0000-0000-000000000000", false), "PipelineExecutionNotStoppableException")
}
