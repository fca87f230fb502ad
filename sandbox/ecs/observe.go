package ecs

import (
	"context"

	"slipway/sandbox/ecs/engine"
)

// observe takes note of what a container is doing now.
func (s *Service) observe(ctx context.Context, id string) {
	s.mu.Lock()
	t := s.containers[id]
	s.mu.Unlock()
	if t == nil {
		return
	}
	status, found, err := s.Engine.Status(ctx, id)
	if err != nil {
		s.Log.Warn("observing a container", "container", id, "error", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range t.Containers {
		if t.Containers[i].RuntimeID != id {
			continue
		}
		switch {
		case !found || status.Exited:
			s.containerEnded(t, i, status)
		case status.Health != "":
			s.healthChanged(t, i, status.Health)
		}
	}
	s.saveTask(t)
}

func (s *Service) observeAll(ctx context.Context) {
	s.mu.Lock()
	ids := make([]string, 0, len(s.containers))
	for id := range s.containers {
		ids = append(ids, id)
	}
	s.mu.Unlock()
	for _, id := range ids {
		s.observe(ctx, id)
	}
}

// containerEnded notes a container's end; a task ends with any of its essential containers.
func (s *Service) containerEnded(t *task, i int, status engine.Status) {
	c := &t.Containers[i]
	if c.LastStatus == "STOPPED" {
		return
	}
	c.LastStatus = "STOPPED"
	if status.Exited {
		code := status.ExitCode
		c.ExitCode = &code
	}
	if status.OOMKilled {
		c.Reason = "OutOfMemoryError: Container killed due to memory usage"
	} else if c.Reason == "" && status.Error != "" {
		c.Reason = status.Error
	}
	cd, _ := s.definitions[t.Internal.Definition].Container(c.Name)
	if !cd.IsEssential() || !t.alive() {
		return
	}
	s.stopTask(t, "EssentialContainerExited", "Essential container in task exited")
	s.strikeTask(t)
}

// healthChanged notes a verdict of Docker's; a task is as healthy as the worst of its essential containers.
func (s *Service) healthChanged(t *task, i int, health string) {
	verdicts := map[string]string{"healthy": "HEALTHY", "unhealthy": "UNHEALTHY", "starting": "UNKNOWN"}
	t.Containers[i].HealthStatus = verdicts[health]
	worst := "HEALTHY"
	for n, cd := range s.definitions[t.Internal.Definition].ContainerDefinitions {
		if !cd.IsEssential() || cd.HealthCheck == nil {
			continue
		}
		switch t.Containers[n].HealthStatus {
		case "UNHEALTHY":
			worst = "UNHEALTHY"
		case "UNKNOWN":
			if worst == "HEALTHY" {
				worst = "UNKNOWN"
			}
		}
	}
	t.HealthStatus = worst
}
