package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"slipway/automation/cloud"
	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/infra/outputs"
)

// existing is an environment that is on AWS, for the commands of everyday work: they read what the stack's last update
// recorded, and change nothing of the stack.
type existing struct {
	*Deployer
	name      string
	outputs   map[string]any
	resources []engine.Resource
	at        *cloud.Cloud
}

// chosen is the environment that the arguments name, or the only one of the project.
func (d *Deployer) chosen(args []string) (string, error) {
	if len(args) > 0 {
		return args[0], nil
	}
	all, err := d.environments()
	if err != nil {
		return "", err
	}
	if len(all) == 1 {
		return all[0], nil
	}
	e := &fault.Error{
		Op: "choosing an environment", Cause: "the project has several, and none was named", Code: fault.BadInput,
		Next: "name one of " + strings.Join(all, ", "),
	}
	if len(all) == 0 {
		e.Cause, e.Next = "the project has none", "write Pulumi.NAME.yaml, with slipway:kind: environment"
	}
	return "", e
}

// existing finds an environment on AWS. It takes no lock: what it reads is the last update that ended.
func (d *Deployer) existing(ctx context.Context, args []string) (*existing, error) {
	name, err := d.chosen(args)
	if err != nil {
		return nil, err
	}
	if _, err := d.environment(name); err != nil {
		return nil, err
	}
	if d.Timeout == 0 {
		d.Timeout = 5 * time.Minute
	}
	s, err := engine.Open(ctx, engine.Options{Project: d.Project, Name: name, Sink: d.Sink, Timeout: d.Timeout, Existing: true, Hide: d.Hide})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	e := &existing{Deployer: d, name: name}
	if e.outputs, err = s.Outputs(ctx); err != nil && !errors.Is(err, engine.ErrNotFound) {
		return nil, err
	}
	if e.text(outputs.Service) == "" {
		return nil, absent(name)
	}
	if e.resources, err = s.Resources(ctx); err != nil {
		return nil, err
	}
	e.at, err = d.cloud(ctx, name)
	return e, err
}

// exists answers an error when an environment is not on AWS.
func (d *Deployer) exists(ctx context.Context, name string) error {
	known, err := d.Outputs(ctx, name)
	if err == nil && text(known, outputs.Service) == "" {
		return absent(name)
	}
	return err
}

func absent(name string) error {
	return &fault.Error{
		Op: "looking for environment " + name, Cause: "it does not exist on AWS", Next: "slipway up " + name, Code: fault.NotReady,
	}
}

// text is an output that is a text, "" where there is none.
func (e *existing) text(output string) string {
	value, _ := e.outputs[output].(string)
	return value
}

// resource is the first resource of a type that the stack has.
func (e *existing) resource(typ string) (engine.Resource, bool) {
	i := slices.IndexFunc(e.resources, func(r engine.Resource) bool { return r.Type == typ })
	if i < 0 {
		return engine.Resource{}, false
	}
	return e.resources[i], true
}

// atRest reads the service, and refuses to touch one that a release or another command is moving.
func (e *existing) atRest(ctx context.Context, op string) (cloud.Service, error) {
	service, err := e.at.Service(ctx, e.text(outputs.Cluster), e.text(outputs.Service))
	if err != nil {
		return service, err
	}
	if primary := service.Primary(); len(service.Deployments) > 1 || primary.RolloutState == "IN_PROGRESS" {
		return service, &fault.Error{
			Op: op, Cause: "a rollout is in progress: " + primary.TaskDefinition[strings.LastIndex(primary.TaskDefinition, "/")+1:],
			Next: "wait for it: slipway status " + e.name, Code: fault.Locked,
		}
	}
	return service, nil
}
