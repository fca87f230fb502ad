package calls

import (
	"strings"

	"slipway/sandbox/iam"
)

var balancers = map[string]rule{
	"AddTags":                        given("ResourceArns"),
	"CreateListener":                 createListener,
	"CreateLoadBalancer":             createBalancer("loadbalancer/app/"),
	"CreateTargetGroup":              createBalancer("targetgroup/"),
	"DeleteListener":                 given("ListenerArn"),
	"DeleteLoadBalancer":             given("LoadBalancerArn"),
	"DeleteTargetGroup":              given("TargetGroupArn"),
	"DescribeListenerAttributes":     anywhere,
	"DescribeListeners":              anywhere,
	"DescribeLoadBalancerAttributes": anywhere,
	"DescribeLoadBalancers":          anywhere,
	"DescribeRules":                  anywhere,
	"DescribeTags":                   anywhere,
	"DescribeTargetGroupAttributes":  anywhere,
	"DescribeTargetGroups":           anywhere,
	"DescribeTargetHealth":           anywhere,
	"ModifyListener":                 given("ListenerArn"),
	"ModifyListenerAttributes":       given("ListenerArn"),
	"ModifyLoadBalancerAttributes":   given("LoadBalancerArn"),
	"ModifyTargetGroup":              given("TargetGroupArn"),
	"ModifyTargetGroupAttributes":    given("TargetGroupArn"),
	"RemoveTags":                     given("ResourceArns"),
	"SetSecurityGroups":              given("LoadBalancerArn"),
	"SetSubnets":                     given("LoadBalancerArn"),
}

// createBalancer is the making of something with a name, before AWS ends its ARN with an id, and its tagging (Elastic
// Load Balancing user guide, "Tag resources during creation").
func createBalancer(prefix string) rule {
	return func(c *Call) []iam.Request {
		return c.withTags(c.arn("elasticloadbalancing", prefix+c.params.text("Name")+"/*"), "")
	}
}

// createListener is asked on the load balancer; what is tagged is the listener.
func createListener(c *Call) []iam.Request {
	balancer := c.params.text("LoadBalancerArn")
	return c.withTags(balancer, strings.Replace(balancer, ":loadbalancer/", ":listener/", 1)+"/*")
}

func (c *Call) withTags(resource, made string) []iam.Request {
	if made == "" {
		made = resource
	}
	tags := requestTags(c.params.tags("Tags.member"))
	all := []iam.Request{c.ask(c.Operation, resource, tags)}
	if len(tags) > 0 {
		all = append(all, c.ask("AddTags", made, merged(tags, iam.Context{"elasticloadbalancing:CreateAction": {c.Operation}})))
	}
	return all
}
