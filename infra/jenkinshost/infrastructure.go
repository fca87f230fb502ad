package jenkinshost

import (
	"slices"

	"slipway/infra/policy"
)

// tagged limits a policy.Statement to what carries the app's tag: EC2 has ids of its own choice, so that names say nothing.
func (r reach) tagged(actions ...string) policy.Statement {
	return policy.Allow(r.arn("ec2", "*/*"), actions...).When("StringEquals", "aws:ResourceTag/slipway:app", r.app)
}

// networks are changes of a network that stands. To make or delete a whole VPC is left to a person: the default
// security group of a new one carries no tag yet, by which Jenkins is told from everyone else's.
func (r reach) networks() []policy.Statement {
	alone := []string{"ec2:AllocateAddress", "ec2:CreateLaunchTemplate"}
	within := []string{
		"ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateNatGateway", "ec2:CreateRouteTable",
		"ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateVpcEndpoint",
	}
	return []policy.Statement{
		policy.Allow("*", "ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute", "ec2:DescribeImages", "ec2:DescribeInstances",
			"ec2:DescribeInternetGateways", "ec2:DescribeLaunchTemplateVersions", "ec2:DescribeLaunchTemplates", "ec2:DescribeNatGateways",
			"ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces", "ec2:DescribePrefixLists", "ec2:DescribeRouteTables",
			"ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags",
			"ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs"),
		policy.Allow(r.arn("ec2", "*/*"), slices.Concat(alone, within)...).When("StringEquals", "aws:RequestTag/slipway:app", r.app),
		r.tagged(within...),
		policy.Allow(r.arn("ec2", "*/*"), "ec2:CreateTags").When("Null", "ec2:CreateAction", "false"),
		r.tagged("ec2:AssociateRouteTable", "ec2:AttachInternetGateway", "ec2:CreateLaunchTemplateVersion", "ec2:CreateRoute",
			"ec2:CreateTags", "ec2:DeleteLaunchTemplate", "ec2:DeleteLaunchTemplateVersions", "ec2:DeleteNatGateway", "ec2:DeleteRoute",
			"ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup", "ec2:DeleteSubnet", "ec2:DeleteTags", "ec2:DeleteVpcEndpoints",
			"ec2:DetachInternetGateway", "ec2:DisassociateAddress", "ec2:DisassociateRouteTable", "ec2:ModifyLaunchTemplate",
			"ec2:ModifySecurityGroupRules", "ec2:ModifySubnetAttribute", "ec2:ModifyVpcAttribute", "ec2:ModifyVpcEndpoint",
			"ec2:ReleaseAddress", "ec2:ReplaceRoute", "ec2:ReplaceRouteTableAssociation", "ec2:RevokeSecurityGroupEgress",
			"ec2:RevokeSecurityGroupIngress"),
	}
}

// balancers are the load balancers with their listeners and target groups.
func (r reach) balancers() []policy.Statement {
	balancers := append(r.each("elasticloadbalancing", "loadbalancer/app/", "-*"), r.each("elasticloadbalancing", "targetgroup/", "-*")...)
	balancers = append(balancers, r.each("elasticloadbalancing", "listener/app/", "-*")...)
	return []policy.Statement{
		policy.Allow("*", "elasticloadbalancing:DescribeCapacityReservation", "elasticloadbalancing:DescribeListenerAttributes",
			"elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancerAttributes",
			"elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTags",
			"elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups"),
		policy.AllowEach(balancers, "elasticloadbalancing:AddTags", "elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateLoadBalancer",
			"elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteLoadBalancer",
			"elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyListenerAttributes",
			"elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyTargetGroup",
			"elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:RemoveTags", "elasticloadbalancing:SetSecurityGroups",
			"elasticloadbalancing:SetSubnets"),
	}
}

// records are the aliases of environments in the zones of slipway:hostedZoneIds: records of type A, and no other (Route 53
// developer guide, "Using IAM policy conditions for fine-grained access control", read in November 2026). Which change it
// is, that is asked for until it is everywhere, is not known before.
func (r reach) records(zones []string) []policy.Statement {
	if len(zones) == 0 {
		return nil
	}
	var arns []string
	for _, zone := range zones {
		arns = append(arns, "arn:"+r.where.Partition+":route53:::hostedzone/"+zone)
	}
	return []policy.Statement{
		policy.AllowEach(arns, "route53:ChangeResourceRecordSets").When("ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsRecordTypes", "A"),
		policy.AllowEach(arns, "route53:GetHostedZone", "route53:ListResourceRecordSets"),
		policy.Allow("arn:"+r.where.Partition+":route53:::change/*", "route53:GetChange"),
	}
}

