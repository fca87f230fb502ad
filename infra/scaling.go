package infra

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appautoscaling"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// scales is true when the configuration asks for autoscaling.
func scales(config *Config) bool { return config.MaxCount > config.DesiredCount }

// scaling adds and removes tasks by their average CPU use. It stands before the first release too: without a task
// there is no CPU use, and Application Auto Scaling changes nothing until its alarm speaks.
func (s *Service) scaling(ctx *pulumi.Context, names naming, config *Config, cluster *Cluster, child pulumi.ResourceOption) error {
	if !scales(config) {
		return nil
	}
	target, err := appautoscaling.NewTarget(ctx, names.name("scaling"), &appautoscaling.TargetArgs{
		ServiceNamespace:  pulumi.String("ecs"),
		ScalableDimension: pulumi.String("ecs:service:DesiredCount"),
		ResourceId:        pulumi.Sprintf("service/%s/%s", cluster.Name, s.Service.Name),
		MinCapacity:       pulumi.Int(config.DesiredCount),
		MaxCapacity:       pulumi.Int(config.MaxCount),
		Tags:              names.tags("scaling"),
	}, child)
	if err != nil {
		return err
	}
	_, err = appautoscaling.NewPolicy(ctx, names.name("scaling"), &appautoscaling.PolicyArgs{
		PolicyType:        pulumi.String("TargetTrackingScaling"),
		ServiceNamespace:  target.ServiceNamespace,
		ScalableDimension: target.ScalableDimension,
		ResourceId:        target.ResourceId,
		TargetTrackingScalingPolicyConfiguration: &appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs{
			TargetValue: pulumi.Float64(float64(config.ScaleOnCPU)),
			PredefinedMetricSpecification: &appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs{
				PredefinedMetricType: pulumi.String("ECSServiceAverageCPUUtilization"),
			},
		},
	}, child)
	return err
}
