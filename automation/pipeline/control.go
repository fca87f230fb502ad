package pipeline

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/automation/fault"
)

// Latest reads the newest execution of a pipeline, or the newest of a commit. There may be none: found is false.
func (c *Client) Latest(ctx context.Context, pipeline, commit string) (r Result, found bool, err error) {
	out, err := c.api.ListPipelineExecutions(ctx, &codepipeline.ListPipelineExecutionsInput{PipelineName: &pipeline})
	if err != nil {
		return r, false, asked("listing the executions of", pipeline, err)
	}
	for _, e := range out.PipelineExecutionSummaries {
		if commit == "" || ofCommit(e, commit) {
			r, err = c.Execution(ctx, pipeline, text(e.PipelineExecutionId))
			return r, true, err
		}
	}
	return Result{Pipeline: pipeline}, false, nil
}

// Pending reads the executions that wait for an approval, in the order of the pipeline's stages: one at most in each.
func (c *Client) Pending(ctx context.Context, pipeline string) ([]Result, error) {
	state, err := c.api.GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: &pipeline})
	if err != nil {
		return nil, asked("reading the state of", pipeline, err)
	}
	var found []Result
	for _, stage := range state.StageStates {
		if stage.LatestExecution == nil || stage.LatestExecution.Status != types.StageExecutionStatusInProgress {
			continue
		}
		r, err := c.Execution(ctx, pipeline, text(stage.LatestExecution.PipelineExecutionId))
		if err != nil {
			return nil, err
		}
		if r.Waiting != nil && r.Waiting.Stage == text(stage.StageName) {
			found = append(found, r)
		}
	}
	return found, nil
}

// Start begins an execution with the newest commit of the pipeline's branch.
func (c *Client) Start(ctx context.Context, pipeline string) (id string, err error) {
	out, err := c.api.StartPipelineExecution(ctx, &codepipeline.StartPipelineExecutionInput{Name: &pipeline})
	if err != nil {
		return "", asked("starting", pipeline, err)
	}
	return text(out.PipelineExecutionId), nil
}

// Stop ends an execution after the actions that run now, or at once with abandon.
func (c *Client) Stop(ctx context.Context, r Result, reason string, abandon bool) error {
	_, err := c.api.StopPipelineExecution(ctx, &codepipeline.StopPipelineExecutionInput{
		PipelineName: &r.Pipeline, PipelineExecutionId: &r.Execution, Abandon: abandon, Reason: aws.String(reason),
	})
	if err != nil {
		return asked("stopping an execution of", r.Pipeline, err)
	}
	return nil
}

// Retry runs the failed actions of an execution again.
func (c *Client) Retry(ctx context.Context, r Result) error {
	failed := r.Failure()
	if failed == nil {
		return &fault.Error{
			Op: "running the failed actions of " + r.Pipeline + " again", Cause: "no action of execution " + r.Execution + " failed",
			Next: "slipway pipeline status", Code: fault.NotReady,
		}
	}
	_, err := c.api.RetryStageExecution(ctx, &codepipeline.RetryStageExecutionInput{
		PipelineName: &r.Pipeline, PipelineExecutionId: &r.Execution, StageName: &failed.Stage,
		RetryMode: types.StageRetryModeFailedActions,
	})
	if err != nil {
		return asked("running the failed actions again of", r.Pipeline, err)
	}
	return nil
}
