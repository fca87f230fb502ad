package ecs

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"

	"slipway/sandbox/ecs/definition"
	"slipway/sandbox/ecs/engine"
)

// launch is the way of a task from PROVISIONING to RUNNING. Its error is the stopped reason, in ECS's words.
func (s *Service) launch(ctx context.Context, t *task) error {
	def := s.definitionOf(t)
	s.update(t, func() { t.LastStatus, t.PullStartedAt = "PENDING", s.now() })
	if err := s.assumes(t, def); err != nil {
		return err
	}
	if err := s.reachesImages(t, def); err != nil {
		return err
	}
	defer t.forgetSecrets()
	if err := s.readSecrets(ctx, t, def); err != nil {
		return err
	}
	if err := s.pull(ctx, t, def); err != nil {
		return err
	}
	s.update(t, func() { t.PullStoppedAt = s.now() })
	if err := s.reachesLogs(t, def); err != nil {
		return err
	}
	for i, c := range def.ContainerDefinitions {
		if group, stream := logStream(t, i, c); group != "" {
			if err := s.Logs.CreateStream(ctx, group, stream); err != nil {
				return fmt.Errorf("ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "+
					"failed to create Cloudwatch log stream: %w", err)
			}
		}
	}
	order, err := def.Order()
	if err != nil {
		return err
	}
	if def.Awsvpc() {
		if err := s.startNetwork(ctx, t, def); err != nil {
			return err
		}
	}
	for _, c := range order {
		if err := s.await(ctx, t, def, c.DependsOn); err != nil {
			return err
		}
		if err := s.startContainer(ctx, t, def, c); err != nil {
			return err
		}
	}
	if err := s.activate(t); err != nil {
		return err
	}
	return s.register(ctx, t)
}

// definitionOf is what a task runs: its definition, with what the task itself overrides.
func (s *Service) definitionOf(t *task) *taskDefinition {
	s.mu.Lock()
	defer s.mu.Unlock()
	return t.Overrides.apply(s.definitions[t.Internal.Definition])
}

func (s *Service) pull(ctx context.Context, t *task, def *taskDefinition) error {
	for i, c := range def.ContainerDefinitions {
		var auth engine.Auth
		if s.Credentials != nil {
			if user, password, ok := s.Credentials.Auth(c.Image); ok {
				auth = engine.Auth{Username: user, Password: password}
			}
		}
		image, err := s.Engine.Pull(ctx, c.Image, auth)
		if err != nil {
			reason := fmt.Sprintf("CannotPullContainerError: %s", err)
			s.update(t, func() { t.Containers[i].Reason, t.Containers[i].LastStatus = reason, "STOPPED" })
			return fmt.Errorf("CannotPullContainerError: %w", err)
		}
		s.update(t, func() { t.Containers[i].ImageDigest, t.Internal.ImageIDs[i] = image.Digest, image.ID })
	}
	return nil
}

// startContainer creates and starts one container and notes where it is reached.
func (s *Service) startContainer(ctx context.Context, t *task, def *taskDefinition, c definition.Container) error {
	i := t.index(c.Name)
	config, host, err := s.containerConfig(t, def, c)
	if err != nil {
		return fmt.Errorf("CannotCreateContainerError: %w", err)
	}
	id, err := s.Engine.Create(ctx, dockerName(t, c), config, host)
	if err != nil {
		s.blame(ctx, t, i, "CannotCreateContainerError: "+err.Error())
		return fmt.Errorf("CannotCreateContainerError: %w", err)
	}
	s.update(t, func() { t.Containers[i].RuntimeID = id; s.containers[id] = t })
	if err := s.Engine.Start(ctx, id); err != nil {
		s.blame(ctx, t, i, "CannotStartContainerError: "+err.Error())
		return fmt.Errorf("CannotStartContainerError: %w", err)
	}
	s.openInside(ctx, t, def, c.Name, id)
	s.follow(t, i, c)
	return s.noteStarted(ctx, t, i, c)
}

// blame says why a container was not started, unless the task was stopped meanwhile: that is no fault of it.
func (s *Service) blame(ctx context.Context, t *task, i int, reason string) {
	if ctx.Err() == nil {
		s.update(t, func() { t.Containers[i].Reason = reason })
	}
}

