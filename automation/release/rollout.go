package release

import (
	"context"
	"fmt"
	"time"

	"slipway/automation/cloud"
)

// The pauses between two looks at the service: short while something happens.
const (
	shortPause = 250 * time.Millisecond
	longPause  = 2 * time.Second
	// lost is how many looks in a row may go wrong, each tried again by the SDK.
	lost = 5
)

// rollout waits until our deployment is live: as many tasks as wanted run and the
// load balancer finds each of them healthy. Old tasks may still drain then.
func (p pass) rollout(ctx context.Context, site Site, change Change) (Rollout, ended, error) {
	w := &watch{pass: p, site: site, change: change, own: change.TaskDefinition, begun: p.Clock.Now(), told: map[string]bool{}}
	wrong := 0
	for pause := shortPause; ; pause = min(pause*3/2, longPause) {
		seen, err := w.look(ctx)
		switch {
		case ctx.Err() != nil:
			return Rollout{}, ended{}, ctx.Err()
		case err != nil:
			_, over := expired(err)
			if wrong++; wrong == lost || over {
				return Rollout{}, ended{}, fmt.Errorf("watch the rollout: %w", err)
			}
		default:
			wrong = 0
			seen = w.news(seen)
			if w.tell(seen) {
				pause = shortPause
			}
			rollout, end, over, err := w.judge(seen)
			if over {
				return rollout, end, err
			}
			w.waited = true
		}
		if !p.Clock.Now().Before(p.until) {
			return Rollout{}, ended{}, fmt.Errorf("not live before the deadline: %s", w.counts)
		}
		select {
		case <-ctx.Done():
			return Rollout{}, ended{}, ctx.Err()
		case <-p.Clock.After(pause):
		}
	}
}

// judge says whether the rollout is over, and how.
func (w *watch) judge(s sight) (r Rollout, end ended, over bool, err error) {
	deployment, there := find(s.service, w.own)
	w.known = w.known || there
	if !w.known && w.Clock.Since(w.begun) < settle {
		return r, end, false, nil
	}
	switch primary := s.service.Primary(); {
	case primary.ID == "":
		return r, end, true, fmt.Errorf("service %s has no deployment any more (status %s)", s.service.Name, s.service.Status)
	case compare(primary.TaskDefinition, w.own) == newer:
		return Rollout{Newer: primary.TaskDefinition}, superseded(revisionOf(primary.TaskDefinition) + " took over"), true, nil
	case compare(primary.TaskDefinition, w.own) == older:
		return r, end, true, &rolledBackByECS{reason: deployment.RolloutReason, to: revisionOf(primary.TaskDefinition)}
	case deployment.RolloutState == "FAILED":
		return r, end, true, fmt.Errorf("ECS gave the rollout up: %s", deployment.RolloutReason)
	case s.live(deployment):
		return r, w.live(deployment), true, nil
	}
	if crash := crashLoop(s.stopped, deployment); crash != "" {
		return r, end, true, fmt.Errorf("its tasks keep stopping in the same way: %s", crash)
	}
	return r, end, false, nil
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
