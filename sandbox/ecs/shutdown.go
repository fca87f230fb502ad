package ecs

import (
	"context"
	"time"
)

// shutdown is the way of a task to STOPPED: out of its target groups, drained, its containers ended and removed.
func (s *Service) shutdown(ctx context.Context, t *task) {
	s.deregister(ctx, t)
	s.update(t, func() { t.LastStatus = "STOPPING" })
	for ctx.Err() == nil {
		err := s.stopContainers(ctx, t)
		if err == nil {
			break
		}
		s.Log.Warn("stopping a task", "task", t.Internal.ID, "error", err)
		s.pause(ctx, time.Second)
	}
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t.LastStatus, t.StoppedAt, t.ExecutionStoppedAt = "STOPPED", s.now(), s.now()
	for i := range t.Containers {
		delete(s.containers, t.Containers[i].RuntimeID)
		t.Containers[i].LastStatus = "STOPPED"
	}
	s.saveTask(t)
}

// deregister takes the task out of its target groups and waits for requests in flight if it can still answer them.
func (s *Service) deregister(ctx context.Context, t *task) {
	s.update(t, func() { t.LastStatus = "DEACTIVATING" })
	if len(t.Internal.Targets) == 0 {
		return
	}
	for _, target := range t.Internal.Targets {
		if err := s.Balancer.Deregister(ctx, target.GroupARN, target.ID, target.Address); err != nil {
			s.Log.Warn("deregistering a target", "task", t.Internal.ID, "error", err)
		}
	}
	s.update(t, func() { s.sayDraining(t) })
	for s.draining(t) && ctx.Err() == nil {
		s.pause(ctx, restless)
	}
}

func (s *Service) sayDraining(t *task) {
	v := s.services[t.Internal.Service]
	if v == nil || !t.Internal.Registered {
		return
	}
	t.Internal.Registered = false
	for _, target := range t.Internal.Targets {
		s.say(v, "deregistered 1 targets in (target-group %s)", target.GroupARN)
	}
	s.say(v, "has begun draining connections on 1 tasks.")
}

// draining reports whether a target still drains and a container of the task is there to answer.
func (s *Service) draining(t *task) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	runs := false
	for _, c := range t.Containers {
		runs = runs || c.LastStatus == "RUNNING"
	}
	for _, target := range t.Internal.Targets {
		if state, _ := s.Balancer.State(target.GroupARN, target.ID, target.Address); runs && state == "draining" {
			return true
		}
	}
	return false
}

// stopContainers ends the containers, last started first, reads the rest of their output and removes them.
func (s *Service) stopContainers(ctx context.Context, t *task) error {
	order, err := s.definitionOf(t).Order()
	if err != nil {
		return err
	}
	for i := len(order) - 1; i >= 0; i-- {
		c := order[i]
		id := s.runtimeID(t, c.Name)
		if id == "" {
			continue
		}
		timeout := defaultStop
		if c.StopTimeout != nil {
			timeout = time.Duration(*c.StopTimeout) * time.Second
		}
		if err := s.Engine.Stop(ctx, id, timeout); err != nil {
			return err
		}
		s.observe(ctx, id)
	}
	s.awaitLogs(ctx, t)
	for _, c := range order {
		if id := s.runtimeID(t, c.Name); id != "" {
			if err := s.Engine.Remove(ctx, id); err != nil {
				return err
			}
		}
	}
	if err := s.endNetwork(ctx, t); err != nil {
		return err
	}
	return ctx.Err()
}

func (s *Service) runtimeID(t *task, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return t.Containers[t.index(name)].RuntimeID
}

func (s *Service) pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-s.Clock.After(d):
	}
}
