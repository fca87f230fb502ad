package calls

import (
	"strings"

	"slipway/sandbox/iam"
)

var autoScaling = map[string]rule{
	"CancelInstanceRefresh":     group,
	"CreateAutoScalingGroup":    both(group, launches),
	"CreateOrUpdateTags":        groupTags,
	"DeleteAutoScalingGroup":    group,
	"DeleteTags":                groupTags,
	"DescribeAutoScalingGroups": anywhere,
	"DescribeInstanceRefreshes": anywhere,
	"DescribeScalingActivities": anywhere,
	"DescribeTags":              anywhere,
	"DescribeWarmPool":          anywhere,
	"StartInstanceRefresh":      group,
	"UpdateAutoScalingGroup":    both(group, launches),
}

func (c *Call) groupARN(name string) string {
	return c.arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/"+name)
}

func group(c *Call) []iam.Request { return c.on(c.groupARN(c.params.text("AutoScalingGroupName"))) }

func groupTags(c *Call) []iam.Request {
	return c.on(c.groupARN(c.params.text("Tags.member.1.ResourceId")))
}

// launches is what the caller has to be allowed of EC2 and IAM, for an instance may be launched at once: to run from the
// template, on every resource that an instance is made of, to pass its role, and to read the parameter with the image
// (EC2 Auto Scaling user guide, "Control Amazon EC2 launch template usage in Auto Scaling groups" and "Use AWS Systems
// Manager parameters instead of AMI IDs in launch templates"; page of EC2, RunInstances).
func launches(c *Call) []iam.Request {
	template := c.params.text("LaunchTemplate.LaunchTemplateId")
	if template == "" {
		return nil
	}
	from := iam.Context{"ec2:LaunchTemplate": {c.arn("ec2", "launch-template/"+template)}, "ec2:IsLaunchTemplateResource": {"true"}}
	var all []iam.Request
	for _, kind := range []string{"instance/*", "network-interface/*", "security-group/*", "subnet/*", "volume/*"} {
		all = append(all, c.ask("ec2:RunInstances", c.arn("ec2", kind), from))
	}
	all = append(all, c.ask("ec2:RunInstances", "arn:aws:ec2:"+c.Region+"::image/*", from),
		c.ask("ec2:RunInstances", c.arn("ec2", "launch-template/"+template), merged(from, resourceTags(c.world.Tags(template)))))
	if parameter := c.world.ParameterOf(template); parameter != "" {
		all = append(all, c.ask("ssm:GetParameters", "arn:aws:ssm:"+c.Region+"::parameter"+parameter, nil))
	}
	for _, role := range c.world.RolesOf(c.world.ProfileOf(template)) {
		all = append(all, c.passed(role, "ec2.amazonaws.com")...)
	}
	return all
}

var applicationScaling = map[string]rule{
	"DeleteScalingPolicy":      both(target, alarms("cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms")),
	"DeregisterScalableTarget": target,
	"DescribeScalableTargets":  anywhere,
	"DescribeScalingPolicies":  anywhere,
	"ListTagsForResource":      given("ResourceARN"),
	"PutScalingPolicy":         both(target, alarms("cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms")),
	"RegisterScalableTarget":   both(target, scaled),
	"TagResource":              given("ResourceARN"),
	"UntagResource":            given("ResourceARN"),
}

// target is asked on a scalable target, whose id the caller does not know.
func target(c *Call) []iam.Request {
	tags := requestTags(c.params.tags("Tags"))
	context := iam.Context{
		"application-autoscaling:service-namespace":  {c.params.text("ServiceNamespace")},
		"application-autoscaling:scalable-dimension": {c.params.text("ScalableDimension")},
	}
	arn := c.arn("application-autoscaling", "scalable-target/*")
	all := []iam.Request{c.ask(c.Operation, arn, merged(tags, context))}
	if len(tags) > 0 {
		all = append(all, c.ask("TagResource", arn, tags))
	}
	return all
}

// alarms are those of target tracking, which are made and deleted with the caller's rights (Application Auto Scaling
// user guide, "Permissions required for target tracking and step scaling policies").
func alarms(actions ...string) rule {
	return func(c *Call) []iam.Request {
		var all []iam.Request
		for _, action := range actions {
			all = append(all, c.ask(action, c.arn("cloudwatch", "alarm:TargetTracking-"+c.params.text("ResourceId")+"-*"), nil))
		}
		return append(all, scaled(c)...)
	}
}

// scaled is what is asked of ECS for the service that scales (the same page, "Amazon ECS services").
func scaled(c *Call) []iam.Request {
	cluster, _, _ := strings.Cut(strings.TrimPrefix(c.params.text("ResourceId"), "service/"), "/")
	context := iam.Context{"ecs:cluster": {c.arn("ecs", "cluster/"+cluster)}}
	arn := c.arn("ecs", c.params.text("ResourceId"))
	return []iam.Request{c.ask("ecs:DescribeServices", arn, context), c.ask("ecs:UpdateService", arn, context)}
}
