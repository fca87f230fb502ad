package cli

import (
	"context"

	"slipway/automation/cloud"
	"slipway/automation/release"
	"slipway/automation/ui"
	"slipway/infra/config"
	"slipway/infra/outputs"
)

// served is what an environment ran before an update.
type served struct {
	definition string // the task definition; "" where no image runs, and for delivery
	desired    int    // tasks
	at         *cloud.Cloud
}

func (u *upgrade) serving(ctx context.Context) (served, error) {
	if u.kind != config.KindEnvironment {
		return served{}, nil
	}
	known, err := u.stack.Outputs(ctx)
	if err != nil || text(known, outputs.Image) == "" || text(known, outputs.Service) == "" {
		return served{}, err
	}
	at, err := u.cloud(ctx, u.stack.Name())
	if err != nil {
		return served{}, err
	}
	if u.without {
		return served{definition: text(known, outputs.TaskDefinition), at: at}, nil
	}
	service, err := at.Service(ctx, text(known, outputs.Cluster), text(known, outputs.Service))
	return served{service.Primary().TaskDefinition, service.Desired, at}, err
}

// unwell says whether an environment in which nothing changed is not as its stack says: an update before this one did not
// work, or nobody saw whether it did.
func (u *upgrade) unwell(ctx context.Context, now served) bool {
	known, err := u.stack.Outputs(ctx)
	if err != nil || now.definition != text(known, outputs.TaskDefinition) {
		return err == nil
	}
	targets, err := now.at.Targets(ctx, text(known, outputs.TargetGroup))
	healthy := 0
	for _, t := range targets {
		if t.State == "healthy" {
			healthy++
		}
	}
	return err == nil && healthy < now.desired
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
	result, err := release.Settle(ctx, options, before)
	_, err = u.told(ctx, "up", options, result, err)
	return err
}

// text is an output of a stack, "" when it has none of the name.
func text(outputs map[string]any, name string) string {
	value, _ := outputs[name].(string)
	return value
}
