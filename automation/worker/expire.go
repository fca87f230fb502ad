package worker

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/automation/worker/jenkins"
)

// expire ends what a job has in Jenkins that took too long or is not wanted any more, which why says, and answers the failure to report: nil when the build had
// done its work after all. A build that is stopped may put the previous image back before it ends; what it says then is
// part of the cause.
func (j *job) expire(ctx context.Context, why string) error {
	j.enter("stop")
	j.log.Warn("job is stopped: "+why, "build", j.Build, "queue", j.Queue)
	switch {
	case j.Build > 0:
		return j.stop(ctx, why)
	case j.Queue > 0:
		if err := j.jenkins.Cancel(ctx, j.Queue); err != nil {
			j.log.Warn("queue item is left behind", "queue", j.Queue, "error", err.Error())
		}
		return failed(types.FailureTypeJobFailed, "%s and had not begun: it waited in Jenkins' queue", why)
	}
	return failed(types.FailureTypeJobFailed, "%s and had not begun: the source was not here, or Jenkins did not answer", why)
}

// stop ends the build and waits a while for its end.
func (j *job) stop(ctx context.Context, why string) error {
	bounded, cancel := context.WithCancel(ctx)
	defer cancel()
	timer := j.clock.AfterFunc(j.pace.stopping, cancel)
	defer timer.Stop()
	err := j.ask(bounded, "stopping the build", func(ctx context.Context) error { return j.jenkins.Stop(ctx, j.Build) })
	if err == nil || errors.Is(err, jenkins.ErrNotFound) {
		err = j.watch(bounded)
	}
	var end *failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &end):
		return failed(types.FailureTypeJobFailed, "%s and was stopped; %s", why, end.text)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	j.running = true
	return failed(types.FailureTypeJobFailed, "%s, was stopped, and had not ended %s later. Build #%d: %s", why, j.pace.stopping, j.Build, j.URL)
}
