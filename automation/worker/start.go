package worker

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/automation/worker/jenkins"
)

// mostTriggers is how often a build may be asked for: once, and once more when the first was lost.
const mostTriggers = 2

// start sees to it that there is one build for the job: the one that is there already, or a new one.
func (j *job) start(ctx context.Context) error {
	for j.Build == 0 {
		if j.Queue == 0 {
			if err := j.ask(ctx, "starting the build", j.enqueue); err != nil {
				return err
			}
		}
		err := j.queued(ctx)
		if errors.Is(err, jenkins.ErrNotFound) {
			j.log.Warn("queue item is lost", "queue", j.Queue)
			if err := j.remember(ctx, func(r *record) { r.Queue = 0 }); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ask makes a call of Jenkins until it is answered, and notes whether it was.
func (j *job) ask(ctx context.Context, doing string, try func(context.Context) error) error {
	return j.insist(ctx, doing, j.pace.patience, func(ctx context.Context) error {
		err := try(ctx)
		if ctx.Err() == nil {
			j.answered(err)
		}
		return err
	})
}

// answered notes how a call of Jenkins went.
func (j *job) answered(err error) {
	if !temporary(err) {
		err = nil
	}
	j.health.jenkins.note(j.clock.Now(), err)
	j.away.note(j.clock.Now(), err)
}

// enqueue looks for a build with this job's trace and asks for one when there is none. That it will be asked for is
// written down first.
func (j *job) enqueue(ctx context.Context) error {
	found, err := j.jenkins.Find(ctx, traceParameter, j.Trace)
	if err != nil {
		return err
	}
	if found.ID > 0 || found.Build > 0 {
		j.log.Info("build found", "queue", found.ID, "build", found.Build)
		return j.change(func(r *record) { r.Queue, r.Build = found.ID, found.Build })
	}
	if j.Triggers >= mostTriggers {
		return failed(types.FailureTypeSystemUnavailable, "Jenkins lost the build twice before it began")
	}
	if err := j.change(func(r *record) { r.Triggers++ }); err != nil {
		return err
	}
	id, err := j.jenkins.Trigger(ctx, j.order.parameters(j.Trace, j.source()))
	if err != nil {
		return j.untriggered(err)
	}
	j.log.Info("build asked for", "queue", id)
	return j.change(func(r *record) { r.Queue = id })
}

// untriggered takes the note back when the call certainly had no effect.
func (j *job) untriggered(err error) error {
	if !jenkins.Untouched(err) {
		return err
	}
	if errors.Is(err, jenkins.ErrNotFound) {
		err = failed(types.FailureTypeConfigurationError, "Jenkins has no job %q with parameters", j.settings.Job)
	}
	return errors.Join(err, j.change(func(r *record) { r.Triggers-- }))
}

// queued waits until the queue item is a build. ErrNotFound says that Jenkins has lost the item.
func (j *job) queued(ctx context.Context) error {
	for j.Build == 0 {
		var item jenkins.Item
		err := j.ask(ctx, "looking at the queue", func(ctx context.Context) (err error) {
			item, err = j.jenkins.Item(ctx, j.Queue)
			return err
		})
		switch {
		case err != nil:
			return err
		case item.Cancelled:
			return failed(types.FailureTypeJobFailed, "the build was cancelled in Jenkins' queue")
		case item.Build > 0:
			return j.remember(ctx, func(r *record) { r.Build = item.Build })
		}
		if !j.pause(ctx, j.pace.watch) {
			return context.Cause(ctx)
		}
	}
	return nil
}
