package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"slipway/infra/config"
)

const repository = "123456789012.dkr.ecr.us-east-1.amazonaws.com/slipway@sha256:"

// A new image may touch these and nothing else.
const (
	taskDefinition = "aws:ecs/taskDefinition:TaskDefinition"
	service        = "aws:ecs/service:Service"
)

var (
	upEverything  = step{"up", func(ctx context.Context, s *subject) error { _, err := s.up(ctx); return err }}
	noChange      = step{"up again changes nothing", func(ctx context.Context, s *subject) error { return s.expect(ctx) }}
	releaseFirst  = step{"a first digest changes only task definition and service", release("a")}
	releaseSecond = step{"a second digest changes only task definition and service", release("b")}
	keepImage     = step{"without an image the last one is kept", keep}
	destroy       = step{"destroy", down}
)

func release(digit string) func(context.Context, *subject) error {
	return func(ctx context.Context, s *subject) error {
		err := s.configure(ctx, map[string]string{"image": repository + strings.Repeat(digit, 64), "commit": strings.Repeat(digit, 40)})
		if err != nil {
			return err
		}
		return s.expect(ctx, taskDefinition+" replace", service+" update")
	}
}

func keep(ctx context.Context, s *subject) error {
	for _, key := range []string{"image", "commit"} {
		if err := s.stack.RemoveConfig(ctx, config.Namespace+":"+key); err != nil {
			return err
		}
	}
	return s.expect(ctx)
}

// expect brings the stack up and compares what changed ("type operation") with what may.
func (s *subject) expect(ctx context.Context, want ...string) error {
	got, err := s.up(ctx)
	if err != nil {
		return err
	}
	slices.Sort(want)
	if !slices.Equal(slices.Sorted(maps.Keys(got)), want) {
		return fmt.Errorf("changed %v, want %q", got, want)
	}
	return nil
}

// up returns what changed, and which properties were different.
func (s *subject) up(ctx context.Context) (map[string][]string, error) {
	channel, changes := make(chan events.EngineEvent), make(chan map[string][]string, 1)
	go func() { changes <- collect(channel) }()
	if _, err := s.stack.Up(ctx, optup.EventStreams(channel), optup.SuppressProgress()); err != nil {
		return nil, err // a failure before the first event leaves the channel open
	}
	return <-changes, nil
}

// collect names a replacement once, of the several operations that it is made of. Providers are none of our resources:
// a read names no version of its provider, and the first update of an inline program finds one for it that the second
// no longer needs.
func collect(channel <-chan events.EngineEvent) map[string][]string {
	changed := map[string][]string{}
	for event := range channel {
		if event.ResourcePreEvent == nil || strings.HasPrefix(event.ResourcePreEvent.Metadata.Type, "pulumi:providers:") {
			continue
		}
		switch meta := event.ResourcePreEvent.Metadata; meta.Op {
		case apitype.OpSame, apitype.OpRead, apitype.OpCreateReplacement, apitype.OpDeleteReplaced:
		default:
			changed[fmt.Sprintf("%s %s", meta.Type, meta.Op)] = slices.Sorted(maps.Keys(meta.DetailedDiff))
		}
	}
	return changed
}

func down(ctx context.Context, s *subject) error {
	if _, err := s.stack.Destroy(ctx, optdestroy.SuppressProgress()); err != nil {
		return err
	}
	state, err := s.state(ctx)
	if err != nil {
		return err
	}
	if len(state.Resources) > 0 {
		return fmt.Errorf("%d resources are left in the state", len(state.Resources))
	}
	return nil
}

// state is the last checkpoint of the stack.
func (s *subject) state(ctx context.Context) (state apitype.DeploymentV3, err error) {
	exported, err := s.stack.Export(ctx)
	if err != nil {
		return state, err
	}
	return state, json.Unmarshal(exported.Deployment, &state)
}
