package ecs

import (
	"context"
	"fmt"
	"time"

	"slipway/sandbox/ecs/definition"
)

// await waits until the containers that another depends on are as far as it says:
// START, HEALTHY, COMPLETE (ended) or SUCCESS (ended with 0).
func (s *Service) await(ctx context.Context, t *task, dependencies []definition.Dependency) error {
	for _, d := range dependencies {
		for {
			met, err := s.met(t, d)
			if err != nil {
				return err
			}
			if met {
				break
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-s.Clock.After(50 * time.Millisecond):
			}
		}
	}
	return nil
}

func (s *Service) met(t *task, d definition.Dependency) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := t.Containers[t.index(d.ContainerName)]
	ended := c.LastStatus == "STOPPED"
	switch d.Condition {
	case "START":
		return c.LastStatus != "PENDING", nil
	case "HEALTHY":
		if ended || c.HealthStatus == "UNHEALTHY" {
			return false, fmt.Errorf("dependency container %s did not become healthy", d.ContainerName)
		}
		return c.HealthStatus == "HEALTHY", nil
	case "SUCCESS":
		if ended && (c.ExitCode == nil || *c.ExitCode != 0) {
			return false, fmt.Errorf("dependency container %s did not exit with 0", d.ContainerName)
		}
		return ended, nil
	}
	return ended, nil
}
