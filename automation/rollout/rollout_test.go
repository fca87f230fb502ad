package rollout

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/cloud"
	"slipway/automation/ui"
)

// scene is a service as it looks at each look; the last one stays.
type scene struct {
	looks   []cloud.Service
	healthy int
	record  []cloud.ServiceDeployment
	wrong   int // so many looks go wrong first
}

func (s *scene) Service(context.Context, string, string) (cloud.Service, error) {
	if s.wrong > 0 {
		s.wrong--
		return cloud.Service{}, errors.New("throttled")
	}
	now := s.looks[0]
	if len(s.looks) > 1 {
		s.looks = s.looks[1:]
	}
	return now, nil
}

func (s *scene) Targets(context.Context, string) ([]cloud.Target, error) {
	return slices.Repeat([]cloud.Target{{State: "healthy"}}, s.healthy), nil
}

func (s *scene) ServiceDeployments(context.Context, string, string, time.Time) ([]cloud.ServiceDeployment, error) {
	return s.record, nil
}

func with(id, state string, running int) cloud.Service {
	return cloud.Service{Desired: 2, Running: running, Deployments: []cloud.Deployment{
		{ID: id, Status: "PRIMARY", RolloutState: state, RolloutReason: "tasks failed to start", Desired: 2, Running: running},
	}}
}

func TestWatch(t *testing.T) {
	restarted := func(w *Watch) error { return w.Restarted(t.Context(), "ecs-svc/9") }
	scaled := func(w *Watch) error { return w.Scaled(t.Context(), 2) }
	tests := []struct {
		name  string
		scene scene
		watch func(*Watch) error
		err   string
	}{
		{"completed", scene{looks: []cloud.Service{with("ecs-svc/9", "IN_PROGRESS", 1), with("ecs-svc/9", "COMPLETED", 2)}}, restarted, ""},
		{"given up", scene{looks: []cloud.Service{with("ecs-svc/9", "FAILED", 1)}}, restarted, "tasks failed to start"},
		{"taken back by ECS", scene{looks: []cloud.Service{with("ecs-svc/10", "IN_PROGRESS", 1)},
			record: []cloud.ServiceDeployment{{Status: "PENDING"}, {Status: "ROLLBACK_SUCCESSFUL", Reason: "circuit breaker"}}}, restarted, "circuit breaker"},
		{"a release took over", scene{looks: []cloud.Service{with("ecs-svc/10", "IN_PROGRESS", 1)},
			record: []cloud.ServiceDeployment{{Status: "IN_PROGRESS"}, {Status: "STOPPED"}}}, restarted, ErrSuperseded.Error()},
		{"never ends", scene{looks: []cloud.Service{with("ecs-svc/9", "IN_PROGRESS", 1)}}, restarted, "not done after 1m0s: 1/2 running"},
		{"throttled for a while", scene{wrong: lost - 1, looks: []cloud.Service{with("ecs-svc/9", "COMPLETED", 2)}}, restarted, ""},
		{"throttled for good", scene{wrong: 100, looks: []cloud.Service{{}}}, restarted, "watch service app: throttled"},
		{"scaled", scene{looks: []cloud.Service{with("1", "COMPLETED", 1), with("1", "COMPLETED", 2)}, healthy: 2}, scaled, ""},
		{"one is never healthy", scene{looks: []cloud.Service{with("1", "COMPLETED", 2)}, healthy: 1}, scaled, "2/2 running, 1/2 healthy"},
		{"scaled by somebody else", scene{looks: []cloud.Service{{Desired: 5}}}, scaled, "somebody else set the service to 5"},
	}
	for _, test := range tests {
		clock := clockwork.NewFakeClock()
		stop := make(chan struct{})
		go func() {
			for clock.BlockUntilContext(t.Context(), 1) == nil {
				select {
				case <-stop:
					return
				default:
					clock.Advance(longPause)
				}
			}
		}()
		err := test.watch(&Watch{Cloud: &test.scene, Service: "app", TargetGroup: "tg", Sink: ui.Discard, Clock: clock, Deadline: time.Minute})
		close(stop)
		if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: %v, want %q", test.name, err, test.err)
		}
	}
}
