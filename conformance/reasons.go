package main

import "slipway/conformance/grants"

// tables are what is known to differ between the grants of the role and the calls of this lane.
var tables = grants.Tables{
	// Making or deleting a whole environment is left to people: Jenkins changes a network that is there.
	Left: []grants.Left{
		{Duty: rebuilding, Action: "ec2:CreateInternetGateway", On: ":internet-gateway/", Reason: "belongs to a VPC as long as that is there"},
		{Duty: rebuilding, Action: "ec2:CreateTags", On: ":security-group/", Reason: "the default group of a new VPC has no tag yet, by which Jenkins knows its own"},
		{Duty: rebuilding, Action: "ec2:CreateVpc", On: ":vpc/", Reason: "a person makes an environment"},
		{Duty: rebuilding, Action: "ec2:DeleteInternetGateway", On: ":internet-gateway/", Reason: "belongs to a VPC as long as that is there"},
		{Duty: rebuilding, Action: "ec2:DeleteVpc", On: ":vpc/", Reason: "a person destroys an environment"},
	},
	// Grants that no duty of this lane uses.
	Uncalled: []grants.Uncalled{
		{Policy: "jobs", Actions: "codepipeline:PollForJobs codepipeline:AcknowledgeJob codepipeline:GetJobDetails " +
			"codepipeline:PutJobFailureResult codepipeline:PutJobSuccessResult codepipeline:GetPipelineExecution", Reason: "the worker of a host takes jobs; none runs here"},
		{Policy: "host", Actions: "s3:GetObject s3:PutObject kms:Decrypt kms:Encrypt kms:GenerateDataKey ssm:GetParameter ssm:PutParameter " +
			"logs:CreateLogStream logs:PutLogEvents cloudwatch:PutMetricData", Reason: "boot scripts, worker and agents of a host"},
		{Policy: "ssm", Actions: "ssm:DescribeAssociation ssm:GetDocument ssm:DescribeDocument ssm:ListAssociations " +
			"ssm:ListInstanceAssociations ssm:UpdateAssociationStatus ssm:UpdateInstanceAssociationStatus " +
			"ssm:UpdateInstanceInformation ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel " +
			"ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel ec2messages:AcknowledgeMessage " +
			"ec2messages:DeleteMessage ec2messages:FailMessage ec2messages:GetEndpoint ec2messages:GetMessages " +
			"ec2messages:SendReply", Reason: "the agent of Systems Manager on a host"},
		{Policy: "images", Actions: "ecr:GetAuthorizationToken ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:CompleteLayerUpload " +
			"ecr:GetDownloadUrlForLayer ecr:InitiateLayerUpload ecr:PutImage ecr:UploadLayerPart", Reason: "Docker pulls and pushes when an image is built; none is built here"},
		{Policy: "images", Actions: "ecs:RunTask", Reason: "slipway:before runs a task; the app of this lane has none"},
		{Policy: "deploy", Actions: "ecs:StopTask", Reason: "the task of slipway:before is stopped at its limit; the app of this lane has none"},
		{Policy: "state", Actions: "kms:Encrypt", Reason: "Pulumi encrypts the data key of a stack that it makes: Jenkins makes the stack images"},
		{Policy: "balancers", Actions: "iam:CreateServiceLinkedRole", Reason: "the first use of a service in an account"},
		{Policy: "balancers", Actions: "elasticloadbalancing:DescribeCapacityReservation elasticloadbalancing:DescribeListenerAttributes " +
			"elasticloadbalancing:ModifyListenerAttributes", Reason: "a newer provider than this lane's reads and sets them"},
		{Policy: "balancers", Actions: "elasticloadbalancing:RemoveTags", Reason: "a tag of another version of the program goes"},
		{Policy: "balancers", Actions: "elasticloadbalancing:SetSecurityGroups", Reason: "another firewall of a load balancer that is there"},
		{Policy: "compute", Actions: "application-autoscaling:UntagResource ecs:UntagResource autoscaling:CreateOrUpdateTags " +
			"autoscaling:DeleteTags", Reason: "a tag of another version of the program comes or goes"},
		{Policy: "compute", Actions: "autoscaling:DescribeInstanceRefreshes autoscaling:CancelInstanceRefresh", Reason: "hosts are still replaced by the update before"},
		{Policy: "compute", Actions: "autoscaling:DescribeScalingActivities autoscaling:DescribeTags autoscaling:DescribeWarmPool", Reason: "the provider looks there when a group does not become what it should"},
		{Policy: "compute", Actions: "ecs:ListTagsForResource", Reason: "a newer provider than this lane's reads tags apart"},
		{Policy: "compute", Actions: "ecs:UpdateCapacityProvider ecs:UpdateCluster", Reason: "other settings in another version of the program"},
		{Policy: "network", Actions: "ec2:CreateTags ec2:DeleteTags", On: ":*/*", Reason: "a tag of another version of the program comes or goes"},
		{Policy: "network", Actions: "ec2:DeleteLaunchTemplateVersions", Reason: "a launch template with more versions than it may have"},
		{Policy: "network", Actions: "ec2:ModifySecurityGroupRules", Reason: "a port or an address of a rule in another version of the program"},
		{Policy: "network", Actions: "ec2:ModifySubnetAttribute", Reason: "subnets that give addresses out, or no longer"},
		{Policy: "network", Actions: "ec2:ReplaceRoute ec2:ReplaceRouteTableAssociation", Reason: "a route or a table that is there leads elsewhere"},
		{Policy: "network", Actions: "ec2:DescribeTags", Reason: "the deployer looks for what a creation made that was cut off"},
		{Policy: "network", Actions: "ec2:DescribeImages ec2:DescribeInstances", Reason: "reads of a newer provider than this lane's"},
		{Policy: "network", Actions: "ec2:DisassociateAddress", Reason: "an address that is still in use when it goes"},
		{Policy: "roles", Actions: "iam:UntagRole iam:UntagInstanceProfile logs:UntagResource", Reason: "a tag of another version of the program goes"},
		{Policy: "roles", Actions: "iam:UpdateAssumeRolePolicy iam:UpdateRole", Reason: "a role that another version of the program describes otherwise"},
		{Policy: "roles", Actions: "iam:DetachRolePolicy", Reason: "hosts from before they had a policy of their own"},
		{Policy: "roles", Actions: "logs:AssociateKmsKey logs:DisassociateKmsKey", Reason: "slipway:kmsKeyArn comes or goes"},
	},
}
