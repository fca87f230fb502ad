package gate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/infra/config"
)

// Windows lets a release begin while one of the windows is open.
func Windows(windows []config.Window, clock clockwork.Clock) Ask {
	return func(_ context.Context, r Release) (Verdict, error) {
		now := clock.Now()
		var next time.Time
		var all []string
		for _, w := range windows {
			if w.Open(now) {
				return passed("within %s (%s)", w.Text, w.Zone)
			}
			if opens := w.Next(now); next.IsZero() || opens.Before(next) {
				next = opens
			}
			all = append(all, w.Text)
		}
		zone := windows[0].Zone
		cause := fmt.Sprintf("it is %s in %s, outside of the windows of %s: %s; the next one opens at %s, in %s", now.In(zone).Format("Mon 15:04"), zone,
			r.Environment, strings.Join(all, ", "), next.In(zone).Format("Mon 2006-01-02 15:04"), left(next.Sub(now)))
		return Verdict{}, r.refuseUntil(next, cause, "the same command then, or now with --force --reason 'why it cannot wait'")
	}
}

// Soaked is the release that a promotion takes its image from.
type Soaked struct {
	Environment string
	Number      int
	Since       time.Time // when it was proved
}

// Soak lets an image be promoted once the environment before has run it for long enough.
func Soak(need time.Duration, from Soaked, clock clockwork.Clock) Ask {
	return func(_ context.Context, r Release) (Verdict, error) {
		ready := from.Since.Add(need)
		now := clock.Now()
		if !now.Before(ready) {
			return passed("%s has run it for %s", from.Environment, left(now.Sub(from.Since)))
		}
		cause := fmt.Sprintf("%s has run this image for %s and %s wants %s of it (slipway:soak): %s are left, until %s", from.Environment,
			left(now.Sub(from.Since)), r.Environment, left(need), left(ready.Sub(now)), ready.UTC().Format("2006-01-02 15:04:05 MST"))
		return Verdict{}, r.refuseUntil(ready, cause, "the same command then, or now with --force --reason 'why it cannot wait'")
	}
}

// Hold refuses releases while an environment is held. Held answers by whom and why, and false when it is not.
func Hold(held func(context.Context) (who, why string, holds bool, err error)) Ask {
	return func(ctx context.Context, r Release) (Verdict, error) {
		who, why, holds, err := held(ctx)
		if err != nil {
			return Verdict{}, err
		}
		if holds {
			return Verdict{}, r.refuse(fmt.Sprintf("%s is held by %s: %s", r.Environment, who, why), "slipway resume "+r.Environment)
		}
		return passed("nobody holds it")
	}
}

// Waiting asks again once a gate lets a release through that it refuses until a time, unless that is later than limit from
// now: the release waits then.
func Waiting(ask Ask, limit time.Duration, clock clockwork.Clock, tell func(string)) Ask {
	return func(ctx context.Context, r Release) (Verdict, error) {
		latest := clock.Now().Add(limit)
		for {
			v, err := ask(ctx, r)
			var no *Refused
			if !errors.As(err, &no) || no.Until.IsZero() || no.Until.After(latest) {
				return v, err
			}
			tell("waiting: " + no.Fault.Cause)
			select {
			case <-ctx.Done():
				return Verdict{}, ctx.Err()
			case <-clock.After(max(no.Until.Sub(clock.Now()), time.Second)):
			}
		}
	}
}

// Forced lets through what a gate refuses, for a person's reason. An error that is no refusal stays one.
func Forced(ask Ask, reason string) Ask {
	return func(ctx context.Context, r Release) (Verdict, error) {
		v, err := ask(ctx, r)
		var no *Refused
		if errors.As(err, &no) {
			return Verdict{Accepted: true, Who: r.Who, Why: reason + " (" + no.Fault.Cause + ")"}, nil
		}
		return v, err
	}
}
