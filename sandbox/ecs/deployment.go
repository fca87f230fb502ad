package ecs

// primary is the deployment that the service is moving to; there is always one in an active service.
func (v *service) primary() *deployment { return v.Deployments[0] }

// deploy starts a deployment of a task definition. The one before becomes ACTIVE and only drains from now on.
func (s *Service) deploy(v *service, definition string) *deployment {
	for _, d := range v.Deployments {
		d.Status = "ACTIVE"
	}
	d := &deployment{
		ID: "ecs-svc/" + digits(), Status: "PRIMARY", TaskDefinition: definition, DesiredCount: v.DesiredCount,
		CreatedAt: s.now(), UpdatedAt: s.now(), LaunchType: v.LaunchType, Strategy: v.Strategy, Network: v.Network,
		RolloutState: "IN_PROGRESS",
	}
	d.RolloutReason = "ECS deployment " + d.ID + " in progress."
	v.Deployments = append([]*deployment{d}, v.Deployments...)
	v.TaskDefinition = definition
	v.Internal.Strikes, v.Internal.RetryAt = 0, s.now().Time
	v.Internal.Steady, v.Internal.Blocked = false, false
	return d
}

// begin is deploy for what a user asked for: it is also a service deployment of its own.
func (s *Service) begin(v *service, definition string) *deployment {
	d := s.deploy(v, definition)
	s.supersede(v)
	s.record(v, d)
	s.tellDeployment(v, d)
	return d
}

// complete marks the PRIMARY deployment as done; a later failure rolls back to it.
func (s *Service) complete(v *service) {
	d := v.primary()
	d.RolloutState, d.UpdatedAt = "COMPLETED", s.now()
	d.RolloutReason = "ECS deployment " + d.ID + " completed."
	s.say(v, "(deployment %s) deployment completed.", d.ID)
	s.tellDeployment(v, d)
	sd := v.serviceDeployment(d.ID)
	v.Internal.Completed = completed{ID: d.ID, Definition: d.TaskDefinition}
	if sd != nil {
		v.count(s.unstopped(v))
		sd.Reached = revision{sd.Target, d.DesiredCount, d.RunningCount, d.PendingCount}
		v.Internal.Completed.Revision = sd.Target
		s.finish(sd)
	}
}

// breakCircuit ends the PRIMARY deployment when too many of its tasks have failed.
func (s *Service) breakCircuit(v *service) {
	d, b := v.primary(), v.Configuration.Breaker
	if !b.Enable || d.RolloutState != "IN_PROGRESS" || d.FailedTasks < b.limit(v.DesiredCount) {
		return
	}
	s.say(v, "(deployment %s) deployment failed: tasks failed to start.", d.ID)
	s.fail(v, "ECS deployment circuit breaker: tasks failed to start.", b.Rollback)
}

// fail ends the PRIMARY deployment and, if asked to, goes back to the last completed one.
// A rollback that fails is not rolled back again, and neither is a service's first deployment.
func (s *Service) fail(v *service, reason string, rollback bool) {
	d := v.primary()
	d.RolloutState, d.RolloutReason, d.UpdatedAt = "FAILED", reason, s.now()
	s.tellDeployment(v, d)
	sd := v.serviceDeployment(d.ID)
	if sd != nil {
		s.failed(sd, reason)
	}
	last := v.Internal.Completed
	if !rollback || last.ID == "" || (sd != nil && sd.RollbackID == d.ID) {
		return
	}
	back := s.deploy(v, last.Definition)
	back.RolloutReason = "ECS deployment circuit breaker: rolling back to deploymentId " + last.ID + "."
	s.tellDeployment(v, back)
	if sd != nil {
		s.rollingBack(sd, back.ID, reason, last.Revision)
	}
	s.adopt(v, last.ID, back.ID)
	s.say(v, "rolling back to deployment %s.", last.ID)
}

// adopt gives the tasks that a completed deployment still has to the one that rolls back to it.
func (s *Service) adopt(v *service, from, to string) {
	for _, t := range s.unstopped(v) {
		if t.Internal.Deployment == from && t.alive() {
			t.Internal.Deployment, t.StartedBy = to, to
			s.saveTask(t)
		}
	}
}

// forget drops deployments that have no tasks left. A failed one stays to be seen until its successor is done.
func (s *Service) forget(v *service, unstopped []*task) {
	left := map[string]bool{}
	for _, t := range unstopped {
		left[t.Internal.Deployment] = true
	}
	moving := v.primary().RolloutState == "IN_PROGRESS"
	kept := v.Deployments[:1:1]
	for _, d := range v.Deployments[1:] {
		if left[d.ID] || (moving && d.RolloutState == "FAILED") {
			kept = append(kept, d)
		}
	}
	v.Deployments = kept
}

// count brings the numbers that the API shows up to date.
func (v *service) count(unstopped []*task) {
	byID := map[string]*deployment{}
	for i, d := range v.Deployments {
		d.RunningCount, d.PendingCount = 0, 0
		d.DesiredCount = 0
		if i == 0 && d.RolloutState != "FAILED" {
			d.DesiredCount = v.DesiredCount
		}
		byID[d.ID] = d
	}
	v.RunningCount, v.PendingCount = 0, 0
	for _, t := range unstopped {
		d := byID[t.Internal.Deployment]
		if d == nil {
			d = &deployment{}
		}
		if d.Status == "ACTIVE" && t.alive() {
			d.DesiredCount++
		}
		switch {
		case t.running():
			v.RunningCount++
			d.RunningCount++
		case t.starting():
			v.PendingCount++
			d.PendingCount++
		}
	}
}
