package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"slipway/infra/config"
)

// subject is a stack under test.
type subject struct {
	name  string
	stack auto.Stack
	calls *recorder
}

// open makes a stack of this run; stacks of one run see each other's outputs. Its calls are heard apart from the others'.
func (l *lane) open(ctx context.Context, name string, own map[string]string) (*subject, error) {
	tools, err := filepath.Abs(".slipway/tools")
	if err != nil {
		return nil, err
	}
	cli, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: tools})
	if err != nil {
		return nil, fmt.Errorf("finding the Pulumi CLI: %w", err)
	}
	work := filepath.Join(l.folder, name)
	if err := os.MkdirAll(work, 0o700); err != nil {
		return nil, err
	}
	calls := l.emulator.listen()
	stack, err := auto.UpsertStackInlineSource(ctx, name, "slipway", program, auto.Pulumi(cli), auto.WorkDir(work),
		auto.SecretsProvider(l.backend.secrets()), auto.Project(workspace.Project{
			Name:    tokens.PackageName("slipway"),
			Runtime: workspace.NewProjectRuntimeInfo("go", nil),
		}),
		auto.EnvVars(map[string]string{"PULUMI_BACKEND_URL": l.backend.url(), "AWS_ENDPOINT_URL": calls.server.URL}))
	if err != nil {
		return nil, fmt.Errorf("opening stack %s: %w", name, err)
	}
	s := &subject{name: name, stack: stack, calls: calls}
	l.recorders = append(l.recorders, calls)
	return s, s.configure(ctx, own)
}

func (s *subject) configure(ctx context.Context, own map[string]string) error {
	values := auto.ConfigMap{}
	for key, value := range own {
		values[config.Namespace+":"+key] = auto.ConfigValue{Value: value}
	}
	return s.stack.SetAllConfig(ctx, values)
}

// step is one thing that has to hold for a stack.
type step struct {
	name string
	run  func(ctx context.Context, s *subject) error
}

// steps runs the steps in order and ends with the first that fails.
func (s *subject) steps(ctx context.Context, steps ...step) error {
	for _, step := range steps {
		began := time.Now()
		if err := step.run(ctx, s); err != nil {
			return fmt.Errorf("%s: %s: %w", s.name, step.name, err)
		}
		fmt.Printf("%-12s %-58s %6.1f s\n", s.name, step.name, time.Since(began).Seconds())
	}
	return nil
}
