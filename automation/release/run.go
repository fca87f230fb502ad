package release

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"slipway/automation/diagnose"
	"slipway/automation/fault"
	"slipway/automation/release/ledger"
	"slipway/automation/ui"
)

// run is what one pass through the list knows. Options are given; every other
// value is set by one step and only read by those after it.
type run struct {
	Options
	until  time.Time // the deadline, on Clock
	prefix string    // before step names when the previous image is put back

	site    site    // preflight
	past    past    // preflight
	image   Image   // preflight or build
	change  change  // update
	proof   Proof   // verify
	release Release // record

	attempt *ledger.Attempt // nil until something changes

	untagged   bool   // the image is there without the commit as its tag
	touched    bool   // the environment moves, or may move, to the image: a failure must put the previous one back
	serves     string // the task definition that a roll back was proved to end with
	superseded bool
	rolledBack bool
	repairing  bool              // this run puts a previous image back
	sameImage  bool              // the update changes what tasks get beside the image that is live
	earlier    map[string]string // configuration that a repair puts back with the image
	times      []StepTime
	report     *diagnose.Report
}

func newRun(o Options, deadline time.Duration) *run {
	return &run{Options: o, until: o.Clock.Now().Add(deadline)}
}

// Result is what a release came to. It encodes as JSON as it stands.
type Result struct {
	Outcome  string           `json:"outcome"`         // released, superseded, rolled back, failed
	Image    string           `json:"image,omitempty"` // the one to release, repository@sha256:…
	Commit   string           `json:"commit"`
	Release  Release          `json:"release"`            // empty unless released
	Previous string           `json:"previous,omitempty"` // the image before, or put back
	AppURL   string           `json:"appUrl,omitempty"`
	Proof    Proof            `json:"proof"`
	Steps    []StepTime       `json:"steps"`
	Report   *diagnose.Report `json:"report,omitempty"` // when it did not work
}

// StepTime is one step as it went.
type StepTime struct {
	Name    string     `json:"name"`
	Outcome ui.Outcome `json:"outcome"`
	Seconds float64    `json:"seconds"`
	Note    string     `json:"note,omitempty"`
}

// Outcomes of a Result.
const (
	Released   = "released"
	Superseded = "superseded"
	RolledBack = "rolled back"
	Failed     = "failed"
)

// Code is the exit code for a result without an error: 8 when superseded, otherwise 0.
func (r Result) Code() int {
	if r.Outcome == Superseded {
		return fault.Superseded
	}
	return fault.OK
}

func (r *run) result() Result {
	out := Result{
		Outcome: Failed, Image: r.image.Ref(), Commit: r.Commit.Hash, Release: r.release, Previous: r.site.previous.Ref(), AppURL: r.site.before.AppURL,
		Proof: r.proof, Steps: r.times, Report: r.report,
	}
	switch {
	case r.superseded:
		out.Outcome = Superseded
	case r.rolledBack:
		out.Outcome = RolledBack
	case r.release.Digest != "" || r.proof.True(): // also when it could not be recorded
		out.Outcome = Released
	}
	return out
}

// describe gives an error after which nothing had to be put back the form that a
// person acts on.
func (r *run) describe(ctx context.Context, err error) error {
	var typed *fault.Error
	switch {
	case ctx.Err() != nil:
		cause := "interrupted before the environment changed"
		if r.touched {
			cause = "interrupted when the release was live and proved; it stays"
		}
		return &fault.Error{
			Op: r.doing(), Cause: cause, Next: "slipway status " + r.Environment, Code: fault.Interrupted, Err: ctx.Err(),
		}
	case errors.As(err, &typed):
		return err
	}
	return &fault.Error{Op: r.doing(), Code: fault.CodeOf(err), Err: err}
}

func (r *run) doing() string {
	if r.Kind == ledger.Up {
		return "changing stack " + r.Environment
	}
	return fmt.Sprintf("release %s to %s", r.Commit.Short(), r.Environment)
}

// left is the time until the deadline, at least a second so that a last look is possible.
func (r *run) left() time.Duration {
	return max(r.Clock.Until(r.until), time.Second)
}

// bounded gives ctx the time that is left: no call below outlives the release.
func (r *run) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, r.left())
}

func (r *run) note(format string, args ...any) {
	r.Sink.Event(ui.Note{Text: fmt.Sprintf(format, args...)})
}

func (r *run) warn(format string, args ...any) {
	r.Sink.Event(ui.Warning{Text: fmt.Sprintf(format, args...)})
}

func quote(text string) string { return strconv.Quote(text) }
