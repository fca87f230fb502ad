package environment

import (
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/scope"
)

// taskDefinition outlives its replacement (SkipDestroy): ECS must be able to roll back to the one before, and refuses one
// that is deregistered. A revision costs nothing, and deregistering would not delete it either.
func (s *Service) taskDefinition(in scope.Scope, roles roles) (err error) {
	fargate := in.Config.Capacity == config.CapacityFargate
	definition := &ecs.TaskDefinitionArgs{
		Family:               pulumi.String(in.Base),
		ContainerDefinitions: s.containers(in),
		ExecutionRoleArn:     roles.execution.Arn,
		TaskRoleArn:          roles.task.Arn,
		NetworkMode:          pulumi.String("bridge"),
		RuntimePlatform:      platform(in.Config.Architecture),
		SkipDestroy:          pulumi.Bool(true),
		Tags:                 in.Tags("task"),
	}
	definition.RequiresCompatibilities = pulumi.StringArray{pulumi.String("EC2")}
	if fargate {
		definition.NetworkMode = pulumi.String("awsvpc")
		definition.RequiresCompatibilities = pulumi.StringArray{pulumi.String("FARGATE")}
		definition.Cpu = pulumi.String(strconv.Itoa(in.Config.CPU))
		definition.Memory = pulumi.String(strconv.Itoa(in.Config.Memory))
	}
	s.TaskDefinition, err = ecs.NewTaskDefinition(in.Ctx, in.Name("task"), definition, in.Child)
	return err
}

func platform(architecture string) *ecs.TaskDefinitionRuntimePlatformArgs {
	cpu := map[string]string{config.ArchitectureX86: "X86_64", config.ArchitectureARM: "ARM64"}[architecture]
	return &ecs.TaskDefinitionRuntimePlatformArgs{CpuArchitecture: pulumi.String(cpu), OperatingSystemFamily: pulumi.String("LINUX")}
}
