package ecs

import (
	"context"
	"fmt"
	"time"

	"slipway/sandbox/ecs/definition"
)

// startPatience is how long containers wait for one that says no time of its own (ECS developer guide, "Container dependency",
// and the container agent's ECS_CONTAINER_START_TIMEOUT, November 2026).
const startPatience = 3 * time.Minute

// await waits until the containers that another depends on are as far as it says:
// START, HEALTHY, COMPLETE (ended) or SUCCESS (ended with 0). The startTimeout of each limits the wait for it, at any speed.
func (s *Service) await(ctx context.Context, t *task, def *taskDefinition, dependencies []definition.Dependency) error {
	for _, d := range dependencies {
		patience := startPatience
		if c, _ := def.Container(d.ContainerName); c.StartTimeout > 0 {
			patience = time.Duration(c.StartTimeout) * time.Second
		}
		late := s.Clock.After(patience)
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
			case <-late:
				return fmt.Errorf("dependency container %s did not reach %s within its start timeout of %d seconds",
					d.ContainerName, d.Condition, int(patience.Seconds()))
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
