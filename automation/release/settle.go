package release

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipway/automation/fault"
	"slipway/automation/release/ledger"
	"slipway/automation/ui"
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
	r := newRun(o, o.Deadline)
	err = r.all(ctx, []step{look{before}, rollout{}, health{}, verify{}, record{}})
	over, expired := r.expired(err)
	switch {
	case err == nil:
	case expired:
		err = over
	case r.touched && !r.proof.True():
		err = r.undo(ctx, err, func(ctx context.Context) (*run, error) { return r.returned(ctx, r.change.before, r.image) })
	default:
		err = r.unsettled(ctx, err)
	}
	result := r.result()
	r.conclude(ctx, result.Outcome, err)
	return result, err
}

// look finds out what an update changed of the service.
type look struct{ before string }

func (look) Name() string { return "look" }

func (l look) Run(ctx context.Context, r *run) (ended, error) {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	if _, err := r.survey(ctx); err != nil {
		return ended{}, err
	}
	var err error
	if r.image, err = ParseImage(r.Image, r.Commit.Hash); err != nil {
		return ended{}, err
	}
	if r.past, err = recall(ctx, r.site.ledger, r.image); err != nil {
		return ended{}, err
	}
	now := r.site.before.TaskDefinition
	r.change, r.site.previous = change{applied: now != l.before, taskDefinition: now, before: l.before}, r.image
	if r.change.applied {
		if err := r.begin(ctx); err != nil {
			return ended{}, err
		}
		r.touched = true
		return done("task definition " + revisionOf(now))
	}
	runs, err := r.runs(ctx)
	if err != nil || runs == "" || compare(runs, now) != older {
		return ended{ui.Done, "the same task definition: " + revisionOf(now)}, err
	}
	r.change.before = runs // where ECS went back to
	if err := r.begin(ctx); err != nil {
		return ended{}, err
	}
	r.touched = true
	return r.askAgain(ctx)
}

// health asks for the health check's path as the load balancer does: with another path or another port its targets stay
// healthy until the new check has failed a few times, and are then replaced for ever.
type health struct{}

func (health) Name() string { return "health" }

// healthTime is how long a load balancer may take to use its new settings.
const healthTime = 30 * time.Second

func (health) Run(ctx context.Context, r *run) (ended, error) {
	p := Proof{Basis: BasisHealth, Path: r.HealthPath, Accepted: r.HealthStatus}
	for until := r.Clock.Now().Add(healthTime); ; {
		p.Served = r.ask(ctx, p)
		switch p = p.weigh(); {
		case ctx.Err() != nil:
			return ended{}, ctx.Err()
		case p.ServedIsHealthy:
			return done(fmt.Sprintf("%d of %d answers at %s", len(p.Served), len(p.Served), p.Path))
		case !r.Clock.Now().Before(until):
			return ended{}, &fault.Error{Op: r.doing(), Cause: "the health check does not pass", Evidence: []string{p.told(p.Served[len(p.Served)-1])}}
		}
		select {
		case <-ctx.Done():
			return ended{}, ctx.Err()
		case <-r.Clock.After(longPause):
		}
	}
}

// unsettled says that the update is made and that the app does not answer as it should.
func (r *run) unsettled(ctx context.Context, failed error) error {
	if ctx.Err() != nil {
		return &fault.Error{
			Op: r.doing(), Cause: "interrupted; the update is made, and nobody saw whether the app answers", Next: "slipway status " + r.Environment,
			Code: fault.Interrupted, Err: ctx.Err(),
		}
	}
	r.diagnose(ctx)
	e := ending{run: r, failed: failed}
	var known *fault.Error
	if errors.As(failed, &known) && known.Code == fault.NotReady {
		return failed
	}
	return &fault.Error{
		Op: r.doing(), Cause: "the update is made, but the app does not answer as it should: " + e.cause(), Evidence: e.evidence(), Code: fault.RollbackFailed, Err: failed,
		Next: fmt.Sprintf("undo the change in Pulumi.%s.yaml, then slipway up %s", r.Environment, r.Environment),
	}
}
