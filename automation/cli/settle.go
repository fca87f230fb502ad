package cli

import (
	"context"

	"slipway/automation/release"
	"slipway/infra/outputs"
)

// settle proves, after an update of an environment that runs an image, that the app still answers.
func (u *upgrade) settle(ctx context.Context, before map[string]any) error {
	now, err := u.stack.Outputs(ctx)
	if err != nil {
		return err
	}
	text := func(from map[string]any, name string) string { value, _ := from[name].(string); return value }
	image := text(now, outputs.Image)
	if image == "" || text(before, outputs.TaskDefinition) == "" { // nothing runs, or nothing ran
		return nil
	}
	options, done, err := u.target(ctx, u.stack.Name())
	if err != nil {
		return err
	}
	defer done()
	options.Image, options.Commit = image, release.Commit{Hash: text(now, outputs.Commit)}
	_, err = release.Settle(ctx, options, text(before, outputs.TaskDefinition))
	return explain(err)
}
