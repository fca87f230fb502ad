package release

import (
	"context"
	"errors"
	"fmt"

	"slipway/automation/diagnose"
	"slipway/automation/engine"
	"slipway/automation/release/ledger"
	"slipway/infra/config"
)

// undo answers a step that did not work after the environment changed: it reads
// the evidence while ECS still has it, lets restore bring back what served, and
// says which version serves. It runs on when ctx has ended (Ctrl-C), under a
// deadline of its own. A newer release is left alone: r is superseded then.
func (r *run) undo(ctx context.Context, failed error, restore func(context.Context) (*run, error)) error {
	end := ending{run: r, failed: failed, interrupted: ctx.Err() != nil}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.RollbackDeadline)
	defer cancel()
	if !end.interrupted {
		r.diagnose(ctx)
	}
	err := r.overtaken(ctx)
	var again *run
	if err == nil {
		again, err = restore(engine.Unless(ctx, r.overtaken))
	}
	var newer *overtakenError
	if errors.As(err, &newer) {
		r.superseded = true
		r.note("%s: nothing is put back", newer)
		return nil
	}
	return end.told(again, err)
}

// putBack releases the previous image again, by the same steps. Where that does not work, what served before is still
// there as it was.
func (r *run) putBack(ctx context.Context) (*run, error) {
	if err := r.findPrevious(ctx); err != nil {
		return nil, err
	}
	r.warn("putting %s back", short(r.site.previous.Commit))
	again, err := r.back(ctx)
	r.times = append(r.times, again.times...)
	var newer *overtakenError
	var held *engine.Locked // another update will say what runs
	switch {
	case err == nil, again.superseded, errors.As(err, &newer), errors.As(err, &held):
	case r.change.before != "" && r.site.before.Image == r.site.previous.Ref():
		r.warn("%v", err)
		again, err = r.returned(ctx, r.change.before, r.site.previous)
	}
	return again, err
}

// told is the end of a roll back as the release's error.
func (e ending) told(again *run, err error) error {
	switch {
	case again == nil:
		return e.stuck(err.Error())
	case again.superseded:
		e.superseded = true
		return nil
	case err != nil:
		return e.stuck(fmt.Sprintf("putting %s back did not work: %v", short(e.site.previous.Commit), err))
	}
	e.rolledBack, e.serves = true, again.change.taskDefinition
	return e.restored(again.proof)
}

// returned asks ECS for a task definition that served before, without the stack, and proves it. The stack keeps what its
// file says; the next release or update goes on from there.
func (r *run) returned(ctx context.Context, taskDefinition string, image Image) (*run, error) {
	r.warn("returning the service to %s", revisionOf(taskDefinition))
	again := newRun(r.Options, r.RollbackDeadline)
	again.prefix, again.repairing = "return: ", true
	again.site, again.image, again.attempt = r.site, image, r.attempt
	again.change = change{applied: true, taskDefinition: taskDefinition}
	service, err := r.Cloud.Service(ctx, r.site.before.Cluster, r.site.before.Service)
	if err == nil && service.Primary().TaskDefinition != taskDefinition {
		err = r.Cloud.Redeploy(ctx, r.site.before.Cluster, r.site.before.Service, taskDefinition)
	}
	if err != nil {
		return again, err
	}
	defer func() { r.times = append(r.times, again.times...) }()
	proof := []step{rollout{}, verify{}}
	if r.Kind == ledger.Up { // the health check may have changed as well, and that stays
		proof = []step{rollout{}, health{}, verify{}}
	}
	return again, again.all(ctx, proof)
}

// back runs the repair with the previous image, from what the stack says now.
func (r *run) back(ctx context.Context) (*run, error) {
	again := newRun(r.Options, r.RollbackDeadline)
	again.prefix, again.repairing = "roll back: ", true
	again.site, again.image, again.attempt, again.earlier = r.site, r.site.previous, r.attempt, r.configuration(ctx)
	outputs, err := r.Stack.Outputs(ctx)
	if err != nil {
		return again, err
	}
	if now := environmentOf(outputs); now.TaskDefinition != "" {
		again.site.before = now
	}
	return again, again.all(ctx, repair)
}

// configuration is what tasks had beside their image before this release: without it the stack's file would give the
// previous image what this one failed with.
func (r *run) configuration(ctx context.Context) map[string]string {
	was, err := r.Stack.Earlier(ctx)
	if err != nil {
		r.warn("the image is put back alone: %v", err)
	}
	if was == nil {
		return nil
	}
	return config.OfTask(was)
}

// findPrevious makes sure that there is an image to put back and that it still exists. The ledger is read again: while we
// waited for the lock, another release may have come between preflight and our update.
func (r *run) findPrevious(ctx context.Context) error {
	if r.sameImage {
		r.site.previous, r.site.previousThere = r.image, true
		return nil
	}
	now, err := recall(ctx, r.site.ledger, r.image)
	if err == nil && now.previous.Digest != "" && now.previous != r.site.previous {
		r.site.previous = now.previous
		if _, r.site.previousThere, err = r.Cloud.Image(ctx, r.site.registry.Name, now.previous.Digest); err != nil {
			return fmt.Errorf("look for the previous image: %w", err)
		}
	}
	switch previous := r.site.previous; {
	case previous.Digest == "":
		return errors.New("there is no previous release to put back: the service is left with what it has")
	case !r.site.previousThere:
		return fmt.Errorf("the previous image %s is no longer in the registry: the service is left with what it has",
			shortDigest(previous.Digest))
	}
	return nil
}

// takenOver answers the newer task definition that the service moves to, if there
// is one. A service that does not answer is no reason to leave a bad image in place.
func (r *run) takenOver(ctx context.Context) string {
	at := r.site.before
	s, err := r.Cloud.Service(ctx, at.Cluster, at.Service)
	primary := s.Primary()
	if err != nil || primary.ID == "" || r.change.taskDefinition == "" {
		return ""
	}
	if compare(primary.TaskDefinition, r.change.taskDefinition) == newer {
		return revisionOf(primary.TaskDefinition)
	}
	return ""
}

// overtaken is an *overtakenError once another release has taken over: while we waited for the lock, it held it.
func (r *run) overtaken(ctx context.Context) error {
	if by := r.takenOver(ctx); by != "" {
		return &overtakenError{by}
	}
	return nil
}

type overtakenError struct{ by string }

// Error says which task definition took over.
func (e *overtakenError) Error() string { return e.by + " took over" }

func (r *run) diagnose(ctx context.Context) {
	at := r.site.before
	ask := diagnose.Request{
		Environment: r.Environment, Cluster: at.Cluster, Service: at.Service,
		TaskDefinition: r.change.taskDefinition, LogGroup: at.LogGroup, TargetGroup: at.TargetGroup,
	}
	if s, err := r.Cloud.Service(ctx, at.Cluster, at.Service); err == nil {
		if d, there := find(s, r.change.taskDefinition); there {
			ask.Deployment, ask.Since = d.ID, d.Created
		}
	}
	report := diagnose.Collect(ctx, r.Cloud, ask)
	r.report = &report
}
