package cloud

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// Definition is what a task definition says about its containers.
type Definition struct {
	ARN          string
	Architecture string // runtimePlatform.cpuArchitecture: X86_64, ARM64; "" where it does not say
	Containers   []Template
}

// Template is one container of a task definition. LogPrefix is the awslogs
// driver's stream prefix: a stream is named prefix/container/task id.
type Template struct {
	Name      string
	Image     string
	Port      int
	LogGroup  string
	LogPrefix string
	Memory    int           // MiB, the hard limit; 0 for the task's
	Stop      time.Duration // stopTimeout; 0 for ECS's own 30 s
}

// Definition describes a task definition by ARN or family:revision.
func (c *Cloud) Definition(ctx context.Context, arn string) (Definition, error) {
	out, err := c.ecs.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String(arn)})
	if err != nil {
		return Definition{}, wrap("describe task definition %s", err, lastPart(arn))
	}
	definition := Definition{ARN: arn}
	if out.TaskDefinition == nil {
		return definition, nil
	}
	if p := out.TaskDefinition.RuntimePlatform; p != nil {
		definition.Architecture = string(p.CpuArchitecture)
	}
	for _, d := range out.TaskDefinition.ContainerDefinitions {
		t := Template{
			Name: aws.ToString(d.Name), Image: aws.ToString(d.Image), Memory: int(aws.ToInt32(d.Memory)),
			Stop: time.Duration(aws.ToInt32(d.StopTimeout)) * time.Second,
		}
		if len(d.PortMappings) > 0 {
			t.Port = int(aws.ToInt32(d.PortMappings[0].ContainerPort))
		}
		if d.LogConfiguration != nil {
			t.LogGroup = d.LogConfiguration.Options["awslogs-group"]
			t.LogPrefix = d.LogConfiguration.Options["awslogs-stream-prefix"]
		}
		definition.Containers = append(definition.Containers, t)
	}
	return definition, nil
}
