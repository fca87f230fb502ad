// Package engine runs containers on Docker. It knows nothing of clusters and services;
// everything that it makes carries the label of one sandbox.
package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/client"
	"golang.org/x/sync/singleflight"
)

// Label is on every container and network of a sandbox; its value is the sandbox's id.
const Label = "slipway.sandbox"

// Engine is Docker as one sandbox uses it.
type Engine struct {
	docker  *client.Client
	sandbox string
	pulls   singleflight.Group
}

// New returns the engine that the environment names (DOCKER_HOST, or the usual socket) for the sandbox with this id.
// Nothing is sent to it yet.
func New(sandbox string) (*Engine, error) {
	c, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		return nil, fmt.Errorf("setting up the Docker client: %w", err)
	}
	return &Engine{docker: c, sandbox: sandbox}, nil
}

// Close frees the connections. Containers run on.
func (e *Engine) Close() error { return e.docker.Close() }

// Network is the name of the Docker network that the sandbox's containers are on.
func (e *Engine) Network() string { return "slipway-" + e.sandbox }

// EnsureNetwork makes the network when it is missing and returns the host's address on it.
func (e *Engine) EnsureNetwork(ctx context.Context) (gateway string, err error) {
	n, err := e.docker.NetworkInspect(ctx, e.Network(), network.InspectOptions{})
	if errdefs.IsNotFound(err) {
		opts := network.CreateOptions{Driver: "bridge", Labels: map[string]string{Label: e.sandbox}}
		if _, err = e.docker.NetworkCreate(ctx, e.Network(), opts); err != nil {
			return "", fmt.Errorf("making the Docker network %s: %w", e.Network(), err)
		}
		n, err = e.docker.NetworkInspect(ctx, e.Network(), network.InspectOptions{})
	}
	if err != nil {
		return "", fmt.Errorf("looking at the Docker network %s: %w", e.Network(), err)
	}
	for _, c := range n.IPAM.Config {
		if c.Gateway != "" {
			return c.Gateway, nil
		}
	}
	return "", fmt.Errorf("the Docker network %s has no gateway", e.Network())
}

// Capacity returns the CPU units (1024 a core) and the memory in MiB of the machine that Docker runs on.
func (e *Engine) Capacity(ctx context.Context) (cpu, memory int64, err error) {
	info, err := e.docker.Info(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("asking Docker for its capacity: %w", err)
	}
	return int64(info.NCPU) * 1024, info.MemTotal >> 20, nil
}

// Purge removes every container of the sandbox's tasks, running or not, its network and its image. It goes on after an error.
func (e *Engine) Purge(ctx context.Context) error {
	all, err := e.List(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, c := range all {
		failed = append(failed, e.Remove(ctx, c.ID))
	}
	if err := e.docker.NetworkRemove(ctx, e.Network()); err != nil && !errdefs.IsNotFound(err) {
		failed = append(failed, fmt.Errorf("removing the Docker network %s: %w", e.Network(), err))
	}
	return errors.Join(append(failed, e.removePauseImage(ctx))...)
}

// Found is a container that carries the sandbox's label.
type Found struct {
	ID     string
	Labels map[string]string
}

// List returns every container that Run made, running or not. Others that carry the sandbox's label are not in it.
func (e *Engine) List(ctx context.Context) ([]Found, error) {
	own := filters.NewArgs(filters.Arg("label", Label+"="+e.sandbox), filters.Arg("label", TaskLabel))
	all, err := e.docker.ContainerList(ctx, container.ListOptions{All: true, Filters: own})
	if err != nil {
		return nil, fmt.Errorf("listing containers: %w", err)
	}
	found := make([]Found, len(all))
	for i, c := range all {
		found[i] = Found{c.ID, c.Labels}
	}
	return found, nil
}

// removal is how often Remove looks whether someone else's removal is through.
const removal = 50 * time.Millisecond

// Remove kills the container if it runs and removes it with its volumes. A missing one is no error.
func (e *Engine) Remove(ctx context.Context, id string) error {
	for {
		err := e.docker.ContainerRemove(ctx, id, container.RemoveOptions{Force: true, RemoveVolumes: true})
		if err == nil || errdefs.IsNotFound(err) {
			return nil
		}
		if !errdefs.IsConflict(err) {
			return fmt.Errorf("removing container %.12s: %w", id, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("removing container %.12s: %w", id, ctx.Err())
		case <-time.After(removal):
		}
	}
}
