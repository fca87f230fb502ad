package ecs

import (
	"context"
	"fmt"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/ecs/definition"
	"slipway/sandbox/resource"
)

// definitionBehaviour is aws:ecs/taskDefinition:TaskDefinition. Its id is the family, as with the AWS provider.
type definitionBehaviour struct{ *Service }

type definitionInputs struct {
	Family                  string               `json:"family"`
	ContainerDefinitions    string               `json:"containerDefinitions"`
	CPU                     string               `json:"cpu"`
	Memory                  string               `json:"memory"`
	NetworkMode             string               `json:"networkMode"`
	ExecutionRoleARN        string               `json:"executionRoleArn"`
	TaskRoleARN             string               `json:"taskRoleArn"`
	RequiresCompatibilities []string             `json:"requiresCompatibilities"`
	RuntimePlatform         *definition.Platform `json:"runtimePlatform"`
	SkipDestroy             bool                 `json:"skipDestroy"`
	Tags                    map[string]string    `json:"tags"`

	Volumes               []any          `json:"volumes"`
	PlacementConstraints  []any          `json:"placementConstraints"`
	InferenceAccelerators []any          `json:"inferenceAccelerators"`
	ProxyConfiguration    map[string]any `json:"proxyConfiguration"`
	IPCMode               string         `json:"ipcMode"`
	PIDMode               string         `json:"pidMode"`
}

// unsupported names the inputs that ask for something that is not done here.
func (in definitionInputs) unsupported() error {
	for name, asked := range map[string]bool{
		"volumes": len(in.Volumes) > 0, "placementConstraints": len(in.PlacementConstraints) > 0,
		"inferenceAccelerators": len(in.InferenceAccelerators) > 0, "proxyConfiguration": len(in.ProxyConfiguration) > 0,
		"ipcMode": in.IPCMode != "", "pidMode": in.PIDMode != "",
	} {
		if asked {
			return awsapi.Errorf("ClientException", "%s of a task definition is not supported here", name)
		}
	}
	return nil
}

func (b definitionBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args definitionInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	if err := args.unsupported(); err != nil {
		return "", nil, err
	}
	containers, err := definition.Containers(args.ContainerDefinitions)
	if err != nil {
		return "", nil, awsapi.Errorf("ClientException", "%s", err)
	}
	d, err := b.registerDefinition(definition.Task{
		Family: args.Family, ContainerDefinitions: containers, CPU: args.CPU, Memory: args.Memory,
		NetworkMode: args.NetworkMode, ExecutionRoleARN: args.ExecutionRoleARN, TaskRoleARN: args.TaskRoleARN,
		RequiresCompatibilities: args.RequiresCompatibilities, Platform: args.RuntimePlatform,
	}, tagsOf(args.Tags), args.SkipDestroy)
	if err != nil {
		return "", nil, err
	}
	return d.Family, resource.Properties{
		"arn": str(d.ARN), "arnWithoutRevision": str(strings.TrimSuffix(d.ARN, fmt.Sprintf(":%d", d.Revision))),
		"revision": num(d.Revision), "networkMode": str(d.NetworkMode),
	}, nil
}

// registerDefinition adds the next revision of a family.
func (s *Service) registerDefinition(t definition.Task, tags []tag, skipDestroy bool) (*taskDefinition, error) {
	if err := t.Validate(); err != nil {
		return nil, awsapi.Errorf("ClientException", "%s", err)
	}
	if t.NetworkMode == "" {
		t.NetworkMode = "bridge"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	revision := 1
	for _, d := range s.definitions {
		if d.Family == t.Family {
			revision = max(revision, d.Revision+1)
		}
	}
	d := &taskDefinition{}
	d.taskDefinitionView = taskDefinitionView{
		ARN:  s.Region.ARN("ecs", fmt.Sprintf("task-definition/%s:%d", t.Family, revision)),
		Task: t, Revision: revision, Status: "ACTIVE", Compatible: compatible(t), RegisteredAt: s.now(),
		Volumes: []any{}, Placement: []any{},
	}
	d.Internal.Tags, d.Internal.SkipDestroy = tags, skipDestroy
	s.definitions[d.key()] = d
	s.saveDefinition(d)
	return d, nil
}

func compatible(t definition.Task) (types []string) {
	for _, launchType := range []string{"EC2", "FARGATE"} {
		asked := t
		asked.RequiresCompatibilities = []string{launchType}
		if asked.Validate() == nil {
			types = append(types, launchType)
		}
	}
	return types
}

// Update changes tags only: every other property makes a new revision.
func (b definitionBehaviour) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args definitionInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if d := b.newest(id); d != nil {
		d.Internal.Tags, d.Internal.SkipDestroy = tagsOf(args.Tags), args.SkipDestroy
		b.saveDefinition(d)
	}
	return nil, nil
}

// Remove deregisters the revision whose ARN is in the outputs.
func (b definitionBehaviour) Remove(_ context.Context, _ string, out resource.Properties) error {
	var args struct {
		ARN         string `json:"arn"`
		SkipDestroy bool   `json:"skipDestroy"`
	}
	if err := resource.Decode(out, &args); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if d := b.definitions[lastPart(args.ARN)]; d != nil && d.Status == "ACTIVE" && !d.Internal.SkipDestroy && !args.SkipDestroy {
		d.Status, d.DeregisteredAt = "INACTIVE", b.now()
		b.saveDefinition(d)
	}
	return nil
}

// Recall finds the revision whose ARN is in the outputs. One that was deregistered is gone to the AWS provider
// (terraform-provider-aws, findTaskDefinition: status INACTIVE, 2026-11).
func (b definitionBehaviour) Recall(_ context.Context, _ string, known resource.Properties) (resource.Properties, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var arn string
	if value := known["arn"]; value.IsString() {
		arn = value.StringValue()
	}
	d := b.definitions[lastPart(arn)]
	return nil, d != nil && d.Status == "ACTIVE", nil
}

// Delete is never called: an id is a family, and Remove knows which of its revisions.
func (b definitionBehaviour) Delete(context.Context, string) error { return nil }
