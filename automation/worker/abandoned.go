package worker

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// errAbandoned is the cause of a context that ended because nobody waits for the job any more.
var errAbandoned = errors.New("the execution was abandoned")

// whole is the execution that a job belongs to, nil when the job does not say.
func (j *job) whole() *codepipeline.GetPipelineExecutionInput {
	if j.data == nil || j.data.PipelineContext == nil {
		return nil
	}
	in := &codepipeline.GetPipelineExecutionInput{
		PipelineName: j.data.PipelineContext.PipelineName, PipelineExecutionId: j.data.PipelineContext.PipelineExecutionId,
	}
	if aws.ToString(in.PipelineName) == "" || aws.ToString(in.PipelineExecutionId) == "" {
		return nil
	}
	return in
}

// mind ends a job's context once its execution was stopped and abandoned: CodePipeline does not tell the job's worker, and
// the build would go on to change an environment. An execution whose actions are waited for is Stopping until they have
// ended, and Stopped only then (CodePipeline user guide, "Stop a pipeline execution", November 2026).
func (w *Worker) mind(ctx context.Context, end context.CancelCauseFunc, in *codepipeline.GetPipelineExecutionInput) {
	for known := true; w.pause(ctx, jitter(w.pace.mind)); {
		out, err := w.pipeline.GetPipelineExecution(ctx, in)
		switch {
		case err == nil && out.PipelineExecution != nil && out.PipelineExecution.Status == types.PipelineExecutionStatusStopped:
			end(errAbandoned)
			return
		case err != nil && known && ctx.Err() == nil:
			w.log.Warn("whether an execution was abandoned is not known", "execution", aws.ToString(in.PipelineExecutionId), "error", err.Error())
		}
		known = err == nil
	}
}
