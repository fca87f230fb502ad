package ecs

import (
	"cmp"
	"context"
	"time"

	"slipway/sandbox/ecs/schedule"
	"slipway/sandbox/guard"
)

// How often a service is looked at when no event says so: load balancers are asked, not heard.
const (
	restless = 50 * time.Millisecond
	atRest   = time.Second
)

// tend moves one service towards what it should be until it is gone.
func (s *Service) tend(ctx context.Context, v *service, wake <-chan struct{}) {
	for {
		pause, done := s.reconcile(v)
		if done {
			return
		}
		timer := s.Clock.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-wake:
		case <-timer.Chan():
		}
		timer.Stop()
	}
}

// employ starts to tend a service.
func (s *Service) employ(v *service) {
	wake := make(chan struct{}, 1)
	s.wakes[v.key()] = wake
	s.crew.add(func(ctx context.Context) {
		guard.Again(ctx, s.Clock, s.Log, "scheduling "+v.ServiceName, func() { s.tend(ctx, v, wake) })
	})
}

// reconcile looks at a service once, starts and stops tasks, and returns when to look again.
func (s *Service) reconcile(v *service) (pause time.Duration, done bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.saveService(v)
	s.sweep()
	if v.Status == "DRAINING" {
		return s.drain(v)
	}
	s.step(v)
	s.judge(v)
	s.breakCircuit(v)
	plan := schedule.Next(s.input(v))
	s.apply(v, plan)
	moving := s.settle(v)
	if wait := v.Internal.RetryAt.Sub(s.Clock.Now()); moving && wait > 0 && len(s.unstopped(v)) == 0 {
		return wait, false
	}
	if moving {
		return restless, false
	}
	return atRest, false
}

// input is the service as the scheduler sees it.
func (s *Service) input(v *service) schedule.Input {
	d := v.primary()
	in := schedule.Input{
		Desired:        v.DesiredCount,
		MinimumPercent: v.Configuration.MinimumPercent,
		MaximumPercent: v.Configuration.MaximumPercent,
		Failed:         d.RolloutState == "FAILED",
	}
	for _, t := range s.unstopped(v) {
		if t.alive() {
			health, reason := s.health(v, t)
			if reason != "" {
				health = schedule.Unhealthy
			}
			in.Tasks = append(in.Tasks, schedule.Task{
				ID: t.Internal.ID, Primary: t.Internal.Deployment == d.ID, Health: health, Created: t.CreatedAt.Time,
			})
		}
	}
	return in
}

func (s *Service) apply(v *service, plan schedule.Plan) {
	if len(plan.Stop) > 0 {
		for _, id := range plan.Stop {
			reason := cmp.Or(s.tasks[id].Internal.Unhealthy, "Scaling activity initiated by (deployment "+v.primary().ID+")")
			s.stopTask(s.tasks[id], "ServiceSchedulerInitiated", reason)
		}
		v.Internal.Steady = false
		s.say(v, "has stopped %d running tasks: %s.", len(plan.Stop), listed(plan.Stop))
	}
	if plan.Blocked && !v.Internal.Blocked {
		s.say(v, "was unable to stop or start tasks during a deployment because of the service deployment configuration. "+
			"Update the minimumHealthyPercent or maximumPercent value and try again.")
	}
	v.Internal.Blocked = plan.Blocked
	if s.Clock.Now().Before(v.Internal.RetryAt) {
		return
	}
	s.start(v, v.primary(), plan.Start)
	if last := v.deployment(v.Internal.Completed.ID); last != nil {
		s.start(v, last, plan.Refill)
	}
}

func (v *service) deployment(id string) *deployment {
	for _, d := range v.Deployments {
		if d.ID == id {
			return d
		}
	}
	return nil
}

// start starts n tasks for a deployment.
func (s *Service) start(v *service, d *deployment, n int) {
	n = s.place(v, d, n)
	if n <= 0 {
		return
	}
	ids := make([]string, n)
	for i := range ids {
		t := s.newTask(v, d)
		ids[i] = t.Internal.ID
		s.employTask(t, true)
	}
	v.Internal.Steady = false
	s.say(v, "has started %d tasks: %s.", n, listed(ids))
}

// settle takes note of what has been reached and reports whether anything is still moving.
func (s *Service) settle(v *service) (moving bool) {
	unstopped := s.unstopped(v)
	s.forget(v, unstopped)
	d, healthy, others := v.primary(), 0, 0
	for _, t := range unstopped {
		verdict, _ := s.health(v, t)
		switch {
		case t.Internal.Deployment != d.ID:
			others++
		case t.alive() && verdict == schedule.Healthy:
			healthy++
		default:
			moving = true
		}
	}
	reached := healthy == v.DesiredCount && others == 0
	if d.RolloutState == "IN_PROGRESS" && v.Configuration.Early.done(healthy, v.DesiredCount, others) {
		s.complete(v)
		s.forget(v, unstopped)
	}
	if reached && !moving && d.RolloutState == "COMPLETED" && !v.Internal.Steady {
		v.Internal.Steady = true
		s.say(v, "has reached a steady state.")
		s.tellAction(v, "INFO", "SERVICE_STEADY_STATE")
	}
	v.count(unstopped)
	stalled := d.RolloutState == "FAILED" && others == 0 && !moving
	return moving || (!reached && !stalled)
}

// drain stops what a deleted service still has.
func (s *Service) drain(v *service) (pause time.Duration, done bool) {
	unstopped := s.unstopped(v)
	var ids []string
	for _, t := range unstopped {
		if t.alive() {
			ids = append(ids, t.Internal.ID)
			s.stopTask(t, "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment "+v.primary().ID+")")
		}
	}
	if len(ids) > 0 {
		s.say(v, "has stopped %d running tasks: %s.", len(ids), listed(ids))
	}
	v.count(unstopped)
	if len(unstopped) > 0 {
		return atRest, false
	}
	v.Status, v.Internal.GoneAt = "INACTIVE", s.Clock.Now()
	v.Deployments = nil
	delete(s.wakes, v.key())
	return 0, true
}
