// Package rollout watches a service that was told to start its tasks anew, or to run another number of them, until it has
// done so. A release watches its own rollouts: it also has a task definition to prove.
package rollout

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/cloud"
	"slipway/automation/ui"
)

// Cloud is what is asked of AWS.
type Cloud interface {
	Service(ctx context.Context, cluster, name string) (cloud.Service, error)
	Targets(ctx context.Context, targetGroup string) ([]cloud.Target, error)
	ServiceDeployments(ctx context.Context, cluster, service string, after time.Time) ([]cloud.ServiceDeployment, error)
}

// Watch is where to look, and what may be told.
type Watch struct {
	Cloud       Cloud
	Cluster     string
	Service     string
	TargetGroup string        // "" without a load balancer
	Before      cloud.Service // as it was before it was told: its events are old news
	Since       time.Time     // when it was told, by ECS's clock
	Sink        ui.Sink
	Clock       clockwork.Clock
	Deadline    time.Duration

	told   map[string]bool
	counts string
	events []string // told, oldest first
}

// The pauses between two looks: short while something happens.
const (
	shortPause = 250 * time.Millisecond
	longPause  = 2 * time.Second
	lost       = 5 // looks in a row that may go wrong, each tried again by the SDK
)

// Restarted returns when a deployment is completed, and an error when ECS gave it up or another one took over.
func (w *Watch) Restarted(ctx context.Context, deployment string) error {
	return w.until(ctx, func(s cloud.Service) (bool, error) {
		primary := s.Primary()
		if primary.ID != deployment {
			return true, w.ended(ctx, s, deployment)
		}
		w.count(fmt.Sprintf("%d/%d running", primary.Running, primary.Desired))
		if primary.RolloutState == "FAILED" {
			return true, &Failed{Reason: primary.RolloutReason, Events: w.events}
		}
		return primary.RolloutState == "COMPLETED", nil
	})
}

// Scaled returns when a service runs as many tasks as were asked for, and the load balancer finds as many healthy.
func (w *Watch) Scaled(ctx context.Context, tasks int) error {
	return w.until(ctx, func(s cloud.Service) (bool, error) {
		if s.Desired != tasks {
			return true, fmt.Errorf("somebody else set the service to %d tasks meanwhile", s.Desired)
		}
		healthy, err := w.healthy(ctx)
		if err != nil {
			return false, err
		}
		text, enough := fmt.Sprintf("%d/%d running", s.Running, tasks), true
		if w.TargetGroup != "" {
			text += fmt.Sprintf(", %d/%d healthy", healthy, tasks)
			enough = healthy >= tasks
		}
		w.count(text)
		return s.Running == tasks && s.Pending == 0 && enough, nil
	})
}

func (w *Watch) healthy(ctx context.Context) (n int, err error) {
	if w.TargetGroup == "" {
		return 0, nil
	}
	targets, err := w.Cloud.Targets(ctx, w.TargetGroup)
	for _, t := range targets {
		if t.State == "healthy" {
			n++
		}
	}
	return n, err
}

// until looks at the service until done says so.
func (w *Watch) until(ctx context.Context, done func(cloud.Service) (bool, error)) error {
	end, wrong := w.Clock.Now().Add(w.Deadline), 0
	for pause := shortPause; ; pause = min(pause*3/2, longPause) {
		over, err := w.look(ctx, done)
		switch {
		case over, ctx.Err() != nil:
			return err
		case err != nil:
			if wrong++; wrong == lost {
				return fmt.Errorf("watch service %s: %w", w.Service, err)
			}
		default:
			wrong = 0
		}
		if !w.Clock.Now().Before(end) {
			return &Failed{Reason: fmt.Sprintf("not done after %s: %s", w.Deadline, w.counts), Events: w.events}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.Clock.After(pause):
		}
	}
}

func (w *Watch) look(ctx context.Context, done func(cloud.Service) (bool, error)) (bool, error) {
	s, err := w.Cloud.Service(ctx, w.Cluster, w.Service)
	if err != nil {
		return false, err
	}
	w.tell(s)
	return done(s)
}

// tell passes on the events of the service that are new.
func (w *Watch) tell(s cloud.Service) {
	if w.told == nil {
		w.told = map[string]bool{}
		for _, e := range w.Before.Events {
			w.told[e.ID] = true
		}
	}
	for _, e := range slices.Backward(s.Events) {
		if w.told[e.ID] {
			continue
		}
		w.told[e.ID] = true
		text := "ECS: " + ofService.ReplaceAllString(e.Message, "")
		w.events = append(w.events, text)
		w.Sink.Event(ui.Note{Text: text})
	}
}

// ofService is the part of an event's message that is the same in every one.
var ofService = regexp.MustCompile(`^\(service [^)]*\) `)

func (w *Watch) count(text string) {
	if text != w.counts {
		w.counts = text
		w.Sink.Event(ui.Note{Text: text})
	}
}

// ended says why a deployment is not the primary one any more. ECS's record of it knows; where there is none yet, what
// DescribeServices still shows of it does.
func (w *Watch) ended(ctx context.Context, s cloud.Service, deployment string) error {
	for _, d := range s.Deployments {
		if d.ID == deployment && d.RolloutState == "FAILED" {
			return &Failed{Reason: d.RolloutReason, Events: w.events}
		}
	}
	all, err := w.Cloud.ServiceDeployments(ctx, w.Cluster, w.Service, w.Since)
	if err != nil {
		return err
	}
	if n := len(all); n > 0 && all[n-1].GivenUp() && (n == 1 || all[n-1].Status != "STOPPED") {
		return &Failed{Reason: all[n-1].Reason, Events: w.events}
	}
	return ErrSuperseded
}
