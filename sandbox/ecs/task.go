package ecs

import (
	"context"
	"fmt"
	"time"

	"slipway/sandbox/naming"
)

// newTask makes the record of a task of a deployment.
func (s *Service) newTask(v *service, d *deployment) *task {
	return s.addTask(s.clusters[lastPart(v.ClusterARN)], s.definitions[lastPart(d.TaskDefinition)], origin{
		service: v.key(), deployment: d.ID, group: "service:" + v.ServiceName, startedBy: d.ID,
		launchType: v.launchType(), strategy: d.Strategy, execute: v.ExecuteCommand, network: v.Network,
	})
}

// origin is who wants a task, and how.
type origin struct {
	service, deployment string // "" for a task of RunTask
	group, startedBy    string
	launchType          string
	strategy            []strategyItem
	overrides           *overrides
	token               string
	execute             bool
	network             *networkSettings
}

// addTask makes the record of a task.
func (s *Service) addTask(c *cluster, def *taskDefinition, from origin) *task {
	id := naming.Hex(32)
	t := &task{run: &taskRun{stop: make(chan struct{})}}
	t.Internal = taskState{ID: id, Service: from.service, Definition: def.key(), Deployment: from.deployment, Token: from.token}
	t.Internal.Place = s.placeOf(c, from)
	t.taskView = taskView{
		TaskARN: s.Region.ARN("ecs", "task/"+c.ClusterName+"/"+id), ClusterARN: c.ClusterARN, TaskDefinitionARN: def.ARN,
		Group: from.group, StartedBy: from.startedBy, LaunchType: from.launchType, Overrides: from.overrides, ExecuteCommand: from.execute,
		LastStatus: "PROVISIONING", DesiredStatus: "RUNNING", HealthStatus: "UNKNOWN", Connectivity: "CONNECTED",
		CPU: def.CPU, Memory: def.Memory, Attachments: []attachment{}, CreatedAt: s.now(),
	}
	if len(from.strategy) > 0 {
		t.CapacityProvider = from.strategy[0].CapacityProvider
	}
	if t.LaunchType == "EC2" {
		t.InstanceARN = c.Internal.ARN
	}
	for i, cd := range def.ContainerDefinitions {
		t.Containers = append(t.Containers, taskContainer{
			ContainerARN: s.Region.ARN("ecs", "container/"+c.ClusterName+"/"+id+"/"+naming.UUID()), TaskARN: t.TaskARN,
			Name: cd.Name, Image: cd.Image, LastStatus: "PENDING", HealthStatus: "UNKNOWN",
			Bindings: []networkBinding{}, Interfaces: []networkInterface{},
		})
		t.Internal.ImageIDs = append(t.Internal.ImageIDs, "")
		t.Internal.MetadataIDs = append(t.Internal.MetadataIDs, fmt.Sprintf("%s-%010d", id, i+1))
	}
	s.tasks[id] = t
	s.saveTask(t)
	return t
}

// launchType is what tasks of the service run as.
func (v *service) launchType() string { return launchTypeOf(v.LaunchType, v.Strategy) }

// employTask takes care of a task until it is STOPPED; launch is false for one that runs already.
func (s *Service) employTask(t *task, launch bool) {
	s.crew.add(func(ctx context.Context) { s.accompany(ctx, t, launch) })
}

func (s *Service) accompany(ctx context.Context, t *task, launch bool) {
	defer t.run.inside.close()
	if launch {
		s.launchTask(ctx, t)
	}
	select {
	case <-ctx.Done():
		return
	case <-t.run.stop:
	}
	s.shutdown(ctx, t)
}

// launchTask brings a task to RUNNING, unless it is stopped before.
func (s *Service) launchTask(ctx context.Context, t *task) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-t.run.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	err := s.launch(ctx, t)
	if err == nil || ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.alive() {
		s.stopTask(t, "TaskFailedToStart", err.Error())
		s.strikeTask(t)
	}
}

// stopTask makes STOPPED the status to reach. Only the first cause counts.
func (s *Service) stopTask(t *task, code, reason string) {
	if !t.alive() {
		return
	}
	t.DesiredStatus, t.StopCode, t.StoppedReason, t.StoppingAt = "STOPPED", code, reason, s.now()
	if t.running() {
		t.LastStatus = "DEACTIVATING"
	}
	if t.run != nil {
		close(t.run.stop)
	}
	s.saveTask(t)
}

// strikeTask counts a task that ended by itself before it was ever healthy.
func (s *Service) strikeTask(t *task) {
	if v := s.services[t.Internal.Service]; v != nil && v.Status == "ACTIVE" {
		v.Internal.Steady = false
		if !t.Internal.WasHealthy {
			s.strike(v, t)
		}
	}
}

// stoppedFor is how long ECS shows a task after it has stopped; here a deleted service too.
const stoppedFor = time.Hour

// sweep forgets tasks and services that stopped more than an hour ago.
func (s *Service) sweep() {
	for id, t := range s.tasks {
		if t.stopped() && s.Clock.Since(t.StoppedAt.Time) > stoppedFor {
			delete(s.tasks, id)
			s.remove(s.tables.tasks, "t/", id)
		}
	}
	for key, v := range s.services {
		if v.Status == "INACTIVE" && s.Clock.Since(v.Internal.GoneAt) > stoppedFor {
			delete(s.services, key)
			s.remove(s.tables.services, "s/", key)
		}
	}
}

// update changes a task under the lock and writes it.
func (s *Service) update(t *task, change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	s.saveTask(t)
}
