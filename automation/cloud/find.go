package cloud

import (
	"context"
	"encoding/xml"
	"errors"
	"net/url"

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

// taggedTypes are the types of EC2 that are found by their tag Name, as DescribeTags calls them.
var taggedTypes = map[string]string{
	"aws:ebs/volume:Volume":                   "volume",
	"aws:ec2/eip:Eip":                         "elastic-ip",
	"aws:ec2/instance:Instance":               "instance",
	"aws:ec2/internetGateway:InternetGateway": "internet-gateway",
	"aws:ec2/launchTemplate:LaunchTemplate":   "launch-template",
	"aws:ec2/natGateway:NatGateway":           "natgateway",
	"aws:ec2/routeTable:RouteTable":           "route-table",
	"aws:ec2/securityGroup:SecurityGroup":     "security-group",
	"aws:ec2/subnet:Subnet":                   "subnet",
	"aws:ec2/vpc:Vpc":                         "vpc",
}

// Find answers the ids by which Pulumi imports what a creation with these inputs may have made, as engine.Finder asks.
func (c *Cloud) Find(ctx context.Context, typ string, inputs map[string]any) ([]string, error) {
	if kind := taggedTypes[typ]; kind != "" {
		tags, _ := inputs["tags"].(map[string]any)
		name, _ := tags["Name"].(string)
		return c.tagged(ctx, kind, name)
	}
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

// tagged lists what of EC2 carries a name. A NAT gateway that was deleted does for about an hour; reading it tells.
func (c *Cloud) tagged(ctx context.Context, kind, name string) ([]string, error) {
	if name == "" {
		return nil, engine.ErrUnknownType
	}
	filters := url.Values{
		"Filter.1.Name": {"resource-type"}, "Filter.1.Value.1": {kind}, "Filter.2.Name": {"tag:Name"}, "Filter.2.Value.1": {name},
	}
	text, err := c.ec2(ctx, "DescribeTags", filters)
	if err != nil {
		return nil, wrap("look for %s %s", err, kind, name)
	}
	var answer struct {
		IDs []string `xml:"tagSet>item>resourceId"`
	}
	err = xml.Unmarshal(text, &answer)
	return answer.IDs, err
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
