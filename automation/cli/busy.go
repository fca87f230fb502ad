package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/pipeline"
	"slipway/infra/outputs"
)

// busy asks CodePipeline which actions of a delivery stack's pipeline run.
func (d *Deployer) busy(ctx context.Context, s *engine.Stack) (*pipeline.Client, []pipeline.Busy, error) {
	known, err := s.Outputs(ctx)
	name, _ := known[outputs.PipelineName].(string)
	if err != nil || name == "" {
		return nil, nil, err
	}
	at, err := d.pipelines(ctx, s.Name())
	if err != nil {
		return nil, nil, err
	}
	busy, err := at.Busy(ctx, name)
	return at, busy, err
}

// awaitIdle waits for the actions that run as long as the user said, and refuses when they still do then.
func (d *Deployer) awaitIdle(ctx context.Context, at *pipeline.Client, doing string, s *engine.Stack, ends []string, patience time.Duration) error {
	known, err := s.Outputs(ctx)
	if err != nil {
		return err
	}
	name, _ := known[outputs.PipelineName].(string)
	busy, err := at.WaitIdle(ctx, name, patience)
	if err != nil || len(busy) == 0 {
		return err
	}
	return inUse(doing, s.Name(), busy, ends)
}

func inUse(doing, stack string, busy []pipeline.Busy, ends []string) error {
	command := map[string]string{"changing": "up", "destroying": "destroy"}[doing]
	var evidence []string
	for _, b := range busy {
		evidence = append(evidence, "running: "+b.String())
	}
	for _, what := range ends {
		evidence = append(evidence, "would end it: "+what)
	}
	return &fault.Error{
		Op: doing + " stack " + stack, Code: fault.Locked, Evidence: evidence,
		Cause: fmt.Sprintf("%s runs, and the change would end it: %s", busy[0], strings.Join(ends, ", ")),
		Next: fmt.Sprintf("wait for it: slipway %s %s --wait-actions 30m\nor end it: slipway pipeline stop --execution %s, then the same command again",
			command, stack, busy[0].Execution),
	}
}
