// Package release brings an image into an environment and proves that it is
// there. What it does is the list in Deploy; a promotion or a rollback is the same
// list with the image given.
package release

import (
	"context"

	"slipway/automation/release/ledger"
)

// Deploy releases an image into an environment. When a newer release takes over
// in between, the result says so and the error is nil. When a step after the
// update fails, or ctx ends there, the previous image is returned to before
// Deploy returns (with a deadline of its own) and the error, a *fault.Error, says
// which version serves: see fault's exit codes. Credentials that expire end a
// release where it is: the same call goes on with new ones.
func Deploy(ctx context.Context, o Options) (Result, error) {
	o, err := o.complete()
	if err != nil {
		return Result{}, err
	}
	p := newPass(o)
	t, err := p.release(ctx)
	return p.end(ctx, t, err, p.putBack)
}

// release is a release, in order. Each step is a file of its own name: a function from the values before it to the next
// one, Site → Image → Plan → Change → Rollout → Proof → Release.
func (p pass) release(ctx context.Context) (t trail, err error) {
	// first, because nothing has changed yet: what is missing costs nothing here
	if t.site, err = do(ctx, p, "preflight", p.preflight); err != nil {
		return t, err
	}
	// before the environment is touched: a build that does not work changes nothing that runs
	t.image, err = do(ctx, p, "build", func(ctx context.Context) (Image, ended, error) { return p.build(ctx, t.site) })
	if err != nil {
		return t, err
	}
	// once the image exists by digest: only the task definition and the service may change
	t.plan, err = do(ctx, p, "preview", func(ctx context.Context) (Plan, ended, error) { return p.preview(ctx, t.site, t.image) })
	if err != nil {
		return t, err
	}
	// once it is known that something changes, and while nothing has
	if !t.plan.Empty() {
		if err = p.cross(ctx, p.Before, t); err != nil {
			return t, err
		}
	}
	t.change, err = do(ctx, p, "update", func(ctx context.Context) (Change, ended, error) { return p.update(ctx, t.site, t.image, t.plan) })
	if err != nil {
		return t, err
	}
	return p.prove(ctx, t)
}

// prove is the end of the list, from a change that was made to its record.
func (p pass) prove(ctx context.Context, t trail) (trail, error) {
	t, err := p.see(ctx, t)
	if err != nil || t.superseded() {
		return t, err
	}
	// while the old version can still come back, and only of a release that is not recorded yet
	if p.log.attempt != nil {
		if err = p.cross(ctx, p.After, t); err != nil {
			return t, err
		}
	}
	t.passed = true
	// last, so that only what was proved is called released
	t.recorded, err = do(ctx, p, "record", func(ctx context.Context) (Release, ended, error) { return p.record(ctx, t) })
	return t, err
}

// see follows a change until it is live and proved.
func (p pass) see(ctx context.Context, t trail) (trail, error) {
	// after the update, because that has only asked: ECS decides whether our deployment lives
	rollout, err := do(ctx, p, "rollout", func(ctx context.Context) (Rollout, ended, error) { return p.rollout(ctx, t.site, t.change) })
	if t.rollout = rollout; err != nil || t.superseded() {
		return t, err
	}
	if p.kind() == ledger.Up {
		// the health check itself may have changed
		if _, err = do(ctx, p, "health", func(ctx context.Context) (Proof, ended, error) { return p.health(ctx, t.site) }); err != nil {
			return t, err
		}
	}
	// while the old version can still come back: the digest asked for is the one that answers
	t.proof, err = do(ctx, p, "verify", func(ctx context.Context) (Proof, ended, error) { return p.verify(ctx, t.site, t.image) })
	return t, err
}

// again returns to the image in t by the same steps, from where an environment changes to where it is proved.
func (p pass) again(ctx context.Context, t trail) (trail, error) {
	var err error
	t.plan, err = do(ctx, p, "preview", func(ctx context.Context) (Plan, ended, error) { return p.preview(ctx, t.site, t.image) })
	if err != nil {
		return t, err
	}
	t.change, err = do(ctx, p, "update", func(ctx context.Context) (Change, ended, error) { return p.update(ctx, t.site, t.image, t.plan) })
	if err != nil {
		return t, err
	}
	return p.see(ctx, t)
}
