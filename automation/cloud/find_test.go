package cloud

import (
	"errors"
	"slices"
	"testing"

	"slipway/automation/engine"
)

const balancers = `<DescribeLoadBalancersResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeLoadBalancersResult><LoadBalancers><member><LoadBalancerArn>arn:lb</LoadBalancerArn></member></LoadBalancers></DescribeLoadBalancersResult></DescribeLoadBalancersResponse>`

const noGroup = `<ErrorResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><Error><Type>Sender</Type><Code>TargetGroupNotFound</Code><Message>no</Message></Error></ErrorResponse>`

const natTags = `<DescribeTagsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><tagSet><item><resourceId>nat-1</resourceId></item><item><resourceId>nat-2</resourceId></item></tagSet></DescribeTagsResponse>`

func TestFind(t *testing.T) {
	c, _ := open(t, map[string]answer{
		"elb.DescribeLoadBalancers": {200, balancers}, "elb.DescribeTargetGroups": {400, noGroup}, "ec2.DescribeTags": {200, natTags},
	})
	tests := []struct {
		typ    string
		inputs map[string]any
		want   []string
		err    error
	}{
		{"aws:cloudwatch/logGroup:LogGroup", map[string]any{"name": "/slipway/dev"}, []string{"/slipway/dev"}, nil},
		{"aws:codecommit/repository:Repository", map[string]any{"repositoryName": "app"}, []string{"app"}, nil},
		{"aws:ecs/service:Service", map[string]any{"name": "app", "cluster": "arn:aws:ecs:us-east-1:1:cluster/dev"}, []string{"dev/app"}, nil},
		{"aws:lb/loadBalancer:LoadBalancer", map[string]any{"name": "dev"}, []string{"arn:lb"}, nil},
		{"aws:lb/targetGroup:TargetGroup", map[string]any{"name": "dev"}, nil, nil},
		{"aws:ec2/natGateway:NatGateway", map[string]any{}, nil, engine.ErrUnknownType},
		{"aws:ec2/natGateway:NatGateway", map[string]any{"tags": map[string]any{"Name": "dev-nat"}}, []string{"nat-1", "nat-2"}, nil},
		{"aws:iam/role:Role", map[string]any{"name": map[string]any{"secret": true}}, nil, engine.ErrUnknownType},
	}
	for _, test := range tests {
		got, err := c.Find(t.Context(), test.typ, test.inputs)
		if !slices.Equal(got, test.want) || !errors.Is(err, test.err) {
			t.Errorf("%s: %v, %v", test.typ, got, err)
		}
	}
}
