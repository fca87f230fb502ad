package environment

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/network"
	"slipway/infra/scope"
)

// Service is the app: its log group, roles, task definition and ECS service.
type Service struct {
	pulumi.ResourceState
	LogGroup       *cloudwatch.LogGroup
	TaskDefinition *ecs.TaskDefinition
	Service        *ecs.Service

	args ServiceArgs
}

// ServiceArgs is what a service stands on.
type ServiceArgs struct {
	Release  Release
	Network  *network.Network
	Firewall *Firewall
	Balancer *LoadBalancer
	Cluster  *Cluster
}

// NewService declares the service. A new image changes the task definition and the ECS service and nothing else.
func NewService(in scope.Scope, args ServiceArgs) (*Service, error) {
	s := &Service{args: args}
	return s, in.Component("Service", "app", s, s.declare)
}

func (s *Service) declare(in scope.Scope) (pulumi.Map, error) {
	if err := s.logGroup(in); err != nil {
		return nil, err
	}
	roles, err := s.taskRoles(in)
	if err != nil {
		return nil, err
	}
	if err := s.taskDefinition(in, roles); err != nil {
		return nil, err
	}
	if err := s.service(in, roles); err != nil {
		return nil, err
	}
	if err := s.scaling(in); err != nil {
		return nil, err
	}
	return pulumi.Map{"name": s.Service.Name}, nil
}

// logGroup has a name of its own so that a person finds it. CloudWatch Logs encrypts every group at rest;
// slipway:kmsKeyArn chooses the key.
func (s *Service) logGroup(in scope.Scope) (err error) {
	s.LogGroup, err = cloudwatch.NewLogGroup(in.Ctx, in.Name("logs"), &cloudwatch.LogGroupArgs{
		Name:            pulumi.String("/slipway/" + in.App + "/" + in.Stack),
		RetentionInDays: pulumi.Int(in.Config.LogRetentionDays),
		KmsKeyId:        scope.Optional(in.Config.KMSKeyArn),
		Tags:            in.Tags("logs"),
	}, in.Child)
	return err
}

// service does not wait for a steady state: steady is also what ECS calls a service after it has rolled back.
// The deployer watches the rollout itself.
func (s *Service) service(in scope.Scope, roles roles) (err error) {
	declared := &ecs.ServiceArgs{
		Cluster:                         s.args.Cluster.Arn,
		TaskDefinition:                  s.TaskDefinition.Arn,
		DesiredCount:                    pulumi.Int(desiredCount(in.Config, s.args.Release)),
		DeploymentCircuitBreaker:        &ecs.ServiceDeploymentCircuitBreakerArgs{Enable: pulumi.Bool(true), Rollback: pulumi.Bool(true)},
		DeploymentMinimumHealthyPercent: pulumi.Int(in.Config.MinimumHealthyPercent),
		DeploymentMaximumPercent:        pulumi.Int(in.Config.MaximumPercent),
		HealthCheckGracePeriodSeconds:   pulumi.Int(in.Config.HealthGrace),
		CapacityProviderStrategies: ecs.ServiceCapacityProviderStrategyArray{
			&ecs.ServiceCapacityProviderStrategyArgs{CapacityProvider: s.args.Cluster.CapacityProvider, Weight: pulumi.Int(1)},
		},
		LoadBalancers: ecs.ServiceLoadBalancerArray{&ecs.ServiceLoadBalancerArgs{
			TargetGroupArn: s.args.Balancer.TargetGroup.Arn, ContainerName: pulumi.String(config.AppContainer), ContainerPort: pulumi.Int(in.Config.ContainerPort),
		}},
		EnableEcsManagedTags: pulumi.Bool(true),
		EnableExecuteCommand: pulumi.Bool(in.Config.Exec),
		PropagateTags:        pulumi.String("SERVICE"),
		WaitForSteadyState:   pulumi.Bool(false),
		ForceDelete:          pulumi.Bool(true),
		Tags:                 in.Tags("service"),
	}
	s.place(in, declared)
	s.Service, err = ecs.NewService(in.Ctx, in.Name("service"), declared, in.Child,
		pulumi.DependsOn(slices.Concat(s.args.Cluster.Ready, s.args.Balancer.Ready, s.args.Network.Ready, s.args.Firewall.Ready, roles.ready)),
		pulumi.IgnoreChanges(leaveToScaling(in.Config, s.args.Release)))
	return err
}

// desiredCount is zero until there is an image, so that a first update never waits for one that nobody has pushed.
func desiredCount(c *config.Config, release Release) int {
	if release.Image == "" {
		return 0
	}
	return c.DesiredCount
}

// leaveToScaling keeps an update from undoing what autoscaling did; the first release still has to set the count.
func leaveToScaling(c *config.Config, release Release) []string {
	if scales(c) && !release.First {
		return []string{"desiredCount"}
	}
	return nil
}

// place spreads tasks over zones. A fargate task takes an address in a host subnet, with a public IP where that has no NAT:
// it has to reach ECR and CloudWatch Logs as an instance does.
func (s *Service) place(in scope.Scope, declared *ecs.ServiceArgs) {
	if in.Config.Capacity == config.CapacityFargate {
		declared.NetworkConfiguration = &ecs.ServiceNetworkConfigurationArgs{
			Subnets:        network.IDs(s.args.Network.Hosts),
			SecurityGroups: pulumi.StringArray{s.args.Firewall.Hosts.ID()},
			AssignPublicIp: pulumi.Bool(s.args.Network.HostsArePublic),
		}
		return
	}
	declared.OrderedPlacementStrategies = ecs.ServiceOrderedPlacementStrategyArray{
		&ecs.ServiceOrderedPlacementStrategyArgs{Type: pulumi.String("spread"), Field: pulumi.String("attribute:ecs.availability-zone")},
		&ecs.ServiceOrderedPlacementStrategyArgs{Type: pulumi.String("binpack"), Field: pulumi.String("memory")},
	}
}
