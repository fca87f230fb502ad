package jenkinshost

import (
	"slipway/infra/config"
	"slipway/infra/policy"
	"slipway/infra/scope"
)

// reach is what Jenkins may touch: the environments of its pipeline, by the names that their resources begin with.
// Pulumi adds random characters to a name, hence the asterisks at the end.
type reach struct {
	where scope.Location
	app   string
	// stacks are names of environments, and bases what the names of their resources begin with.
	stacks, bases []string
	// boundary is the ARN of the policy that the roles of environments have as their boundary; empty for none.
	boundary string
}

func reachOf(c *config.Config, where scope.Location) reach {
	r := reach{where: where, app: c.AppName, stacks: c.Environments, boundary: c.PermissionsBoundaryArn}
	for _, stack := range c.Environments {
		r.bases = append(r.bases, scope.NewNaming(c.AppName, stack).Base)
	}
	return r
}

// each is one ARN for each environment, with what its names begin with between the two texts.
func (r reach) each(service, before, after string) []string {
	var arns []string
	for _, base := range r.bases {
		arns = append(arns, r.arn(service, before+base+after))
	}
	return arns
}

func (r reach) arn(service, resource string) string {
	return "arn:" + r.where.Partition + ":" + service + ":" + r.where.Region + ":" + r.where.Account + ":" + resource
}

// global is each for a service that knows no region.
func (r reach) global(service, before, after string) []string {
	var arns []string
	for _, base := range r.bases {
		arns = append(arns, "arn:"+r.where.Partition+":"+service+"::"+r.where.Account+":"+before+base+after)
	}
	return arns
}

// logs are the log groups of the environments.
func (r reach) logs(after string) []string {
	var arns []string
	for _, stack := range r.stacks {
		arns = append(arns, r.arn("logs", "log-group:/slipway/"+r.app+"/"+stack+after))
	}
	return arns
}

// releases are a new task definition and the service's change to it, and what the deployer looks at to follow a rollout.
// The first statement has what IAM cannot limit to a resource (Service Authorization Reference). Who the caller is, STS
// tells everybody.
func (r reach) releases() []policy.Statement {
	roles := append(r.global("iam", "role/", "-execution-*"), r.global("iam", "role/", "-task-*")...)
	return []policy.Statement{
		policy.Allow("*", "ec2:DescribeAvailabilityZones", "ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition",
			"elasticloadbalancing:DescribeTargetHealth"),
		policy.Allow("*", "ecs:ListTasks").When("ArnLike", "ecs:cluster", r.arn("ecs", "cluster/"+r.app+"-*")),
		policy.AllowEach(r.each("ecs", "service/", "-cluster-*/*"), "ecs:DescribeServices", "ecs:ListServiceDeployments", "ecs:TagResource",
			"ecs:UpdateService"),
		policy.Allow(r.arn("ecs", "service-revision/"+r.app+"-*"), "ecs:DescribeServiceRevisions"),
		policy.AllowEach(r.each("ecs", "task-definition/", ":*"), "ecs:TagResource"),
		policy.AllowEach(r.each("ecs", "task/", "-cluster-*/*"), "ecs:DescribeTasks", "ecs:StopTask"),
		policy.AllowEach(r.each("ecs", "container-instance/", "-cluster-*/*"), "ecs:DescribeContainerInstances"),
		policy.AllowEach(roles, "iam:PassRole").When("StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com"),
	}
}

// tasks are the one task that slipway:before runs with a new image, and what it and others said: a policy of releases would be
// longer than IAM takes.
func (r reach) tasks() []policy.Statement {
	run := policy.Allow(r.arn("ecs", "task-definition/"+r.app+"-*-before:*"), "ecs:RunTask").When("ArnLike", "ecs:cluster", r.arn("ecs", "cluster/"+r.app+"-*"))
	return []policy.Statement{run, policy.AllowEach(r.logs(":log-stream:*"), "logs:GetLogEvents")}
}
