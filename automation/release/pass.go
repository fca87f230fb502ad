package release

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/release/ledger"
	"slipway/automation/ui"
)

// pass is what one walk along the list works with. It is made once and does not change; what the walk came to is
// written down in the journal, which the walk back after a failure continues.
type pass struct {
	Options
	log     *journal
	until   time.Time         // the deadline, on Clock
	prefix  string            // of step names on the way back
	repair  bool              // on the way back
	earlier map[string]string // configuration of tasks that goes back with the image
}

func newPass(o Options) pass {
	return pass{Options: o, log: &journal{}, until: o.Clock.Now().Add(o.Deadline)}
}

// back is the pass that returns to a previous release, under a deadline of its own.
func (p pass) back(prefix string, earlier map[string]string) pass {
	p.prefix, p.repair, p.earlier, p.until = prefix, true, earlier, p.Clock.Now().Add(p.RollbackDeadline)
	return p
}

// journal keeps what result and ledger say of a release beside its values.
type journal struct {
	times   []StepTime
	gates   []ledger.Gate
	attempt *ledger.Attempt // nil until something changes
}

// ended is how a step ended when it did not fail.
type ended struct {
	outcome ui.Outcome
	note    string
}

func done(note string) ended       { return ended{ui.Done, note} }
func skipped(note string) ended    { return ended{ui.Skipped, note} }
func superseded(note string) ended { return ended{ui.Superseded, note} }

// do runs a step, timed and reported, unless ctx has ended. With an error the value is as far as the step made it.
func do[T any](ctx context.Context, p pass, name string, step func(context.Context) (T, ended, error)) (T, error) {
	if err := ctx.Err(); err != nil {
		var none T
		return none, err
	}
	name = p.prefix + name
	begun := p.Clock.Now()
	p.Sink.Event(ui.StepStarted{Name: name})
	made, end, err := step(ctx)
	if err != nil {
		end = ended{ui.Failed, err.Error()}
	}
	took := p.Clock.Since(begun)
	p.Sink.Event(ui.StepEnded{Name: name, Outcome: end.outcome, Duration: took, Note: end.note})
	p.log.times = append(p.log.times, StepTime{Name: name, Outcome: end.outcome, Seconds: took.Seconds(), Note: end.note})
	return made, err
}

func (p pass) doing() string {
	if p.Kind == ledger.Up {
		return "changing stack " + p.Environment
	}
	return fmt.Sprintf("release %s to %s", p.Commit.Short(), p.Environment)
}

// left is the time until the deadline, at least a second so that a last look is possible.
func (p pass) left() time.Duration {
	return max(p.Clock.Until(p.until), time.Second)
}

// bounded gives ctx the time that is left: no call below outlives the release.
func (p pass) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, p.left())
}

func (p pass) note(format string, args ...any) {
	p.Sink.Event(ui.Note{Text: fmt.Sprintf(format, args...)})
}

func (p pass) warn(format string, args ...any) {
	p.Sink.Event(ui.Warning{Text: fmt.Sprintf(format, args...)})
}

// locked turns an error about the lock into the fault for it and leaves others alone.
func (p pass) locked(err error) error {
	var held *engine.Locked
	if !errors.As(err, &held) {
		return err
	}
	return &fault.Error{
		Op: p.doing(), Cause: "another update holds the stack: " + held.Who(),
		Next: "wait for it, then run the same command again", Code: fault.Locked, Err: err,
	}
}

func quote(text string) string { return strconv.Quote(text) }
