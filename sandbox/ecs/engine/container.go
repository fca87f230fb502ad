package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
)

// Labels on every container of a task, as the ECS agent sets them.
const (
	TaskLabel      = "com.amazonaws.ecs.task-arn"
	ContainerLabel = "com.amazonaws.ecs.container-name"
	ClusterLabel   = "com.amazonaws.ecs.cluster"
	FamilyLabel    = "com.amazonaws.ecs.task-definition-family"
	RevisionLabel  = "com.amazonaws.ecs.task-definition-version"
)

// Create makes a container, not yet started, and returns its id. One that shares another's network
// (host.NetworkMode is set) is not put on the sandbox's own.
func (e *Engine) Create(ctx context.Context, name string, config *container.Config, host *container.HostConfig) (string, error) {
	config.Labels[Label] = e.sandbox
	var networks *network.NetworkingConfig
	if host.NetworkMode == "" {
		host.NetworkMode = container.NetworkMode(e.Network())
		networks = &network.NetworkingConfig{EndpointsConfig: map[string]*network.EndpointSettings{e.Network(): {}}}
	}
	made, err := e.docker.ContainerCreate(ctx, config, host, networks, nil, name)
	if err != nil {
		return "", err
	}
	return made.ID, nil
}

// Start starts a container that Create made.
func (e *Engine) Start(ctx context.Context, id string) error {
	return e.docker.ContainerStart(ctx, id, container.StartOptions{})
}

// Stop sends the image's stop signal, SIGTERM unless it names another, and SIGKILL after the timeout.
// It returns when the container has ended. A missing container is no error.
func (e *Engine) Stop(ctx context.Context, id string, timeout time.Duration) error {
	seconds := int(timeout.Seconds())
	err := e.docker.ContainerStop(ctx, id, container.StopOptions{Timeout: &seconds})
	if err != nil && !errdefs.IsNotFound(err) {
		return fmt.Errorf("stopping container %.12s: %w", id, err)
	}
	return nil
}

// Port is a port of a container as the host reaches it.
type Port struct {
	ContainerPort int
	HostPort      int
	Protocol      string
}

// Status is what a container is doing.
type Status struct {
	Running   bool
	Exited    bool // it ran and has ended
	ExitCode  int
	OOMKilled bool
	Error     string
	Health    string // "healthy", "unhealthy", "starting", or "" without a health check
	Address   string // on the sandbox's network
	Ports     []Port
}

// Status returns a container's status, and false when there is no such container.
func (e *Engine) Status(ctx context.Context, id string) (Status, bool, error) {
	c, err := e.docker.ContainerInspect(ctx, id)
	if errdefs.IsNotFound(err) {
		return Status{}, false, nil
	}
	if err != nil {
		return Status{}, false, fmt.Errorf("looking at container %.12s: %w", id, err)
	}
	s := Status{
		Running:   c.State.Running,
		Exited:    c.State.Status == container.StateExited || c.State.Status == container.StateDead,
		ExitCode:  c.State.ExitCode,
		OOMKilled: c.State.OOMKilled,
		Error:     c.State.Error,
	}
	if c.State.Health != nil && c.State.Health.Status != container.NoHealthcheck {
		s.Health = string(c.State.Health.Status)
	}
	if c.NetworkSettings != nil {
		s.Ports = ports(c.NetworkSettings)
		if n := c.NetworkSettings.Networks[e.Network()]; n != nil {
			s.Address = n.IPAddress
		}
	}
	return s, true, nil
}

func ports(settings *container.NetworkSettings) (all []Port) {
	for port, bindings := range settings.Ports {
		for _, b := range bindings {
			p := Port{ContainerPort: port.Int(), Protocol: port.Proto()}
			if _, err := fmt.Sscan(b.HostPort, &p.HostPort); err == nil {
				all = append(all, p)
			}
		}
	}
	return all
}
