package infra

// reach is what Jenkins may touch: the environments of its pipeline, by the names that their resources begin with.
// Pulumi adds random characters to a name, hence the asterisks at the end.
type reach struct {
	where Location
	app   string
	// stacks are names of environments, and bases what the names of their resources begin with.
	stacks, bases []string
}

func reachOf(config *Config, where Location) reach {
	r := reach{where: where, app: config.AppName, stacks: config.Environments}
	for _, stack := range config.Environments {
		r.bases = append(r.bases, newNaming(config.AppName, stack).base)
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

func allowEach(resources []string, actions ...string) statement {
	return statement{Effect: "Allow", Action: actions, Resource: resources}
}

// when adds a condition to a statement.
func (s statement) when(operator, key, value string) statement {
	condition := map[string]map[string]string{}
	for o, keys := range s.Condition {
		condition[o] = keys
	}
	condition[operator] = map[string]string{key: value}
	s.Condition = condition
	return s
}

// releases are a new task definition and the service's change to it, and what the deployer looks at to follow a rollout.
// The first statement has what IAM cannot limit to a resource (Service Authorization Reference).
func (r reach) releases() []statement {
	roles := append(r.global("iam", "role/", "-execution-*"), r.global("iam", "role/", "-task-*")...)
	return []statement{
		allow("*", "ec2:DescribeAvailabilityZones", "ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition",
			"elasticloadbalancing:DescribeTargetHealth", "sts:GetCallerIdentity"),
		allow("*", "ecs:ListTasks").when("ArnLike", "ecs:cluster", r.arn("ecs", "cluster/"+r.app+"-*")),
		allowEach(r.each("ecs", "service/", "-cluster-*/*"), "ecs:DescribeServices", "ecs:TagResource", "ecs:UpdateService"),
		allowEach(r.each("ecs", "task-definition/", ":*"), "ecs:TagResource"),
		allowEach(r.each("ecs", "task/", "-cluster-*/*"), "ecs:DescribeTasks"),
		allowEach(r.each("ecs", "container-instance/", "-cluster-*/*"), "ecs:DescribeContainerInstances"),
		allowEach(r.logs(":log-stream:*"), "logs:GetLogEvents"),
		allowEach(roles, "iam:PassRole").when("StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com"),
	}
}
