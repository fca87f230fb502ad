package ecs

import (
	"strings"
	"time"

	"slipway/sandbox/ecs/schedule"
)

// outlive is how long a task without any health check has to be RUNNING to count as a healthy one (ECS API reference,
// DeploymentConfiguration, minimumHealthyPercent: "the service scheduler will wait for 40 seconds after a task reaches a
// RUNNING state before the task is counted towards the minimum healthy percent total", November 2026).
const outlive = 40 * time.Second

// health is the scheduler's view of a task. reason is "" or why the task has to be replaced.
func (s *Service) health(v *service, t *task) (h schedule.Health, reason string) {
	if !t.running() {
		return schedule.Starting, ""
	}
	age := s.Clock.Since(t.StartedAt.Time)
	graceful := age < time.Duration(v.GracePeriod)*time.Second // whole at any speed: it is the app's time to start
	h = schedule.Healthy
	checked := false
	switch t.HealthStatus {
	case "UNHEALTHY":
		return unproven(graceful, "Task failed container health checks")
	case "HEALTHY":
		checked = true
	default:
		if s.checksHealth(t) {
			checked, h = true, schedule.Unproven
		}
	}
	if len(v.LoadBalancers) > 0 && !t.Internal.Registered {
		return schedule.Unproven, ""
	}
	for _, target := range t.Internal.Targets {
		checked = true
		switch state, _ := s.Balancer.State(target.GroupARN, target.ID, target.Address); state {
		case "healthy":
		case "unhealthy":
			return unproven(graceful, "Task failed ELB health checks in (target-group "+target.GroupARN+")")
		default:
			h = schedule.Unproven
		}
	}
	if !checked && age < s.scaled(outlive) {
		h = schedule.Unproven
	}
	return h, ""
}

func unproven(graceful bool, reason string) (schedule.Health, string) {
	if graceful {
		reason = ""
	}
	return schedule.Unproven, reason
}

// checksHealth reports whether an essential container of the task has a health check.
func (s *Service) checksHealth(t *task) bool {
	for _, c := range s.definitions[t.Internal.Definition].ContainerDefinitions {
		if c.IsEssential() && c.HealthCheck != nil && c.HealthCheck.Command[0] != "NONE" {
			return true
		}
	}
	return false
}

// judge notes which tasks of a service have become unhealthy, for the plan to replace them, and which healthy.
func (s *Service) judge(v *service) {
	for _, t := range s.unstopped(v) {
		if !t.alive() {
			continue
		}
		h, reason := s.health(v, t)
		if reason != "" && t.Internal.Unhealthy == "" {
			s.sayUnhealthy(v, t, reason)
			v.Internal.Steady = false
			s.strike(v, t)
		}
		if t.Internal.Unhealthy != reason {
			t.Internal.Unhealthy = reason
			s.saveTask(t)
		}
		if h == schedule.Healthy && !t.Internal.WasHealthy {
			s.prove(v, t)
		}
	}
}

// prove notes a task's first healthy moment; it ends a row of failures.
func (s *Service) prove(v *service, t *task) {
	t.Internal.WasHealthy = true
	s.saveTask(t)
	v.Internal.Strikes, v.Internal.RetryAt = 0, s.Clock.Now()
	reset := v.Configuration.Breaker.ResetOnHealthy
	if d := v.deployment(t.Internal.Deployment); d != nil && d.RolloutState == "IN_PROGRESS" && (reset == nil || *reset) {
		d.FailedTasks = 0
	}
}

// strike counts a failed task: for the circuit breaker while its deployment rolls out,
// and for the wait before the next attempt.
func (s *Service) strike(v *service, t *task) {
	d := v.primary()
	if t.Internal.Deployment != d.ID {
		return
	}
	if d.RolloutState == "IN_PROGRESS" {
		d.FailedTasks++
		d.UpdatedAt = s.now()
		if sd := v.serviceDeployment(d.ID); sd != nil {
			sd.FailureCount = d.FailedTasks
		}
	}
	v.Internal.Strikes++
	if schedule.Throttled(v.Internal.Strikes) {
		s.say(v, "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.")
		s.tellAction(v, "WARN", "SERVICE_TASK_START_IMPAIRED")
	}
	v.Internal.RetryAt = s.Clock.Now().Add(s.scaled(schedule.Backoff(v.Internal.Strikes)))
}

func (s *Service) sayUnhealthy(v *service, t *task, reason string) {
	if !strings.Contains(reason, "target-group") {
		s.say(v, "(task %s) failed container health checks.", t.Internal.ID)
		return
	}
	for _, target := range t.Internal.Targets {
		if state, why := s.Balancer.State(target.GroupARN, target.ID, target.Address); state == "unhealthy" {
			who := "instance " + target.ID
			if !strings.HasPrefix(target.ID, "i-") {
				who = "task " + t.Internal.ID
			}
			s.say(v, "(%s) (port %d) is unhealthy in (target-group %s) due to (reason %s).", who, target.Port, target.GroupARN, because(why))
		}
	}
}

func because(why string) string {
	if why == "" {
		return "Health checks failed"
	}
	return why
}
