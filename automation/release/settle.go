package release

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipway/automation/fault"
	"slipway/automation/release/ecs"
	"slipway/automation/release/ledger"
)

// Settle proves what an update of an environment's stack left: that the rollout of a changed task definition ends well, and
// that the app is reached and answers. Image and Commit are the stack's, before is the task definition that ECS ran before
// the update.
//
// A task definition that does not work is taken back as a release is: the service returns to the one before, and the
// error's code is fault.RolledBack. The stack keeps what its file says, and the next update tries that again. What cannot
// be taken back so, such as a health check that fits no more, is a fault.RollbackFailed.
func Settle(ctx context.Context, o Options, before string) (Result, error) {
	o, err := o.complete()
	if err != nil {
		return Result{}, err
	}
	o.Kind = ledger.Up
	p := newPass(o)
	t, err := p.settle(ctx, before)
	return p.end(ctx, t, err, func(ctx context.Context, t trail) (trail, error) {
		return p.returned(ctx, t.site, t.change.Before, t.image)
	})
}

// settle is the list for an update that was made already.
func (p pass) settle(ctx context.Context, before string) (trail, error) {
	t, err := do(ctx, p, "look", func(ctx context.Context) (trail, ended, error) { return p.updated(ctx, before) })
	if err != nil {
		return t, err
	}
	return p.prove(ctx, t)
}

// updated finds out what an update changed of the service.
func (p pass) updated(ctx context.Context, before string) (t trail, end ended, err error) {
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	if t.site, err = p.survey(ctx); err != nil {
		return t, end, err
	}
	if t.image, err = ParseImage(p.Image, p.Commit.Hash); err != nil {
		return t, end, err
	}
	if t.site.Past, err = recall(ctx, t.site.Ledger, t.image); err != nil {
		return t, end, err
	}
	now := t.site.Before.TaskDefinition
	record, err := ecs.Recall(ctx, p.Cloud, t.site.Before.place())
	if err != nil {
		return t, end, err
	}
	// where ECS was returned to another one since it was asked for ours, this update asked for nothing
	_, newer := record.Of(now)
	t.site.Previous, t.change = t.image, Change{Applied: now != before && newer == "", TaskDefinition: now, Before: before}
	if !t.change.Applied {
		runs, err := p.running(ctx, t.site)
		if err != nil || runs == "" || compare(runs, now) != older {
			return t, done("the same task definition: " + revisionOf(now)), err
		}
		t.change.Before = runs // where ECS went back to
	}
	if err := p.begin(ctx, t.site, t.image); err != nil {
		return t, end, err
	}
	t.change.Moved = true
	if t.change.Applied {
		return t, done("task definition " + revisionOf(now)), nil
	}
	t.change, end, err = p.askAgain(ctx, t.site, t.change)
	return t, end, err
}

// healthTime is how long a load balancer may take to use its new settings.
const healthTime = 30 * time.Second

// health asks for the health check's path as the load balancer does: with another path or another port its targets stay
// healthy until the new check has failed a few times, and are then replaced for ever.
func (p pass) health(ctx context.Context, site Site) (Proof, ended, error) {
	proof := Proof{Basis: BasisHealth, Path: p.HealthPath, Accepted: p.HealthStatus}
	for until := p.Clock.Now().Add(healthTime); ; {
		proof.Served = ask(ctx, p.HTTP, site.Before, proof)
		switch proof = proof.weigh(); {
		case ctx.Err() != nil:
			return proof, ended{}, ctx.Err()
		case proof.ServedIsHealthy:
			return proof, done(fmt.Sprintf("%d of %d answers at %s", len(proof.Served), len(proof.Served), proof.Path)), nil
		case !p.Clock.Now().Before(until):
			return proof, ended{}, &fault.Error{
				Op: p.doing(), Cause: "the health check does not pass", Evidence: []string{proof.told(proof.Served[len(proof.Served)-1])},
			}
		}
		select {
		case <-ctx.Done():
			return proof, ended{}, ctx.Err()
		case <-p.Clock.After(longPause):
		}
	}
}

// unsettled says that the update is made and that the app does not answer as it should.
func (e ending) unsettled(ctx context.Context) ending {
	var known *fault.Error
	switch {
	case ctx.Err() != nil:
		e.err = &fault.Error{
			Op: e.doing(), Cause: "interrupted; the update is made, and nobody saw whether the app answers", Next: "slipway status " + e.Environment,
			Code: fault.Interrupted, Err: ctx.Err(),
		}
	case errors.As(e.failed, &known) && known.Code == fault.NotReady:
		e.err = e.failed
	default:
		e.report = e.diagnose(ctx, e.site, e.change)
		e.err = &fault.Error{
			Op: e.doing(), Cause: "the update is made, but the app does not answer as it should: " + e.cause(), Evidence: e.evidence(), Code: fault.RollbackFailed, Err: e.failed,
			Next: fmt.Sprintf("undo the change in Pulumi.%s.yaml, then slipway up %s", e.Environment, e.Environment),
		}
	}
	return e
}
