package worker

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// CodePipeline's limits, in characters; counted here in bytes, which are never fewer.
const (
	longestSummary = 2048
	longestMessage = 5000
)

// report tells CodePipeline how the job ended and removes what it had here. It answers whether the report is left for
// the next process.
func (j *job) report(ctx context.Context, err error) (left bool) {
	j.enter("report")
	if err == nil {
		if err = j.succeed(ctx); errors.Is(err, errRefused) {
			err = j.fail(ctx, failed(types.FailureTypeJobFailed, "%s, but AWS refuses the report of it: %v", j.outcome.summary, err))
		}
	} else {
		err = j.fail(ctx, err)
	}
	if errors.Is(err, errRefused) { // nothing more can be said; the pipeline's own timeout ends the action
		j.log.Error("the job stays without a report", "error", j.redact(err.Error()))
		err = nil
	}
	if err != nil && !errors.Is(err, errEnded) {
		j.log.Info("report left for the next start", "error", j.redact(err.Error()))
		return true
	}
	if !j.running {
		j.tidy()
	}
	j.forget()
	return false
}

func (j *job) succeed(ctx context.Context) error {
	details := j.execution(j.outcome.summary)
	details.PercentComplete = aws.Int32(100)
	err := j.put(ctx, "reporting success", func(ctx context.Context) error {
		in := &codepipeline.PutJobSuccessResultInput{JobId: &j.Job, ExecutionDetails: details, OutputVariables: j.outcome.variables}
		_, err := j.pipeline.PutJobSuccessResult(ctx, in)
		var full *types.OutputVariablesSizeExceededException
		if errors.As(err, &full) { // a commit's message is a variable of the source, and may take all the room
			j.log.Warn("reporting success without variables", "error", err.Error())
			in.OutputVariables = nil
			_, err = j.pipeline.PutJobSuccessResult(ctx, in)
		}
		return err
	})
	if err == nil {
		j.log.Info("job succeeded", "build", j.Build, "image", j.outcome.variables["ImageDigest"])
	}
	return err
}

// fail reports err. One that is no failure is the worker's own trouble.
func (j *job) fail(ctx context.Context, err error) error {
	end := &failure{types.FailureTypeSystemUnavailable, err.Error()}
	errors.As(err, &end)
	message := shorten(j.redact(oneParagraph(end.text)), longestMessage)
	details := &types.FailureDetails{Type: end.kind, Message: &message}
	if j.Build > 0 {
		details.ExternalExecutionId = aws.String(strconv.Itoa(j.Build))
	}
	put := func(details *types.FailureDetails) error {
		return j.put(ctx, "reporting failure", func(ctx context.Context) error {
			_, err := j.pipeline.PutJobFailureResult(ctx, &codepipeline.PutJobFailureResultInput{JobId: &j.Job, FailureDetails: details})
			return err
		})
	}
	if err = put(details); errors.Is(err, errRefused) {
		j.log.Warn("report refused, trying with less", "error", j.redact(err.Error()))
		err = put(&types.FailureDetails{Type: end.kind, Message: aws.String("the job failed; the worker's log has the cause")})
	}
	if err == nil {
		j.log.Warn("job failed", "build", j.Build, "type", string(end.kind), "cause", message)
	}
	return err
}
