package environment

import (
	"encoding/json"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/scope"
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
	hardening
}

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

func (s *Service) containers(in scope.Scope) pulumi.StringOutput {
	app := container{
		Name: ContainerName, Image: s.args.Release.Image, Essential: true, CPU: in.Config.CPU, Memory: in.Config.Memory,
		PortMappings: []portMapping{{ContainerPort: in.Config.ContainerPort, HostPort: hostPort(in.Config), Protocol: "tcp"}},
		Environment: []variable{
			{"SLIPWAY_COMMIT", s.args.Release.Commit},
			{"SLIPWAY_DIGEST", s.args.Release.Digest()},
			{"SLIPWAY_ENVIRONMENT", in.Stack},
		},
		MountPoints: []struct{}{}, VolumesFrom: []struct{}{}, SystemControls: []struct{}{},
		hardening: hardeningOf(in.Config),
	}
	if app.Image == "" {
		// ECS wants a reference here; with no task it is never pulled.
		app.Image = s.args.Release.RepositoryURL + ":none"
	}
	return s.LogGroup.Name.ApplyT(func(group string) (string, error) {
		app.LogConfiguration = logConfiguration{"awslogs", map[string]string{
			"awslogs-group": group, "awslogs-region": in.Where.Region, "awslogs-stream-prefix": ContainerName,
		}}
		text, err := json.Marshal([]container{app})
		return string(text), err
	}).(pulumi.StringOutput)
}

// hostPort 0 lets Docker choose, so that two tasks fit on one instance; a fargate task has an address of its own.
func hostPort(c *config.Config) int {
	if c.Capacity == config.CapacityFargate {
		return c.ContainerPort
	}
	return 0
}
