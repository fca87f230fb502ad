// Package release brings an image into an environment and proves that it is
// there. What it does is the list below; a promotion or a rollback is the same
// list with the image given.
package release

import (
	"context"

	"slipway/automation/ui"
)

// steps are a release, in order. Each one is a file of its own name.
var steps = []step{
	preflight{}, // first, because nothing has changed yet: what is missing costs nothing here
	build{},     // before the environment is touched: a build that does not work changes nothing that runs
	update{},    // once the image exists by digest: only the task definition and the service change
	rollout{},   // after the update, because that has only asked: ECS decides whether our deployment lives
	verify{},    // while the old version can still come back: the digest asked for is the one that answers
	record{},    // last, so that only what was proved is called released
}

// repair are the steps that put the previous image back: the same ones, on
// another image, from where an environment changes to where it is proved.
var repair = []step{update{}, rollout{}, verify{}}

// step is one part of a release. Run reads what earlier steps found in the run
// and adds what it found itself.
type step interface {
	Name() string
	Run(ctx context.Context, r *run) (ended, error)
}

// ended is how a step ended when it did not fail.
type ended struct {
	outcome ui.Outcome
	note    string
}

func done(note string) (ended, error)       { return ended{ui.Done, note}, nil }
func skipped(note string) (ended, error)    { return ended{ui.Skipped, note}, nil }
func superseded(note string) (ended, error) { return ended{ui.Superseded, note}, nil }

// Deploy releases an image into an environment. When a newer release takes over
// in between, the result says so and the error is nil. When a step after the
// update does not work, or ctx ends there, the previous image is put back before
// Deploy returns (with a deadline of its own) and the error, a *fault.Error, says
// which version serves: see fault's exit codes. Credentials that expire end a
// release where it is: the same call goes on with new ones.
func Deploy(ctx context.Context, o Options) (Result, error) {
	o, err := o.complete()
	if err != nil {
		return Result{}, err
	}
	r := newRun(o, o.Deadline)
	err = r.all(ctx, steps)
	over, expired := r.expired(err)
	switch {
	case err == nil:
	case expired:
		err = over
	case r.touched && !r.proof.True():
		err = r.undo(ctx, err, r.putBack)
	default:
		err = r.describe(ctx, err)
	}
	result := r.result()
	r.conclude(ctx, result.Outcome, err)
	return result, err
}

// all runs the steps until one fails or a newer release takes over.
func (r *run) all(ctx context.Context, list []step) error {
	for _, s := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.one(ctx, s); err != nil {
			return err
		}
		if r.superseded {
			return nil
		}
	}
	return nil
}

// one runs a step, timed and reported.
func (r *run) one(ctx context.Context, s step) error {
	name := r.prefix + s.Name()
	begun := r.Clock.Now()
	r.Sink.Event(ui.StepStarted{Name: name})
	end, err := s.Run(ctx, r)
	if err != nil {
		end = ended{ui.Failed, err.Error()}
	}
	took := r.Clock.Since(begun)
	r.Sink.Event(ui.StepEnded{Name: name, Outcome: end.outcome, Duration: took, Note: end.note})
	r.times = append(r.times, StepTime{Name: name, Outcome: end.outcome, Seconds: took.Seconds(), Note: end.note})
	r.superseded = r.superseded || end.outcome == ui.Superseded
	return err
}
