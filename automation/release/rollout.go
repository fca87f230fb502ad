package release

import (
	"context"
	"fmt"
	"time"

	"slipway/automation/cloud"
)

// rollout waits until our deployment is live: as many tasks as wanted run and the
// load balancer finds each of them healthy. Old tasks may still drain then.
type rollout struct{}

func (rollout) Name() string { return "rollout" }

// The pauses between two looks at the service: short while something happens.
const (
	shortPause = 250 * time.Millisecond
	longPause  = 2 * time.Second
	// lost is how many looks in a row may go wrong, each tried again by the SDK.
	lost = 5
)

func (rollout) Run(ctx context.Context, r *run) (ended, error) {
	w := &watch{run: r, own: r.change.taskDefinition, begun: r.Clock.Now(), told: map[string]bool{}}
	wrong := 0
	for pause := shortPause; ; pause = min(pause*3/2, longPause) {
		seen, err := w.look(ctx)
		switch {
		case ctx.Err() != nil:
			return ended{}, ctx.Err()
		case err != nil:
			_, expired := r.expired(err)
			if wrong++; wrong == lost || expired {
				return ended{}, fmt.Errorf("watch the rollout: %w", err)
			}
		default:
			wrong = 0
			seen = w.news(seen)
			if w.tell(seen) {
				pause = shortPause
			}
			end, over, err := w.judge(seen)
			if over {
				return end, err
			}
			w.waited = true
		}
		if !r.Clock.Now().Before(r.until) {
			return ended{}, fmt.Errorf("not live before the deadline: %s", w.counts)
		}
		select {
		case <-ctx.Done():
			return ended{}, ctx.Err()
		case <-r.Clock.After(pause):
		}
	}
}

// judge says whether the rollout is over, and how.
func (w *watch) judge(s sight) (end ended, over bool, err error) {
	deployment, there := find(s.service, w.own)
	w.known = w.known || there
	if !w.known && w.Clock.Since(w.begun) < settle {
		return ended{}, false, nil
	}
	switch primary := s.service.Primary(); {
	case primary.ID == "":
		return ended{}, true, fmt.Errorf("service %s has no deployment any more (status %s)", s.service.Name, s.service.Status)
	case compare(primary.TaskDefinition, w.own) == newer:
		end, _ = superseded(revisionOf(primary.TaskDefinition) + " took over")
		return end, true, nil
	case compare(primary.TaskDefinition, w.own) == older:
		return ended{}, true, &rolledBackByECS{reason: deployment.RolloutReason, to: revisionOf(primary.TaskDefinition)}
	case deployment.RolloutState == "FAILED":
		return ended{}, true, fmt.Errorf("ECS gave the rollout up: %s", deployment.RolloutReason)
	case s.live(deployment):
		return w.live(deployment), true, nil
	}
	if crash := crashLoop(s.stopped, deployment); crash != "" {
		return ended{}, true, fmt.Errorf("its tasks keep stopping in the same way: %s", crash)
	}
	return ended{}, false, nil
}

func (w *watch) live(d cloud.Deployment) ended {
	if d.Desired == 0 {
		w.warn("the service wants no task, so nothing runs: set slipway:desiredCount")
		end, _ := skipped("the service wants no task")
		return end
	}
	end, _ := done(w.counts)
	if !w.change.applied && !w.waited {
		end, _ = skipped("ECS runs it already: " + w.counts)
	}
	return end
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
