package ecs

import (
	"context"
	"testing"
	"time"

	"slipway/automation/cloud"
)

// timed notes how long each question may take.
type timed struct{ longest time.Duration }

func (c *timed) note(ctx context.Context) error {
	end, bounded := ctx.Deadline()
	if !bounded {
		c.longest = 1 << 62
	}
	c.longest = max(c.longest, time.Until(end))
	return nil
}

func (c *timed) Service(ctx context.Context, _, _ string) (cloud.Service, error) {
	return cloud.Service{}, c.note(ctx)
}

func (c *timed) Tasks(context.Context, string, string, bool) ([]cloud.Task, error) { return nil, nil }

func (c *timed) Targets(context.Context, string) ([]cloud.Target, error) { return nil, nil }

func (c *timed) ServiceDeployments(context.Context, string, string, time.Time) ([]cloud.ServiceDeployment, error) {
	return nil, nil
}

// A source that never answers ends a look, and not the release.
func TestALookHasItsTime(t *testing.T) {
	c := &timed{}
	if _, err := Look(t.Context(), c, Place{TargetGroup: "tg"}, true); err != nil || c.longest > answerTime {
		t.Errorf("a question may take %s (%v)", c.longest, err)
	}
}
