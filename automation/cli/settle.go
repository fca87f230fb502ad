package cli

import (
	"context"

	"slipway/automation/release"
	"slipway/automation/ui"
	"slipway/infra/config"
	"slipway/infra/outputs"
)

// serving is the task definition that an environment runs before an update; "" for one that runs no image, and for delivery.
func (u *upgrade) serving(ctx context.Context) (string, error) {
	if u.kind != config.KindEnvironment {
		return "", nil
	}
	known, err := u.stack.Outputs(ctx)
	if err != nil || text(known, outputs.Image) == "" || text(known, outputs.Service) == "" {
		return "", err
	}
	at, err := u.cloud(ctx, u.stack.Name())
	if err != nil {
		return "", err
	}
	service, err := at.Service(ctx, text(known, outputs.Cluster), text(known, outputs.Service))
	return service.Primary().TaskDefinition, err
}

// settle proves, after an update of an environment that ran a task definition, that the app still answers.
func (u *upgrade) settle(ctx context.Context, before string) error {
	now, err := u.stack.Outputs(ctx)
	if err != nil || text(now, outputs.Image) == "" {
		return err
	}
	options, done, err := u.target(ctx, u.stack.Name())
	if err != nil {
		return err
	}
	defer done()
	service, err := options.Cloud.Service(ctx, text(now, outputs.Cluster), text(now, outputs.Service))
	if err != nil {
		return err
	}
	if service.Desired == 0 { // as somebody scaled it
		u.Sink.Event(ui.Warning{Text: "the service wants no task: whether the app answers was not proved"})
		return nil
	}
	options.Image, options.Commit = text(now, outputs.Image), release.Commit{Hash: text(now, outputs.Commit)}
	_, err = release.Settle(ctx, options, before)
	return explain(err)
}

// text is an output of a stack, "" when it has none of the name.
func text(outputs map[string]any, name string) string {
	value, _ := outputs[name].(string)
	return value
}