// compute is the cluster with its services and hosts. An Auto Scaling group starts its instances with the rights of
// whoever makes it, hence RunInstances, from a launch template only.
func (r reach) compute() []policy.Statement {
	clusters := append(r.each("ecs", "cluster/", "-*"), r.each("ecs", "service/", "-*")...)
	clusters = append(clusters, r.each("ecs", "capacity-provider/", "-*")...)
	instances := policy.Allow(r.arn("ec2", "*/*"), "ec2:RunInstances").When("ArnLike", "ec2:LaunchTemplate", r.arn("ec2", "launch-template/*"))
	instances.Resource = append(instances.Resource, "arn:"+r.where.Partition+":ec2:"+r.where.Region+"::image/*")
	targets := r.arn("application-autoscaling", "scalable-target/*")
	return []policy.Statement{
		policy.Allow("*", "application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies",
			"autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeInstanceRefreshes", "autoscaling:DescribeScalingActivities",
			"autoscaling:DescribeTags", "autoscaling:DescribeWarmPool"),
		// Neither knows a resource before it is made (ECS developer guide, "Grant permission to tag resources on creation").
		policy.Allow("*", "ecs:CreateCapacityProvider", "ecs:CreateCluster").When("StringEquals", "aws:RequestTag/slipway:app", r.app),
		policy.AllowEach(clusters, "ecs:CreateService", "ecs:DeleteCapacityProvider",
			"ecs:DeleteCluster", "ecs:DeleteService", "ecs:DescribeCapacityProviders", "ecs:DescribeClusters", "ecs:ListTagsForResource",
			"ecs:PutClusterCapacityProviders", "ecs:TagResource", "ecs:UntagResource", "ecs:UpdateCapacityProvider", "ecs:UpdateCluster"),
		policy.AllowEach(r.each("autoscaling", "autoScalingGroup:*:autoScalingGroupName/", "-*"), "autoscaling:CancelInstanceRefresh",
			"autoscaling:CreateAutoScalingGroup", "autoscaling:CreateOrUpdateTags", "autoscaling:DeleteAutoScalingGroup",
			"autoscaling:DeleteTags", "autoscaling:StartInstanceRefresh", "autoscaling:UpdateAutoScalingGroup"),
		policy.Allow(targets, "application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DeregisterScalableTarget",
			"application-autoscaling:PutScalingPolicy", "application-autoscaling:RegisterScalableTarget").
			When("StringEquals", "application-autoscaling:service-namespace", "ecs"),
		policy.Allow(targets, "application-autoscaling:ListTagsForResource", "application-autoscaling:TagResource", "application-autoscaling:UntagResource"),
		policy.AllowEach(r.each("cloudwatch", "alarm:TargetTracking-service/", "-*"), "cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms",
			"cloudwatch:PutMetricAlarm"),
		// Whoever changes a group asks for the image that its launch template names by a parameter.
		policy.Allow("arn:"+r.where.Partition+":ssm:"+r.where.Region+"::parameter/aws/service/ecs/optimized-ami/*", "ssm:GetParameters"),
		instances,
	}
}

// roles are those of tasks and hosts, and the log groups. Whoever may write the policy of a role that a task takes may do
// whatever that policy says, within slipway:permissionsBoundaryArn: without it, and with slipway:deployInfrastructure, who
// may push is as trusted as who runs `slipway up`.
func (r reach) roles() []policy.Statement {
	roles, profiles := r.global("iam", "role/", "-*"), r.global("iam", "instance-profile/", "-*")
	once := "arn:" + r.where.Partition + ":iam::aws:policy/AmazonSSMManagedInstanceCore" // of hosts from before they had a policy of their own
	return []policy.Statement{
		r.bounded(policy.AllowEach(roles, "iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy")),
		policy.AllowEach(roles, "iam:DeleteRole", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
			"iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole"),
		// Of hosts, and of tasks as slipway:taskPolicies says. It is no more than to write their policies.
		r.bounded(policy.AllowEach(roles, "iam:AttachRolePolicy", "iam:DetachRolePolicy")),
		policy.AllowEach(roles, "iam:DetachRolePolicy").When("ArnEquals", "iam:PolicyARN", once),
		policy.AllowEach(profiles, "iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:GetInstanceProfile",
			"iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile", "iam:UntagInstanceProfile"),
		policy.AllowEach(roles, "iam:PassRole").When("StringEquals", "iam:PassedToService", "ec2.amazonaws.com"),
		policy.Allow(r.arn("logs", "log-group:*"), "logs:DescribeLogGroups"),
		policy.AllowEach(append(r.logs(""), r.logs(":*")...), "logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DisassociateKmsKey",
			"logs:ListTagsForResource", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"),
	}
}

// bounded lets the statement touch only roles that the boundary is on, if there is one (IAM user guide, "Permissions
// boundaries for IAM entities"). It can be taken off by nobody who is not allowed to.
func (r reach) bounded(s policy.Statement) policy.Statement {
	if r.boundary == "" {
		return s
	}
	return s.When("StringEquals", "iam:PermissionsBoundary", r.boundary)
}

// linkedServices make a role of their own in an account, when they are first used there by somebody who may let them.
var linkedServices = []string{
	"autoscaling.amazonaws.com", "ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com", "elasticloadbalancing.amazonaws.com",
}

func (r reach) linkedRoles() []policy.Statement {
	var statements []policy.Statement
	for _, service := range linkedServices {
		role := "arn:" + r.where.Partition + ":iam::" + r.where.Account + ":role/aws-service-role/" + service + "/*"
		statements = append(statements, policy.Allow(role, "iam:CreateServiceLinkedRole").When("StringEquals", "iam:AWSServiceName", service))
	}
	return statements
}
