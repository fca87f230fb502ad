// Package image builds and pushes images for docker:index/image:Image as the docker provider (version 4) does:
// with the engine's own BuildKit, from a folder on this machine, to a registry.
package image

import (
	"fmt"

	"github.com/docker/docker/client"

	"slipway/sandbox/resource"
)

// Service builds on the Docker engine that the environment names (DOCKER_HOST; by default the local one).
type Service struct{ engine *client.Client }

// New returns a service. It does not need the engine yet.
func New() (*Service, error) {
	engine, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		return nil, fmt.Errorf("choosing the Docker engine: %w", err)
	}
	return &Service{engine}, nil
}

// Close lets go of the engine.
func (s *Service) Close() error { return s.engine.Close() }

// Behaviours are the resource types that this service makes real.
func (s *Service) Behaviours() map[string]resource.Behaviour {
	return map[string]resource.Behaviour{"docker:index/image:Image": images{s}}
}
