package release

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"slipway/automation/diagnose"
	"slipway/automation/fault"
	"slipway/automation/release/ledger"
)

// ending is how a release ended, with what its steps made.
type ending struct {
	pass
	trail
	outcome     string
	serves      string // the task definition that the way back was proved to end with
	report      *diagnose.Report
	failed      error // of the step
	err         error // of the release
	interrupted bool
}

// end answers what a pass came to. Where an environment moved to a release that was not proved, restore brings back what
// served before.
func (p pass) end(ctx context.Context, t trail, failed error, restore way) (Result, error) {
	e := ending{pass: p, trail: t, outcome: Failed, failed: failed}
	trouble, over := expired(failed)
	switch {
	case taken(failed) != "", failed == nil && t.superseded():
		e.outcome = Superseded
	case failed == nil:
		e.outcome = Released
	case over:
		e.err = e.expired(trouble)
	case t.change.Moved && !t.passed:
		e = e.undo(ctx, restore)
	case p.Kind == ledger.Up:
		e = e.unsettled(ctx)
	default:
		e.err = p.describe(ctx, t, failed)
	}
	if t.passed && e.outcome != Superseded { // also when it could not be recorded
		e.outcome = Released
	}
	e.conclude(ctx)
	return e.result(), e.err
}

// newer is what took over.
func (e ending) newer() string {
	return cmp.Or(taken(e.failed), revisionOf(e.trail.rollout.Newer))
}

func (e ending) result() Result {
	return Result{
		Outcome: e.outcome, Image: e.image.Ref(), Commit: e.Commit.Hash, Release: e.recorded, Previous: e.site.Previous.Ref(),
		AppURL: e.site.Before.AppURL, Proof: e.proof, Steps: e.log.times, Report: e.report,
	}
}

// describe gives an error after which nothing had to be put back the form that a
// person acts on.
func (p pass) describe(ctx context.Context, t trail, err error) error {
	var typed *fault.Error
	switch {
	case ctx.Err() != nil:
		cause := "interrupted before the environment changed"
		if t.passed {
			cause = "interrupted when the release was live and proved; it stays"
		}
		return &fault.Error{
			Op: p.doing(), Cause: cause, Next: "slipway status " + p.Environment, Code: fault.Interrupted, Err: ctx.Err(),
		}
	case errors.As(err, &typed):
		return err
	}
	return &fault.Error{Op: p.doing(), Code: fault.CodeOf(err), Err: err}
}

// restored says that the previous version serves, with what proves it.
func (e ending) restored(proof Proof) error {
	serves := fmt.Sprintf("%s serves again: %s", short(e.site.Previous.Commit), proof.text())
	if e.interrupted {
		return e.fault(fault.Interrupted, "interrupted; "+short(e.site.Previous.Commit)+" serves again", []string{serves})
	}
	return e.fault(fault.RolledBack, e.cause(), append([]string{serves}, e.evidence()...))
}

// stuck says that the environment is left as it is, and why.
func (e ending) stuck(why string) error {
	code := fault.RollbackFailed
	if e.interrupted {
		code = fault.Interrupted
	}
	return e.fault(code, e.cause(), append([]string{why}, e.evidence()...))
}

func (e ending) cause() string {
	text := e.failed.Error()
	var typed *fault.Error
	switch {
	case e.interrupted:
		text = "interrupted"
	case errors.As(e.failed, &typed):
		text = typed.Cause
		if text == "" && typed.Err != nil {
			text = typed.Err.Error()
		}
	}
	if e.report != nil && e.report.Clear {
		return text + "\nprobable cause: " + e.report.Cause
	}
	return text
}

func (e ending) evidence() []string {
	var out []string
	var typed *fault.Error
	if errors.As(e.failed, &typed) {
		out = append(out, typed.Evidence...)
	}
	if e.report != nil {
		out = append(out, e.report.Lines()...)
	}
	return out
}

func (e ending) fault(code int, cause string, evidence []string) error {
	next := "slipway status " + e.Environment
	if e.report != nil && e.report.Clear {
		next = e.report.Next
	}
	return &fault.Error{Op: e.doing(), Cause: cause, Evidence: evidence, Next: next, Code: code, Err: e.failed}
}
