package cloud

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Derived is a copy of a service's task definition with another image in one container, and variables that replace its own.
type Derived struct {
	Cluster, Service string
	Container        string
	Image            string
	Variables        map[string]string
}

// derivedFamily is appended to the family of the original, whose revisions are those of releases.
const derivedFamily = "-before"

// Derive registers the copy and answers it.
func (c *Cloud) Derive(ctx context.Context, like Derived) (Definition, error) {
	s, err := c.Service(ctx, like.Cluster, like.Service)
	if err != nil {
		return Definition{}, err
	}
	original := s.Primary().TaskDefinition
	found, err := c.ecs.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String(original)})
	if err != nil {
		return Definition{}, wrap("describe task definition %s", err, lastPart(original))
	}
	in, err := derived(found.TaskDefinition, like)
	if err != nil {
		return Definition{}, err
	}
	made, err := c.ecs.RegisterTaskDefinition(ctx, in)
	if err != nil {
		return Definition{}, wrap("register a copy of task definition %s with image %s", err, lastPart(original), like.Image)
	}
	return c.Definition(ctx, aws.ToString(made.TaskDefinition.TaskDefinitionArn))
}

func derived(d *types.TaskDefinition, like Derived) (*ecs.RegisterTaskDefinitionInput, error) {
	in := &ecs.RegisterTaskDefinitionInput{
		Family: aws.String(aws.ToString(d.Family) + derivedFamily), ContainerDefinitions: slices.Clone(d.ContainerDefinitions),
		Cpu: d.Cpu, Memory: d.Memory, NetworkMode: d.NetworkMode, RequiresCompatibilities: d.RequiresCompatibilities,
		ExecutionRoleArn: d.ExecutionRoleArn, TaskRoleArn: d.TaskRoleArn, RuntimePlatform: d.RuntimePlatform, Volumes: d.Volumes,
		EphemeralStorage: d.EphemeralStorage, PidMode: d.PidMode, IpcMode: d.IpcMode, ProxyConfiguration: d.ProxyConfiguration,
		PlacementConstraints: d.PlacementConstraints, EnableFaultInjection: d.EnableFaultInjection,
	}
	for i := range in.ContainerDefinitions {
		if container := &in.ContainerDefinitions[i]; aws.ToString(container.Name) == like.Container {
			container.Image = aws.String(like.Image)
			container.Environment = replaced(container.Environment, like.Variables)
			return in, nil
		}
	}
	return nil, fmt.Errorf("task definition %s has no container %s", aws.ToString(d.Family), like.Container)
}

func replaced(all []types.KeyValuePair, with map[string]string) []types.KeyValuePair {
	out := slices.DeleteFunc(slices.Clone(all), func(v types.KeyValuePair) bool {
		_, there := with[aws.ToString(v.Name)]
		return there
	})
	for _, name := range slices.Sorted(maps.Keys(with)) {
		out = append(out, types.KeyValuePair{Name: aws.String(name), Value: aws.String(with[name])})
	}
	return out
}
