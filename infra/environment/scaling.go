package environment

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appautoscaling"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/scope"
)

// scales is true when the configuration asks for autoscaling.
func scales(c *config.Config) bool { return c.MaxCount > c.DesiredCount }

// scaling adds and removes tasks by their average CPU use. It stands before the first release too: without a task
// there is no CPU use, and Application Auto Scaling changes nothing until its alarm speaks.
func (s *Service) scaling(in scope.Scope) error {
	if !scales(in.Config) {
		return nil
	}
	target, err := appautoscaling.NewTarget(in.Ctx, in.Name("scaling"), &appautoscaling.TargetArgs{
		ServiceNamespace:  pulumi.String("ecs"),
		ScalableDimension: pulumi.String("ecs:service:DesiredCount"),
		ResourceId:        pulumi.Sprintf("service/%s/%s", s.args.Cluster.Name, s.Service.Name),
		MinCapacity:       pulumi.Int(in.Config.DesiredCount),
		MaxCapacity:       pulumi.Int(in.Config.MaxCount),
		Tags:              in.Tags("scaling"),
	}, in.Child)
	if err != nil {
		return err
	}
	_, err = appautoscaling.NewPolicy(in.Ctx, in.Name("scaling"), &appautoscaling.PolicyArgs{
		PolicyType:        pulumi.String("TargetTrackingScaling"),
		ServiceNamespace:  target.ServiceNamespace,
		ScalableDimension: target.ScalableDimension,
		ResourceId:        target.ResourceId,
		TargetTrackingScalingPolicyConfiguration: &appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs{
			TargetValue: pulumi.Float64(float64(in.Config.ScaleOnCPU)),
			PredefinedMetricSpecification: &appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs{
				PredefinedMetricType: pulumi.String("ECSServiceAverageCPUUtilization"),
			},
		},
	}, in.Child)
	return err
}
