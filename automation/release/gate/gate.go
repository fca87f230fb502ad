// Package gate decides whether a release goes on: by the clock, by what a scanner found in the image, and by what the
// user has the deployer run or ask. Each gate is a value with what it decides by; it is asked about one release and
// answers a Verdict, or a *fault.Error that refuses the release.
package gate

import (
	"context"
	"fmt"
	"time"

	"slipway/automation/fault"
)

// Release is what a gate is asked about.
type Release struct {
	Op          string // what is being done, for errors
	Environment string
	Commit      string
	Repository  string // the registry's name of it, without host
	Image       string // repository@sha256:…
	Digest      string
	AppURL      string
	Who         string // ARN of whose credentials release
}

// Verdict is what a gate says of a release that it lets through.
type Verdict struct {
	Skipped  bool   // it has nothing to do with this release
	Accepted bool   // a person let through what the gate would refuse
	Who      string // that person, or whose rule it is
	Why      string // one line
}

// Ask asks a gate. ctx ends with the release's deadline.
type Ask func(ctx context.Context, r Release) (Verdict, error)

func passed(format string, args ...any) (Verdict, error) {
	return Verdict{Why: fmt.Sprintf(format, args...)}, nil
}

func skipped(why string) (Verdict, error) { return Verdict{Skipped: true, Why: why}, nil }

// Refused is why a gate refuses a release. Until is when it would let it through, zero when that is not known.
type Refused struct {
	Fault *fault.Error
	Until time.Time
}

func (r *Refused) Error() string { return r.Fault.Error() }

// Unwrap gives the fault to errors.As.
func (r *Refused) Unwrap() error { return r.Fault }

func (r Release) refuse(cause, next string, evidence ...string) error {
	return r.refuseUntil(time.Time{}, cause, next, evidence...)
}

func (r Release) refuseUntil(until time.Time, cause, next string, evidence ...string) error {
	return &Refused{Until: until, Fault: &fault.Error{Op: r.Op, Cause: cause, Evidence: evidence, Next: next, Code: fault.NotReady}}
}

// left is a time that is left, as a person reads it.
func left(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days and %d hours", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	case d >= time.Minute:
		d = d.Round(time.Second)
		if d >= time.Hour {
			d = d.Round(time.Minute)
		}
		text := d.String()
		if d >= time.Hour {
			text = text[:len(text)-len("0s")]
		}
		return text
	}
	return d.Round(time.Second).String()
}
