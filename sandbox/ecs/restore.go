package ecs

import (
	"context"

	"slipway/sandbox/ecs/engine"
)

// restore takes over what an earlier run left: containers of known tasks are adopted, others removed,
// and every service and task is tended again.
func (s *Service) restore(ctx context.Context) error {
	found, err := s.Engine.List(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	byTask := map[string][]engine.Found{}
	for _, c := range found {
		arn := c.Labels[engine.TaskLabel]
		t := s.tasks[lastPart(arn)]
		if t == nil || t.stopped() || t.TaskARN != arn || t.starting() {
			if err := s.Engine.Remove(ctx, c.ID); err != nil {
				return err
			}
			continue
		}
		byTask[t.Internal.ID] = append(byTask[t.Internal.ID], c)
	}
	for id, t := range s.tasks {
		if !t.stopped() && t.run == nil {
			s.resume(t, byTask[id])
		}
	}
	for _, v := range s.services {
		if v.Status != "INACTIVE" && s.wakes[v.key()] == nil {
			s.employ(v)
		}
	}
	return nil
}

// resume goes on with a task where it was. One that had not reached RUNNING is launched again from the start.
func (s *Service) resume(t *task, found []engine.Found) {
	t.run = &taskRun{stop: make(chan struct{})}
	if t.starting() {
		t.Internal.Network = ownNetwork{}
		for i := range t.Containers {
			c := &t.Containers[i]
			c.RuntimeID, c.LastStatus, c.Bindings, c.Interfaces = "", "PENDING", []networkBinding{}, []networkInterface{}
		}
		s.employTask(t, true)
		return
	}
	if !t.alive() {
		close(t.run.stop)
	}
	def := s.definitions[t.Internal.Definition]
	for i := range t.Containers {
		c := &t.Containers[i]
		for _, f := range found {
			if f.Labels[engine.ContainerLabel] == c.Name {
				c.RuntimeID = f.ID
			}
		}
		if c.RuntimeID == "" {
			continue
		}
		s.containers[c.RuntimeID] = t
		if hasContainer(found, c.RuntimeID) {
			s.follow(t, i, def.ContainerDefinitions[i])
		}
	}
	s.employTask(t, false)
	s.crew.add(func(ctx context.Context) { s.rejoin(ctx, t) })
}

func hasContainer(found []engine.Found, id string) bool {
	for _, f := range found {
		if f.ID == id {
			return true
		}
	}
	return false
}

// rejoin looks at the containers of an adopted task and puts it into its target groups again.
func (s *Service) rejoin(ctx context.Context, t *task) {
	if id := t.Internal.Network.RuntimeID; id != "" {
		s.openInside(ctx, t, s.definitionOf(t), pauseName, id)
	}
	for _, c := range s.definitionOf(t).ContainerDefinitions {
		if id := s.runtimeID(t, c.Name); id != "" {
			s.openInside(ctx, t, s.definitionOf(t), c.Name, id)
			s.observe(ctx, id)
		}
	}
	s.mu.Lock()
	wanted := t.alive()
	s.mu.Unlock()
	if !wanted {
		return
	}
	if err := s.register(ctx, t); err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.stopTask(t, "ServiceSchedulerInitiated", err.Error())
	}
}
