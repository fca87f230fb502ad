package codepipeline

import (
	"context"
	"reflect"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/codepipeline/declaration"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// pipelines is aws:codepipeline/pipeline:Pipeline. Its id is the name.
type pipelines struct{ *Service }

// Create declares a pipeline and starts it, as CodePipeline does with a new one.
func (b pipelines) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args pipelineInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	d, err := args.declaration()
	if err != nil {
		return "", nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := d.Check(b.allTypes()); err != nil {
		return "", nil, err
	}
	if b.pipelines[d.Name] != nil {
		return "", nil, awsapi.Errorf("PipelineNameInUseException", "A pipeline with the name %s exists already", d.Name)
	}
	now := b.Clock.Now().UTC()
	d.Version = 1
	if err := b.putPipeline(&pipeline{Pipeline: d, Created: now, Updated: now, Tags: args.Tags}); err != nil {
		return "", nil, err
	}
	out := b.outputs(d.Name)
	variables, err := valuesOf(d, nil)
	if err != nil {
		b.Log.Info("a pipeline needs values of variables and was not started", "pipeline", d.Name, "reason", err)
		return d.Name, out, nil
	}
	e := b.newExecution(d, Trigger{Type: "CreatePipeline", Detail: naming.CallerARN})
	e.Variables = variables
	if err := b.put(e); err != nil {
		return d.Name, out, err
	}
	return d.Name, out, b.advance()
}

func (b pipelines) outputs(name string) resource.Properties {
	return resource.Properties{"arn": property.NewStringProperty(b.arn(name)), "name": property.NewStringProperty(name)}
}

// allTypes are the action types that a pipeline may name.
func (s *Service) allTypes() []declaration.ActionType {
	all := declaration.Builtin()
	for _, key := range sortedKeys(s.types) {
		if t := s.types[key]; !t.Deleted {
			all = append(all, t.ActionType)
		}
	}
	return all
}

// Update declares a pipeline anew. What runs through it ends, after the actions in progress. Changed tags alone update
// nothing.
func (b pipelines) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args pipelineInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	d, err := args.declaration()
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.pipelines[id]
	if old == nil {
		return nil, errNoPipeline(id)
	}
	d.Name, d.Version = id, old.Version
	p := &pipeline{Pipeline: d, Created: old.Created, Updated: old.Updated, Tags: args.Tags, Disabled: old.Disabled}
	if reflect.DeepEqual(d, old.Pipeline) {
		return b.outputs(id), b.putPipeline(p)
	}
	if err := d.Check(b.allTypes()); err != nil {
		return nil, err
	}
	p.Version, p.Updated = old.Version+1, b.Clock.Now().UTC()
	if err := b.putPipeline(p); err != nil {
		return nil, err
	}
	return b.outputs(id), b.advance()
}

// Delete removes a pipeline with its executions. Jobs of them are not found any more.
func (b pipelines) Delete(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pipelines[id] == nil {
		return nil
	}
	if err := b.tables.pipelines.Delete(id); err != nil {
		return err
	}
	executions := b.of(id)
	delete(b.pipelines, id)
	for _, e := range executions {
		delete(b.executions, e.ID)
	}
	b.tell()
	for _, e := range executions {
		if err := b.tables.executions.Delete(e.ID); err != nil {
			return err
		}
	}
	return nil
}

// Read says whether the pipeline is there.
func (b pipelines) Read(_ context.Context, id string) (resource.Properties, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pipelines[id] == nil {
		return nil, false, nil
	}
	return b.outputs(id), true, nil
}
