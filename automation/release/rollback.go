package release

import (
	"context"
	"errors"
	"fmt"

	"slipway/automation/diagnose"
	"slipway/automation/engine"
	"slipway/automation/release/ecs"
	"slipway/infra/config"
)

// way brings back what served before a release, and answers what it made on the way: at least the site, also with an
// error.
type way func(context.Context, trail) (trail, error)

// undo answers a step that did not work after the environment changed: it reads
// the evidence while ECS still has it, lets restore bring back what served, and
// says which version serves. It runs on when ctx has ended (Ctrl-C), under a
// deadline of its own. A newer release is left alone: the ending is superseded then.
func (e ending) undo(ctx context.Context, restore way) ending {
	e.interrupted = ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.RollbackDeadline)
	defer cancel()
	if !e.interrupted {
		e.report = e.diagnose(ctx, e.site, e.change)
	}
	overtaken := func(ctx context.Context) error { return e.overtaken(ctx, e.site, e.change) }
	again, err := trail{site: e.site}, overtaken(ctx)
	if err == nil {
		again, err = restore(engine.Unless(ctx, overtaken), e.trail)
	}
	e.site.Previous, e.outcome = again.site.Previous, Failed
	var newer *overtakenError
	switch {
	case errors.As(err, &newer):
		e.outcome, e.failed = Superseded, err
		e.note("%s: nothing is put back", newer)
	case again.superseded():
		e.outcome = Superseded
	case err != nil:
		e.err = e.stuck(err.Error())
	default:
		e.outcome, e.serves = RolledBack, again.change.TaskDefinition
		e.err = e.restored(again.proof)
	}
	return e
}

// putBack releases the previous image again, by the same steps. Where that does not work, what served before is still
// there as it was.
func (p pass) putBack(ctx context.Context, t trail) (trail, error) {
	site, err := p.findPrevious(ctx, t)
	if err != nil {
		return trail{site: site}, err
	}
	p.warn("putting %s back", short(site.Previous.Commit))
	again, err := p.repeat(ctx, site)
	var newer *overtakenError
	var held *engine.Locked // another update will say what runs
	switch {
	case err == nil, errors.As(err, &newer):
		return again, err
	case !errors.As(err, &held) && t.change.Before != "" && site.Before.Image == site.Previous.Ref():
		p.warn("%v", err)
		return p.returned(ctx, site, t.change.Before, site.Previous)
	}
	return again, unreturned(site, err)
}

func unreturned(site Site, err error) error {
	return fmt.Errorf("putting %s back did not work: %w", short(site.Previous.Commit), err)
}

// repeat releases the previous image, from what the stack says now.
func (p pass) repeat(ctx context.Context, site Site) (trail, error) {
	back := p.back("roll back: ", p.configuration(ctx))
	t := trail{site: site, image: site.Previous}
	outputs, err := p.Stack.Outputs(ctx)
	if err != nil {
		return t, err
	}
	if now := environmentOf(outputs); now.TaskDefinition != "" {
		t.site.Before = now
	}
	return back.again(ctx, t)
}

// returned asks ECS for a task definition that served before, without the stack, and proves it. The stack keeps what its
// file says; the next release or update goes on from there.
func (p pass) returned(ctx context.Context, site Site, taskDefinition string, image Image) (trail, error) {
	p.warn("returning the service to %s", revisionOf(taskDefinition))
	back := p.back("return: ", nil)
	t := trail{site: site, image: image, change: Change{Applied: true, TaskDefinition: taskDefinition}}
	service, err := p.Cloud.Service(ctx, site.Before.Cluster, site.Before.Service)
	if err == nil && service.Primary().TaskDefinition != taskDefinition {
		err = p.Cloud.Redeploy(ctx, site.Before.Cluster, site.Before.Service, taskDefinition)
	}
	if err == nil {
		t, err = back.see(ctx, t)
	}
	if err != nil {
		err = unreturned(site, err)
	}
	return t, err
}

// configuration is what tasks had beside their image before this release: without it the stack's file would give the
// previous image what this one failed with.
func (p pass) configuration(ctx context.Context) map[string]string {
	was, err := p.Stack.Earlier(ctx)
	if err != nil {
		p.warn("the image is put back alone: %v", err)
	}
	if was == nil {
		return nil
	}
	return config.OfTask(was)
}

// findPrevious makes sure that there is an image to put back and that it still exists. The ledger is read again: while we
// waited for the lock, another release may have come between preflight and our update.
func (p pass) findPrevious(ctx context.Context, t trail) (Site, error) {
	site := t.site
	if t.change.Same {
		site.Previous, site.PreviousThere = t.image, true
		return site, nil
	}
	now, err := recall(ctx, site.Ledger, t.image)
	if err == nil && now.Previous.Digest != "" && now.Previous != site.Previous {
		site.Previous = now.Previous
		if _, site.PreviousThere, err = p.Cloud.Image(ctx, site.Registry.Name, now.Previous.Digest); err != nil {
			return site, fmt.Errorf("look for the previous image: %w", err)
		}
	}
	switch previous := site.Previous; {
	case previous.Digest == "":
		return site, errors.New("there is no previous release to put back: the service is left with what it has")
	case !site.PreviousThere:
		return site, fmt.Errorf("the previous image %s is no longer in the registry: the service is left with what it has",
			shortDigest(previous.Digest))
	}
	return site, nil
}

// overtaken is an *overtakenError once another release has taken over: while we waited for the lock, it held it. A
// service that does not answer is no reason to leave a bad image in place.
func (p pass) overtaken(ctx context.Context, site Site, change Change) error {
	if err := p.wanted(ctx); err != nil {
		return err
	}
	record, err := ecs.Recall(ctx, p.Cloud, site.Before.place())
	if _, newer := record.Of(change.TaskDefinition); err == nil && newer != "" {
		return &overtakenError{revisionOf(newer)}
	}
	return nil
}

type overtakenError struct{ by string }

// Error says which task definition took over.
func (e *overtakenError) Error() string { return e.by + " took over" }

func (p pass) diagnose(ctx context.Context, site Site, change Change) *diagnose.Report {
	at := site.Before
	ask := diagnose.Request{
		Environment: p.Environment, Cluster: at.Cluster, Service: at.Service,
		TaskDefinition: change.TaskDefinition, LogGroup: at.LogGroup, TargetGroup: at.TargetGroup,
	}
	if s, err := p.Cloud.Service(ctx, at.Cluster, at.Service); err == nil {
		if d, there := find(s, change.TaskDefinition); there {
			ask.Deployment, ask.Since = d.ID, d.Created
		}
	}
	report := diagnose.Collect(ctx, p.Cloud, ask)
	return &report
}
