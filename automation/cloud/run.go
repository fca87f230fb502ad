package cloud

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Single is a task beside a service: with its task definition or another one, its capacity and network, and another command.
type Single struct {
	Cluster, Service string
	TaskDefinition   string // its ARN; empty for that of the service
	Container        string // the one that gets the command
	Command          []string
	StartedBy        string
}

// NotPlaced is the error of a task that ECS found no place for.
type NotPlaced struct{ Reasons []string }

func (e *NotPlaced) Error() string {
	return "ECS cannot place the task: " + strings.Join(e.Reasons, "; ")
}

// reasons are the words for what RunTask answers as a failure (Amazon ECS Developer Guide, "API failure reasons", November 2026).
var reasons = map[string]string{
	"RESOURCE:MEMORY": "no host has as much memory left", "RESOURCE:CPU": "no host has as much CPU left",
	"RESOURCE:PORTS": "its host ports are taken", "RESOURCE:ENI": "no host has a network interface left",
	"AGENT": "the agent of a host is not connected", "ATTRIBUTE": "no host has the attributes that it asks for",
	"MISSING": "there is no such host", "INACTIVE": "its host is inactive",
	"EMPTY CAPACITY PROVIDER": "the capacity provider has no host",
}

// Run starts a single task where a service runs. A task that cannot be placed is a *NotPlaced.
func (c *Cloud) Run(ctx context.Context, s Single) (Task, error) {
	found, err := c.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: aws.String(s.Cluster), Services: []string{s.Service}})
	if err != nil {
		return Task{}, wrap("describe service %s in cluster %s", err, s.Service, s.Cluster)
	}
	if len(found.Services) == 0 {
		return Task{}, fmt.Errorf("describe service %s in cluster %s: %s", s.Service, s.Cluster, failures(found.Failures))
	}
	like := found.Services[0]
	in := &ecs.RunTaskInput{
		Cluster: aws.String(s.Cluster), TaskDefinition: like.TaskDefinition, Count: aws.Int32(1), StartedBy: aws.String(s.StartedBy),
		CapacityProviderStrategy: like.CapacityProviderStrategy, NetworkConfiguration: like.NetworkConfiguration,
		EnableECSManagedTags: like.EnableECSManagedTags, PropagateTags: types.PropagateTagsTaskDefinition,
		Overrides: &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{Name: aws.String(s.Container), Command: s.Command}}},
	}
	if s.TaskDefinition != "" {
		in.TaskDefinition = aws.String(s.TaskDefinition)
	}
	if len(in.CapacityProviderStrategy) == 0 {
		in.LaunchType = like.LaunchType
	}
	out, err := c.ecs.RunTask(ctx, in)
	if err != nil {
		return Task{}, wrap("run a task like those of service %s", err, s.Service)
	}
	if len(out.Tasks) == 0 {
		return Task{}, notPlaced(out.Failures)
	}
	return taskOf(out.Tasks[0]), nil
}

func notPlaced(all []types.Failure) error {
	e := &NotPlaced{}
	for _, f := range all {
		text := aws.ToString(f.Reason)
		if words, known := reasons[text]; known {
			text = words + " (" + text + ")"
		}
		if detail := aws.ToString(f.Detail); detail != "" {
			text += ": " + detail
		}
		e.Reasons = append(e.Reasons, text)
	}
	if len(e.Reasons) == 0 {
		e.Reasons = []string{"it gives no reason"}
	}
	return e
}

// Task describes one task.
func (c *Cloud) Task(ctx context.Context, cluster, arn string) (Task, error) {
	out, err := c.ecs.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: aws.String(cluster), Tasks: []string{arn}})
	if err != nil {
		return Task{}, wrap("describe task %s", err, lastPart(arn))
	}
	if len(out.Tasks) == 0 {
		return Task{}, fmt.Errorf("describe task %s: %s", lastPart(arn), failures(out.Failures))
	}
	return taskOf(out.Tasks[0]), nil
}

// StopTask makes a task end: SIGTERM, and SIGKILL after its stop timeout.
func (c *Cloud) StopTask(ctx context.Context, cluster, arn, reason string) error {
	_, err := c.ecs.StopTask(ctx, &ecs.StopTaskInput{Cluster: aws.String(cluster), Task: aws.String(arn), Reason: aws.String(reason)})
	if err != nil {
		return wrap("stop task %s", err, lastPart(arn))
	}
	return nil
}

// Next reads on in a stream: from its beginning with the token "", otherwise from where the token of the last answer
// says. A stream that does not exist yet has no lines.
func (c *Cloud) Next(ctx context.Context, group, stream, token string) (lines []string, next string, err error) {
	in := &cloudwatchlogs.GetLogEventsInput{
		LogGroupName: aws.String(group), LogStreamName: aws.String(stream), StartFromHead: aws.Bool(true),
	}
	if token != "" {
		in.NextToken = aws.String(token)
	}
	out, err := c.logs.GetLogEvents(ctx, in)
	var missing *logtypes.ResourceNotFoundException
	if errors.As(err, &missing) {
		return nil, token, nil
	}
	if err != nil {
		return nil, token, wrap("read log stream %s of %s", err, stream, group)
	}
	for _, e := range out.Events {
		lines = append(lines, aws.ToString(e.Message))
	}
	return lines, aws.ToString(out.NextForwardToken), nil
}
