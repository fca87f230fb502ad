package infra

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Service is the app: its log group, roles, task definition and ECS service.
type Service struct {
	pulumi.ResourceState
	LogGroup       *cloudwatch.LogGroup
	TaskDefinition *ecs.TaskDefinition
	Service        *ecs.Service
}

// ServiceArgs is what a service stands on.
type ServiceArgs struct {
	Release  Release
	Location Location
	Network  *Network
	Firewall *Firewall
	Balancer *LoadBalancer
	Cluster  *Cluster
}

// NewService declares the service. A new image changes the task definition and the ECS service and nothing else.
func NewService(ctx *pulumi.Context, names naming, config *Config, args ServiceArgs) (*Service, error) {
	s := &Service{}
	if err := ctx.RegisterComponentResource("slipway:infra:Service", names.name("app"), s); err != nil {
		return nil, err
	}
	child := pulumi.Parent(s)
	if err := s.logGroup(ctx, names, config, child); err != nil {
		return nil, err
	}
	roles, err := s.taskRoles(ctx, names, args, child)
	if err != nil {
		return nil, err
	}
	if err := s.taskDefinition(ctx, names, config, args, roles, child); err != nil {
		return nil, err
	}
	if err := s.service(ctx, names, config, args, roles, child); err != nil {
		return nil, err
	}
	if err := s.scaling(ctx, names, config, args.Cluster, child); err != nil {
		return nil, err
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"name": s.Service.Name})
}

// logGroup has a name of its own so that a person finds it. CloudWatch Logs encrypts every group at rest;
// slipway:kmsKeyArn chooses the key.
func (s *Service) logGroup(ctx *pulumi.Context, names naming, config *Config, child pulumi.ResourceOption) (err error) {
	args := &cloudwatch.LogGroupArgs{
		Name:            pulumi.String("/slipway/" + names.app + "/" + names.stack),
		RetentionInDays: pulumi.Int(config.LogRetentionDays),
		Tags:            names.tags("logs"),
	}
	if config.KMSKeyArn != "" {
		args.KmsKeyId = pulumi.String(config.KMSKeyArn)
	}
	s.LogGroup, err = cloudwatch.NewLogGroup(ctx, names.name("logs"), args, child)
	return err
}

// service does not wait for a steady state: steady is also what ECS calls a service after it has rolled back.
// The deployer watches the rollout itself.
func (s *Service) service(ctx *pulumi.Context, names naming, config *Config, args ServiceArgs, roles roles, child pulumi.ResourceOption) (err error) {
	declared := &ecs.ServiceArgs{
		Cluster:                         args.Cluster.Arn,
		TaskDefinition:                  s.TaskDefinition.Arn,
		DesiredCount:                    pulumi.Int(desiredCount(config, args.Release)),
		DeploymentCircuitBreaker:        &ecs.ServiceDeploymentCircuitBreakerArgs{Enable: pulumi.Bool(true), Rollback: pulumi.Bool(true)},
		DeploymentMinimumHealthyPercent: pulumi.Int(config.MinimumHealthyPercent),
		DeploymentMaximumPercent:        pulumi.Int(config.MaximumPercent),
		HealthCheckGracePeriodSeconds:   pulumi.Int(config.HealthGrace),
		CapacityProviderStrategies: ecs.ServiceCapacityProviderStrategyArray{
			&ecs.ServiceCapacityProviderStrategyArgs{CapacityProvider: args.Cluster.CapacityProvider, Weight: pulumi.Int(1)},
		},
		LoadBalancers: ecs.ServiceLoadBalancerArray{&ecs.ServiceLoadBalancerArgs{
			TargetGroupArn: args.Balancer.TargetGroup.Arn, ContainerName: pulumi.String(ContainerName), ContainerPort: pulumi.Int(config.ContainerPort),
		}},
		EnableEcsManagedTags: pulumi.Bool(true),
		PropagateTags:        pulumi.String("SERVICE"),
		WaitForSteadyState:   pulumi.Bool(false),
		ForceDelete:          pulumi.Bool(true),
		Tags:                 names.tags("service"),
	}
	place(declared, config, args)
	s.Service, err = ecs.NewService(ctx, names.name("service"), declared, child,
		pulumi.DependsOn(slices.Concat(args.Cluster.Ready, args.Balancer.Ready, args.Network.Ready, args.Firewall.Ready, roles.ready)),
		pulumi.IgnoreChanges(leaveToScaling(config, args.Release)))
	return err
}

// desiredCount is zero until there is an image, so that a first update never waits for one that nobody has pushed.
func desiredCount(config *Config, release Release) int {
	if release.Image == "" {
		return 0
	}
	return config.DesiredCount
}

// leaveToScaling keeps an update from undoing what autoscaling did; the first release still has to set the count.
func leaveToScaling(config *Config, release Release) []string {
	if scales(config) && !release.First {
		return []string{"desiredCount"}
	}
	return nil
}

// place spreads tasks over zones. A fargate task takes an address in a host subnet, with a public IP where that has no NAT:
// it has to reach ECR and CloudWatch Logs as an instance does.
func place(declared *ecs.ServiceArgs, config *Config, args ServiceArgs) {
	if config.Capacity == CapacityFargate {
		declared.NetworkConfiguration = &ecs.ServiceNetworkConfigurationArgs{
			Subnets:        ids(args.Network.Hosts),
			SecurityGroups: pulumi.StringArray{args.Firewall.Hosts.ID()},
			AssignPublicIp: pulumi.Bool(args.Network.HostsArePublic),
		}
		return
	}
	declared.OrderedPlacementStrategies = ecs.ServiceOrderedPlacementStrategyArray{
		&ecs.ServiceOrderedPlacementStrategyArgs{Type: pulumi.String("spread"), Field: pulumi.String("attribute:ecs.availability-zone")},
		&ecs.ServiceOrderedPlacementStrategyArgs{Type: pulumi.String("binpack"), Field: pulumi.String("memory")},
	}
}
