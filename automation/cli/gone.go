package cli

import (
	"context"
	"fmt"
	"slices"

	"slipway/automation/engine"
	"slipway/automation/ui"
	"slipway/infra/outputs"
)

// Types that somebody ends beside Pulumi more easily than others: in the console, or as a deployment's leftovers.
const (
	serviceType    = "aws:ecs/service:Service"
	definitionType = "aws:ecs/taskDefinition:TaskDefinition"
)

// present looks whether what a stack's state knows of these types is still on AWS, one call for each, and takes out of the
// state what is not, so that the update creates it again. It answers what is left. A preview only says so, and shows what is
// gone as replaced.
func (u *upgrade) present(ctx context.Context, all []engine.Resource) ([]engine.Resource, error) {
	lost, err := u.lost(ctx, all)
	if err != nil || len(lost) == 0 {
		return all, err
	}
	var urns []string
	for _, r := range lost {
		u.Sink.Event(ui.Warning{Text: fmt.Sprintf("%s %s is in the state of stack %s and no longer on AWS: it is made anew", r.Type, ui.NameOf(r.URN), u.stack.Name())})
		urns = append(urns, r.URN)
		if u.shows {
			u.stack.Renew(r.URN)
		}
		u.without = u.without || r.Type == serviceType
	}
	if u.shows {
		return slices.DeleteFunc(all, func(r engine.Resource) bool { return slices.Contains(urns, r.URN) }), nil
	}
	if err := u.stack.Reread(ctx, urns...); err != nil {
		return nil, err
	}
	return u.stack.Resources(ctx)
}

// lost are the resources that AWS has no longer. What AWS does not say is taken as the state has it: whoever may not ask
// is no worse off than before.
func (u *upgrade) lost(ctx context.Context, all []engine.Resource) (lost []engine.Resource, err error) {
	for _, r := range all {
		id, err := u.awsID(ctx, r)
		if err != nil {
			return nil, err
		}
		if id == "" {
			continue
		}
		at, err := u.cloud(ctx, u.stack.Name())
		if err != nil {
			return nil, err
		}
		gone, err := at.Gone(ctx, r.Type, id)
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil && u.Verbose:
			u.Sink.Event(ui.Note{Text: "whether " + ui.NameOf(r.URN) + " is still on AWS cannot be checked here: " + ui.FirstLine(err.Error())})
		case gone:
			lost = append(lost, r)
		}
	}
	return lost, nil
}

// awsID is what AWS knows a resource by; empty for a type that is not looked for. The id of a task definition is its
// family, so the revision is the one that the last update ended with.
func (u *upgrade) awsID(ctx context.Context, r engine.Resource) (string, error) {
	switch r.Type {
	case instanceType, serviceType:
		return r.ID, nil
	case definitionType:
		known, err := u.stack.Outputs(ctx)
		return text(known, outputs.TaskDefinition), err
	}
	return "", nil
}
