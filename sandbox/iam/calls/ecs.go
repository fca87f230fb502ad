package calls

import (
	"path"
	"strings"

	"slipway/sandbox/iam"
)

var containers = map[string]rule{
	"CreateCapacityProvider":   named("*", "capacity-provider/", "name"),
	"CreateCluster":            named("*", "cluster/", "clusterName"),
	"CreateService":            service("serviceName"),
	"DeleteCapacityProvider":   resource("capacity-provider/", "capacityProvider"),
	"DeleteCluster":            resource("cluster/", "cluster"),
	"DeleteService":            service("service"),
	"DeregisterTaskDefinition": anywhere,
	"DeleteTaskDefinitions": func(c *Call) []iam.Request {
		var all []iam.Request
		for _, name := range c.params.texts("taskDefinitions") {
			all = append(all, c.on(c.arn("ecs", "task-definition/"+name[strings.LastIndex(name, "/")+1:]))...)
		}
		return all
	},
	"DescribeCapacityProviders":   resource("capacity-provider/", "capacityProviders"),
	"DescribeClusters":            resource("cluster/", "clusters"),
	"DescribeContainerInstances":  member("container-instance/", "containerInstances"),
	"DescribeServices":            member("service/", "services"),
	"DescribeServiceDeployments":  member("service-deployment/", "serviceDeploymentArns"),
	"DescribeServiceRevisions":    member("service-revision/", "serviceRevisionArns"),
	"DescribeTaskDefinition":      anywhere,
	"DescribeTasks":               member("task/", "tasks"),
	"ExecuteCommand":              executeCommand,
	"ListClusters":                anywhere,
	"ListContainerInstances":      resource("cluster/", "cluster"),
	"ListServiceDeployments":      service("service"),
	"ListServices":                listTasks,
	"ListTagsForResource":         given("resourceArn"),
	"ListTaskDefinitionFamilies":  anywhere,
	"ListTaskDefinitions":         anywhere,
	"ListTasks":                   listTasks,
	"PutClusterCapacityProviders": resource("cluster/", "cluster"),
	"RegisterTaskDefinition":      registerTask,
	"RunTask":                     runTask,
	"StopServiceDeployment":       given("serviceDeploymentArn"),
	"StopTask":                    member("task/", "task"),
	"TagResource":                 given("resourceArn"),
	"UntagResource":               given("resourceArn"),
	"UpdateCapacityProvider":      resource("capacity-provider/", "name"),
	"UpdateCluster":               resource("cluster/", "cluster"),
	"UpdateService":               service("service"),
}

// named is the making of something that has no ARN to be asked on (no resource type on the page, hence the "*"), and
// its tagging, which has one (ECS developer guide, "Grant permission to tag resources on creation").
func named(on, prefix, name string) rule {
	return func(c *Call) []iam.Request {
		tags := requestTags(c.params.tags("tags"))
		return append([]iam.Request{c.ask(c.Operation, on, tags)}, c.tagging(c.arn("ecs", prefix+c.params.text(name)), tags)...)
	}
}

func (c *Call) tagging(resource string, tags iam.Context) []iam.Request {
	if len(tags) == 0 {
		return nil
	}
	return []iam.Request{c.ask("ecs:TagResource", resource, merged(tags, iam.Context{"ecs:CreateAction": {c.Operation}}))}
}

// each are the texts of a member that may be one or a list.
func (c *Call) each(name string) []string {
	if many := c.params.texts(name); len(many) > 0 {
		return many
	}
	if one := c.params.text(name); one != "" {
		return []string{one}
	}
	return nil
}

// resource asks on what a member names by ARN or name.
func resource(prefix, name string) rule {
	return func(c *Call) []iam.Request {
		var all []iam.Request
		for _, each := range c.each(name) {
			all = append(all, c.ask(c.Operation, c.ecsARN(prefix, each), nil))
		}
		return all
	}
}

func (c *Call) ecsARN(prefix, name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return c.arn("ecs", prefix+name)
}

// member is resource for what belongs to a cluster: its ARN has the cluster's name in it.
func member(prefix, name string) rule {
	return func(c *Call) []iam.Request {
		cluster := path.Base(c.params.text("cluster"))
		var all []iam.Request
		for _, each := range c.each(name) {
			all = append(all, c.ask(c.Operation, c.ecsARN(prefix+cluster+"/", each), c.inCluster()))
		}
		return all
	}
}

func (c *Call) inCluster() iam.Context {
	if c.params.text("cluster") == "" {
		return nil
	}
	return iam.Context{"ecs:cluster": {c.ecsARN("cluster/", c.params.text("cluster"))}}
}

// service is a change of one service. Tags that it is made with need ecs:TagResource. An update tags nothing.
func service(name string) rule {
	return func(c *Call) []iam.Request {
		text, cluster := c.params.text(name), path.Base(c.params.text("cluster"))
		arn := c.ecsARN("service/"+cluster+"/", text)
		tags := requestTags(c.params.tags("tags"))
		return append([]iam.Request{c.ask(c.Operation, arn, merged(tags, c.inCluster()))}, c.tagging(arn, tags)...)
	}
}

// listTasks has the container instance as its only resource type, which is not given here: it is asked on "*" with the cluster.
func listTasks(c *Call) []iam.Request {
	return []iam.Request{c.ask(c.Operation, "*", c.inCluster())}
}

// registerTask hands both roles to ECS (ECS developer guide, "Amazon ECS task execution IAM role").
func registerTask(c *Call) []iam.Request {
	tags := requestTags(c.params.tags("tags"))
	all := []iam.Request{c.ask(c.Operation, "*", tags)}
	all = append(all, c.tagging(c.arn("ecs", "task-definition/"+c.params.text("family")+":*"), tags)...)
	all = append(all, c.passed(c.params.text("executionRoleArn"), "ecs-tasks.amazonaws.com")...)
	return append(all, c.passed(c.params.text("taskRoleArn"), "ecs-tasks.amazonaws.com")...)
}

// runTask is asked on the task definition, and hands over the roles that it or the request names.
func runTask(c *Call) []iam.Request {
	definition := c.ecsARN("task-definition/", c.params.text("taskDefinition"))
	if !strings.Contains(path.Base(definition), ":") {
		definition += ":*" // the newest revision
	}
	tags := requestTags(c.params.tags("tags"))
	all := []iam.Request{c.ask(c.Operation, definition, merged(tags, c.inCluster()))}
	all = append(all, c.tagging(c.arn("ecs", "task/"+path.Base(c.params.text("cluster"))+"/*"), tags)...)
	override := c.params.object("overrides")
	for _, member := range []string{"executionRoleArn", "taskRoleArn"} {
		role := override.text(member)
		if role == "" {
			role = c.world.RoleOfDefinition(c.params.text("taskDefinition"), member)
		}
		all = append(all, c.passed(role, "ecs-tasks.amazonaws.com")...)
	}
	return all
}

// executeCommand is asked on the cluster and on the task.
func executeCommand(c *Call) []iam.Request {
	return append(member("task/", "task")(c), resource("cluster/", "cluster")(c)...)
}

// given asks on the ARN in a member.
func given(name string) rule {
	return func(c *Call) []iam.Request { return c.on(c.each(name)...) }
}
