package ecs

import (
	"context"
	"fmt"
)

// awaitSteady returns when the deployment that is PRIMARY now has completed and no other one is left.
// A deployment that fails, is rolled back or is superseded is an error.
func (s *Service) awaitSteady(ctx context.Context, v *service) error {
	s.mu.Lock()
	id := v.primary().ID
	s.mu.Unlock()
	err := s.wait(ctx, func() (bool, error) { return steady(v, id) })
	if err != nil {
		return fmt.Errorf("waiting for ECS Service (%s) to reach a steady state: %w", v.ServiceARN, err)
	}
	return nil
}

func steady(v *service, id string) (bool, error) {
	if v.Status != "ACTIVE" {
		return false, fmt.Errorf("the service is %s", v.Status)
	}
	d := v.deployment(id)
	if d == nil {
		return false, fmt.Errorf("deployment %s is gone: it was rolled back or superseded", id)
	}
	if d.RolloutState == "FAILED" {
		return false, fmt.Errorf("deployment %s failed: %s", id, d.RolloutReason)
	}
	if d.Status != "PRIMARY" {
		return false, fmt.Errorf("deployment %s was superseded by %s", id, v.primary().ID)
	}
	done := d.RolloutState == "COMPLETED" && len(v.Deployments) == 1 && v.RunningCount == v.DesiredCount
	return done, nil
}
