package release

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"slipway/automation/cloud"
	"slipway/automation/release/ecs"
)

// rollout waits until our deployment is live: as many tasks as wanted run and the
// load balancer finds each of them healthy. Old tasks may still drain then. While
// AWS does not answer, it waits on: only ECS or the deadline ends a rollout.
func (p pass) rollout(ctx context.Context, site Site, change Change) (Rollout, ended, error) {
	w := &watch{pass: p, site: site, change: change, own: change.TaskDefinition, begun: p.Clock.Now(), told: map[string]bool{}}
	for pause := shortPause; ; pause = min(pause*3/2, longPause) {
		now, err := w.look(ctx)
		_, out := expired(err)
		switch {
		case ctx.Err() != nil:
			return Rollout{}, ended{}, ctx.Err()
		case out:
			return Rollout{}, ended{}, fmt.Errorf("watch the rollout: %w", err)
		case err != nil:
			w.unseen(err)
		default:
			w.seen()
			now = w.news(now)
			if w.tell(now) {
				pause = shortPause
			}
			rollout, end, over, err := w.judge(now)
			if over {
				return rollout, end, err
			}
			w.waited = true
		}
		if by := w.endedBy(ctx); by != "" {
			return Rollout{Newer: by}, superseded(by + " took over"), nil
		}
		if !p.Clock.Now().Before(p.until) {
			return Rollout{}, ended{}, w.late(err)
		}
		select {
		case <-ctx.Done():
			return Rollout{}, ended{}, ctx.Err()
		case <-p.Clock.After(pause):
		}
	}
}

// judge says whether the rollout is over, and how.
func (w *watch) judge(s ecs.Snapshot) (r Rollout, end ended, over bool, err error) {
	deployment, _ := find(s.Service, w.own)
	record, newer := s.Record.Of(w.own)
	w.known = w.known || record.Status != "" && !record.GivenUp() // what it may have been given up before is of before
	if !w.known && w.Clock.Since(w.begun) < settle {
		return r, end, false, nil
	}
	primary := s.Service.Primary()
	if record.Status == "" && primary.TaskDefinition != w.own {
		newer = primary.TaskDefinition
	}
	switch {
	case primary.ID == "":
		return r, end, true, fmt.Errorf("service %s has no deployment any more (status %s)", s.Service.Name, s.Service.Status)
	case newer != "":
		return Rollout{Newer: newer}, superseded(revisionOf(newer) + " took over"), true, nil
	case primary.TaskDefinition != w.own:
		if !record.GivenUp() {
			return r, end, false, nil // the record comes after
		}
		return r, end, true, &rolledBackByECS{reason: record.Reason, to: revisionOf(primary.TaskDefinition)}
	case record.GivenUp(), deployment.RolloutState == "FAILED":
		return r, end, true, fmt.Errorf("ECS gave the rollout up: %s", cmp.Or(record.Reason, deployment.RolloutReason))
	case serves(s, deployment):
		return r, w.live(deployment), true, nil
	}
	if crash := crashLoop(s.Stopped, deployment); crash != "" {
		return r, end, true, fmt.Errorf("its tasks keep stopping in the same way: %s", crash)
	}
	return r, end, false, nil
}

// late is the error at the deadline, with why nothing was seen last.
func (w *watch) late(unseen error) error {
	text := "not live before the deadline"
	if w.counts != "" {
		text += ": " + w.counts
	}
	if unseen != nil {
		return fmt.Errorf("%s; not seen since %s: %w", text, w.lost.Local().Format("15:04:05"), unseen)
	}
	return errors.New(text)
}

func (w *watch) live(d cloud.Deployment) ended {
	if d.Desired == 0 {
		w.warn("the service wants no task, so nothing runs: set slipway:desiredCount")
		return skipped("the service wants no task")
	}
	if !w.change.Applied && !w.waited {
		return skipped("ECS runs it already: " + w.counts)
	}
	return done(w.counts)
}

// rolledBackByECS is the circuit breaker's work: the old version serves, and the
// release did not work, however steady the service looks.
type rolledBackByECS struct{ reason, to string }

func (e *rolledBackByECS) Error() string {
	text := "rolled back by ECS to " + e.to
	if e.reason != "" {
		text += ": " + e.reason
	}
	return text
}
