package ecs

import (
	"context"
	"fmt"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/go-connections/nat"

	"slipway/sandbox/ecs/definition"
	"slipway/sandbox/ecs/engine"
	"slipway/sandbox/naming"
)

// ownNetwork is the network interface of a task under awsvpc.
type ownNetwork struct {
	// RuntimeID is the container that holds it: no container of the task, any of which may end before the others.
	RuntimeID    string           `json:"runtimeId,omitempty"`
	AttachmentID string           `json:"attachmentId,omitempty"`
	Address      string           `json:"address,omitempty"`
	Bindings     []networkBinding `json:"bindings,omitempty"`
}

// pauseName is what the ECS agent calls the container that holds a task's network.
const pauseName = "~internal~ecs~pause"

// startNetwork makes the network of a task under awsvpc, with the ports of all its containers.
func (s *Service) startNetwork(ctx context.Context, t *task, def *taskDefinition) error {
	name, err := s.Engine.PauseImage(ctx)
	if err != nil {
		return fmt.Errorf("CannotCreateContainerError: %w", err)
	}
	config := &container.Config{Image: name, Labels: map[string]string{
		engine.TaskLabel: t.TaskARN, engine.ContainerLabel: pauseName, engine.ClusterLabel: lastPart(t.ClusterARN),
	}}
	host := &container.HostConfig{}
	var all []definition.PortMapping
	for _, c := range def.ContainerDefinitions {
		all = append(all, c.PortMappings...)
	}
	publish(all, true, config, host)
	id, err := s.Engine.Create(ctx, dockerName(t, definition.Container{Name: "internalecspause"}), config, host)
	if err != nil {
		return fmt.Errorf("CannotCreateContainerError: %w", err)
	}
	s.update(t, func() { t.Internal.Network = ownNetwork{RuntimeID: id, AttachmentID: naming.UUID()} })
	if err := s.Engine.Start(ctx, id); err != nil {
		return fmt.Errorf("CannotStartContainerError: %w", err)
	}
	status, _, err := s.Engine.Status(ctx, id)
	if err != nil {
		return err
	}
	s.update(t, func() { t.Internal.Network.Address, t.Internal.Network.Bindings = status.Address, bindingsOf(status) })
	s.openInside(ctx, t, def, pauseName, id)
	return nil
}

// endNetwork removes what holds the network of a task.
func (s *Service) endNetwork(ctx context.Context, t *task) error {
	s.mu.Lock()
	id := t.Internal.Network.RuntimeID
	s.mu.Unlock()
	if id == "" {
		return nil
	}
	return s.Engine.Remove(ctx, id)
}

func bindingsOf(status engine.Status) (all []networkBinding) {
	for _, p := range status.Ports {
		all = append(all, networkBinding{"127.0.0.1", p.ContainerPort, p.HostPort, p.Protocol})
	}
	return all
}

// of are the bindings of the ports that a container maps.
func (n ownNetwork) of(c definition.Container) []networkBinding {
	all := []networkBinding{}
	for _, b := range n.Bindings {
		for _, p := range c.PortMappings {
			if b.ContainerPort == p.ContainerPort && b.Protocol == protocol(p) {
				all = append(all, b)
			}
		}
	}
	return all
}

// publish maps ports to ports of 127.0.0.1: those that are asked for, or any.
func publish(ports []definition.PortMapping, any bool, config *container.Config, host *container.HostConfig) {
	config.ExposedPorts, host.PortBindings = nat.PortSet{}, nat.PortMap{}
	for _, p := range ports {
		port := nat.Port(fmt.Sprintf("%d/%s", p.ContainerPort, protocol(p)))
		binding := nat.PortBinding{HostIP: "127.0.0.1"}
		if p.HostPort != 0 && !any {
			binding.HostPort = fmt.Sprint(p.HostPort)
		}
		config.ExposedPorts[port] = struct{}{}
		host.PortBindings[port] = append(host.PortBindings[port], binding)
	}
}
