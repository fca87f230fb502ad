package worker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/smithy-go"

	"slipway/automation/worker/jenkins"
)

// publish tells CodePipeline which build runs, and where it is to be seen. That ends this job; its successor carries
// the token. The job of a token has been through this and goes on.
func (j *job) publish(ctx context.Context) error {
	if j.continued {
		return nil
	}
	build, err := j.look(ctx)
	if err != nil {
		return err
	}
	if err := j.remember(ctx, func(r *record) { r.URL = build.URL }); err != nil {
		return err
	}
	text, err := token{Trace: j.Trace, Build: j.Build, Queue: j.Queue, URL: j.URL, Deadline: j.Deadline.Unix()}.encode()
	if err != nil {
		return failed(types.FailureTypeJobFailed, "%v", err)
	}
	details := j.execution(fmt.Sprintf("build #%d runs: %s", j.Build, j.URL))
	details.PercentComplete = progress(build, j.clock.Now())
	err = j.put(ctx, "publishing the build", func(ctx context.Context) error {
		_, err := j.pipeline.PutJobSuccessResult(ctx, &codepipeline.PutJobSuccessResultInput{
			JobId: &j.Job, ContinuationToken: &text, ExecutionDetails: details,
		})
		return err
	})
	if errors.Is(err, errRefused) {
		return failed(types.FailureTypeJobFailed, "AWS refuses to be told of build #%d: %v", j.Build, err)
	}
	if err != nil {
		return err
	}
	j.log.Info("build published", "build", j.Build, "url", j.URL)
	j.forget()
	select {
	case j.wake <- struct{}{}:
	default:
	}
	return errEnded
}

// look reads the build that has just left the queue. Jenkins may need a moment to know it.
func (j *job) look(ctx context.Context) (build jenkins.Build, err error) {
	err = j.ask(ctx, "looking at the build", func(ctx context.Context) (err error) {
		build, err = j.jenkins.Build(ctx, j.Build)
		if errors.Is(err, jenkins.ErrNotFound) {
			return j.vanished(ctx)
		}
		return err
	})
	return build, err
}

// execution is what CodePipeline shows of the build.
func (j *job) execution(summary string) *types.ExecutionDetails {
	return &types.ExecutionDetails{
		ExternalExecutionId: aws.String(strconv.Itoa(j.Build)), Summary: aws.String(shorten(j.redact(summary), longestSummary)),
	}
}

// progress is how far the build is by Jenkins' own guess, in percent, nothing where it has none.
func progress(b jenkins.Build, now time.Time) *int32 {
	if b.Estimated <= 0 || b.Started.IsZero() {
		return nil
	}
	percent := 100 * now.Sub(b.Started).Seconds() / b.Estimated.Seconds()
	return aws.Int32(int32(min(max(percent, 0), 99)))
}

// errRefused says that CodePipeline does not take a report as it is: the same report is never taken.
var errRefused = errors.New("codepipeline refuses the report")

// put makes a call that reports on the job, until it is answered. A job that no longer waits for the report is over:
// an earlier answer was lost, or the execution was stopped. What is wrong with the report itself is an errRefused.
func (j *job) put(ctx context.Context, doing string, call func(context.Context) error) error {
	return j.insist(ctx, doing, 0, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
		defer cancel()
		err := call(ctx)
		var state *types.InvalidJobStateException
		var gone *types.JobNotFoundException
		if errors.As(err, &state) || errors.As(err, &gone) {
			j.log.Warn(doing+": codepipeline no longer waits for it", "error", err.Error())
			return errEnded
		}
		if refused(err) {
			return errors.Join(errRefused, err)
		}
		return err
	})
}

// repairable are refusals that end when somebody grants a permission or the host gets new credentials.
var repairable = []string{
	"AccessDenied", "ExpiredToken", "IncompleteSignature", "InvalidClientToken", "InvalidSignature", "NotAuthorized", "OptInRequired",
	"RequestExpired", "UnrecognizedClient",
}

// refused says whether AWS will answer the same call in the same way for ever: the caller's fault, which neither waiting
// nor a permission mends (CodePipeline API reference, "Common Error Types", 2026-11).
func refused(err error) bool {
	var answer smithy.APIError
	var response *awshttp.ResponseError
	if !errors.As(err, &answer) || !errors.As(err, &response) || response.HTTPStatusCode()/100 != 4 {
		return false
	}
	if _, throttled := retry.DefaultThrottleErrorCodes[answer.ErrorCode()]; throttled || response.HTTPStatusCode() == http.StatusTooManyRequests {
		return false
	}
	return !slices.ContainsFunc(repairable, func(code string) bool { return strings.HasPrefix(answer.ErrorCode(), code) })
}
