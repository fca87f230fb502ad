package cloud

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"slipway/automation/engine"
)

// nameIDs are the types that Pulumi imports by one of their inputs (registry of pulumi-aws 6.83, "Import").
var nameIDs = map[string]string{
	"aws:autoscaling/group:Group":               "name",
	"aws:cloudwatch/logGroup:LogGroup":          "name",
	"aws:codecommit/repository:Repository":      "repositoryName",
	"aws:codepipeline/pipeline:Pipeline":        "name",
	"aws:ecr/repository:Repository":             "name",
	"aws:ecs/capacityProvider:CapacityProvider": "name",
	"aws:ecs/cluster:Cluster":                   "name",
	"aws:iam/instanceProfile:InstanceProfile":   "name",
	"aws:iam/role:Role":                         "name",
	"aws:s3/bucketV2:BucketV2":                  "bucket",
	"aws:ssm/parameter:Parameter":               "name",
	"aws:cloudwatch/eventRule:EventRule":        "name",
	"aws:kms/alias:Alias":                       "name",
	"aws:ec2/keyPair:KeyPair":                   "keyName",
	"aws:cloudwatch/metricAlarm:MetricAlarm":    "name",
	"aws:ecs/service:Service":                   "name",
	"aws:lb/loadBalancer:LoadBalancer":          "name",
	"aws:lb/targetGroup:TargetGroup":            "name",
}

// Find answers the ids by which Pulumi imports what a creation with these inputs may have made, as engine.Finder asks.
func (c *Cloud) Find(ctx context.Context, typ string, inputs map[string]any) ([]string, error) {
	name, _ := inputs[nameIDs[typ]].(string)
	if name == "" {
		return nil, engine.ErrUnknownType
	}
	switch typ {
	case "aws:ecs/service:Service":
		cluster, _ := inputs["cluster"].(string)
		return []string{lastPart(cluster) + "/" + name}, nil
	case "aws:lb/loadBalancer:LoadBalancer":
		return c.balancer(ctx, name)
	case "aws:lb/targetGroup:TargetGroup":
		return c.targetGroup(ctx, name)
	}
	return []string{name}, nil
}

func (c *Cloud) balancer(ctx context.Context, name string) ([]string, error) {
	out, err := c.elb.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{Names: []string{name}})
	var missing *types.LoadBalancerNotFoundException
	if errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, wrap("look for load balancer %s", err, name)
	}
	var found []string
	for _, b := range out.LoadBalancers {
		found = append(found, aws.ToString(b.LoadBalancerArn))
	}
	return found, nil
}

func (c *Cloud) targetGroup(ctx context.Context, name string) ([]string, error) {
	out, err := c.elb.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{Names: []string{name}})
	var missing *types.TargetGroupNotFoundException
	if errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, wrap("look for target group %s", err, name)
	}
	var found []string
	for _, g := range out.TargetGroups {
		found = append(found, aws.ToString(g.TargetGroupArn))
	}
	return found, nil
}
