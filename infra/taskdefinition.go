package infra

import (
	"encoding/json"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ContainerName is the name of the app's container in its task definition.
const ContainerName = "app"

type variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type portMapping struct {
	ContainerPort int    `json:"containerPort"`
	HostPort      int    `json:"hostPort"`
	Protocol      string `json:"protocol"`
}

type logConfiguration struct {
	LogDriver string            `json:"logDriver"`
	Options   map[string]string `json:"options"`
}

// container has the fields that ECS fills in when they are left out, so that a refresh shows no difference.
type container struct {
	Name             string           `json:"name"`
	Image            string           `json:"image"`
	Essential        bool             `json:"essential"`
	CPU              int              `json:"cpu"`
	Memory           int              `json:"memory"`
	PortMappings     []portMapping    `json:"portMappings"`
	Environment      []variable       `json:"environment"`
	LogConfiguration logConfiguration `json:"logConfiguration"`
	MountPoints      []struct{}       `json:"mountPoints"`
	VolumesFrom      []struct{}       `json:"volumesFrom"`
	SystemControls   []struct{}       `json:"systemControls"`
}

// taskDefinition outlives its replacement (SkipDestroy): ECS must be able to roll back to the one before, and refuses one
// that is deregistered. A revision costs nothing, and deregistering would not delete it either.
func (s *Service) taskDefinition(ctx *pulumi.Context, names naming, config *Config, args ServiceArgs, roles roles, child pulumi.ResourceOption) (err error) {
	fargate := config.Capacity == CapacityFargate
	definition := &ecs.TaskDefinitionArgs{
		Family:               pulumi.String(names.base),
		ContainerDefinitions: containers(ctx, config, args, s.LogGroup.Name),
		ExecutionRoleArn:     roles.execution.Arn,
		TaskRoleArn:          roles.task.Arn,
		NetworkMode:          pulumi.String("bridge"),
		RuntimePlatform:      platform(config.Architecture),
		SkipDestroy:          pulumi.Bool(true),
		Tags:                 names.tags("task"),
	}
	definition.RequiresCompatibilities = pulumi.StringArray{pulumi.String("EC2")}
	if fargate {
		definition.NetworkMode = pulumi.String("awsvpc")
		definition.RequiresCompatibilities = pulumi.StringArray{pulumi.String("FARGATE")}
		definition.Cpu = pulumi.String(strconv.Itoa(config.CPU))
		definition.Memory = pulumi.String(strconv.Itoa(config.Memory))
	}
	s.TaskDefinition, err = ecs.NewTaskDefinition(ctx, names.name("task"), definition, child)
	return err
}

func platform(architecture string) *ecs.TaskDefinitionRuntimePlatformArgs {
	cpu := map[string]string{ArchitectureX86: "X86_64", ArchitectureARM: "ARM64"}[architecture]
	return &ecs.TaskDefinitionRuntimePlatformArgs{CpuArchitecture: pulumi.String(cpu), OperatingSystemFamily: pulumi.String("LINUX")}
}

func containers(ctx *pulumi.Context, config *Config, args ServiceArgs, logGroup pulumi.StringOutput) pulumi.StringOutput {
	app := container{
		Name: ContainerName, Image: args.Release.Image, Essential: true, CPU: config.CPU, Memory: config.Memory,
		PortMappings: []portMapping{{ContainerPort: config.ContainerPort, HostPort: hostPort(config), Protocol: "tcp"}},
		Environment: []variable{
			{"SLIPWAY_COMMIT", args.Release.Commit},
			{"SLIPWAY_DIGEST", args.Release.Digest()},
			{"SLIPWAY_ENVIRONMENT", ctx.Stack()},
		},
		MountPoints: []struct{}{}, VolumesFrom: []struct{}{}, SystemControls: []struct{}{},
	}
	if app.Image == "" {
		// ECS wants a reference here; with no task it is never pulled.
		app.Image = args.Release.RepositoryURL + ":none"
	}
	return logGroup.ApplyT(func(group string) (string, error) {
		app.LogConfiguration = logConfiguration{"awslogs", map[string]string{
			"awslogs-group": group, "awslogs-region": args.Location.Region, "awslogs-stream-prefix": ContainerName,
		}}
		text, err := json.Marshal([]container{app})
		return string(text), err
	}).(pulumi.StringOutput)
}

// hostPort 0 lets Docker choose, so that two tasks fit on one instance; a fargate task has an address of its own.
func hostPort(config *Config) int {
	if config.Capacity == CapacityFargate {
		return config.ContainerPort
	}
	return 0
}