// noteStarted reads a started container's ports. One that has ended already is treated as any that ends.
func (s *Service) noteStarted(ctx context.Context, t *task, i int, definition definition.Container) error {
	id := t.Containers[i].RuntimeID
	status, found, err := s.Engine.Status(ctx, id)
	if err != nil {
		return err
	}
	s.update(t, func() {
		c := &t.Containers[i]
		c.LastStatus = "RUNNING"
		c.Bindings = append(c.Bindings, bindingsOf(status)...)
		if own := t.Internal.Network; own.RuntimeID != "" {
			c.Bindings, c.Interfaces = own.of(definition), []networkInterface{{own.AttachmentID, own.Address}}
		}
		if !found || !status.Running {
			s.containerEnded(t, i, status)
		}
	})
	return nil
}

// activate finds the task's targets and makes it RUNNING, if it is still wanted.
func (s *Service) activate(t *task) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !t.alive() {
		return nil
	}
	if v := s.services[t.Internal.Service]; v != nil {
		targets, err := s.targets(v, t)
		if err != nil {
			return err
		}
		t.Internal.Targets = targets
	}
	if own := t.Internal.Network; own.RuntimeID != "" {
		t.Attachments = []attachment{{
			ID: own.AttachmentID, Type: "ElasticNetworkInterface", Status: "ATTACHED",
			Details: []detail{{"privateIPv4Address", own.Address}},
		}}
	}
	t.LastStatus, t.StartedAt = "RUNNING", s.now()
	s.saveTask(t)
	return nil
}

// targets says where the task is reached for each target group of its service. Under awsvpc a target is the task's
// own address, otherwise the container instance, as with ECS.
func (s *Service) targets(v *service, t *task) (all []target, err error) {
	for _, lb := range v.LoadBalancers {
		binding, ok := t.binding(lb.ContainerName, lb.ContainerPort)
		if !ok {
			return nil, fmt.Errorf("container %s has no port %d to register", lb.ContainerName, lb.ContainerPort)
		}
		id, port := s.clusters[lastPart(v.ClusterARN)].Internal.Instance, binding.HostPort
		if own := t.Internal.Network; own.RuntimeID != "" {
			id, port = own.Address, lb.ContainerPort
		}
		all = append(all, target{
			GroupARN: lb.TargetGroupARN, ID: id, Port: port,
			Address: net.JoinHostPort("127.0.0.1", strconv.Itoa(binding.HostPort)), At: t.Internal.Place.On(port),
		})
	}
	return all, nil
}

// binding finds a port that a container publishes.
func (t *task) binding(name string, port int) (networkBinding, bool) {
	for _, b := range t.Containers[t.index(name)].Bindings {
		if b.ContainerPort == port {
			return b, true
		}
	}
	return networkBinding{}, false
}

// register puts a RUNNING task into the target groups of its service.
func (s *Service) register(ctx context.Context, t *task) error {
	for _, target := range t.Internal.Targets {
		if err := s.Balancer.Register(ctx, target.GroupARN, target.ID, target.Address, target.At); err != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			if v := s.services[t.Internal.Service]; v != nil {
				s.say(v, "failed to register targets in (target-group %s) with (error %s)", target.GroupARN, err)
			}
			return fmt.Errorf("failed to register targets in (target-group %s): %w", target.GroupARN, err)
		}
	}
	s.update(t, func() {
		fresh := !t.Internal.Registered
		t.Internal.Registered = true
		if v := s.services[t.Internal.Service]; v != nil && fresh {
			for _, target := range t.Internal.Targets {
				s.say(v, "registered 1 targets in (target-group %s)", target.GroupARN)
			}
		}
	})
	return nil
}

func (t *task) index(name string) int {
	for i, c := range t.Containers {
		if c.Name == name {
			return i
		}
	}
	return -1
}

func dockerName(t *task, c definition.Container) string {
	return "ecs-" + strings.ReplaceAll(t.Internal.Definition, ":", "-") + "-" + c.Name + "-" + t.Internal.ID[:12]
}
