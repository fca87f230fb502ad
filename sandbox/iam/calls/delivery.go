package calls

import "slipway/sandbox/iam"

var codeCommit = map[string]rule{
	"BatchGetRepositories": sources,
	"GetBranch":            source,
	"GetCommit":            source,
	"GetRepository":        source,
	"ListBranches":         source,
	"ListRepositories":     anywhere,
}

// source asks on a repository of CodeCommit, whose ARN has nothing before the name.
func source(c *Call) []iam.Request { return c.on(c.arn("codecommit", c.params.text("repositoryName"))) }

func sources(c *Call) []iam.Request {
	var all []iam.Request
	for _, name := range c.params.texts("repositoryNames") {
		all = append(all, c.on(c.arn("codecommit", name))...)
	}
	return all
}

// pipelines are operations on a pipeline, one of its stages or one of its actions (page of CodePipeline, resource types).
// A job has no ARN.
var pipelines = map[string]rule{
	"AcknowledgeJob":         anywhere,
	"DisableStageTransition": pipeline("pipelineName", "stageName"),
	"EnableStageTransition":  pipeline("pipelineName", "stageName"),
	"GetJobDetails":          anywhere,
	"GetPipeline":            pipeline("name"),
	"GetPipelineExecution":   pipeline("pipelineName"),
	"GetPipelineState":       pipeline("name"),
	"ListActionExecutions":   pipeline("pipelineName"),
	"ListActionTypes":        anywhere,
	"ListPipelineExecutions": pipeline("pipelineName"),
	"ListPipelines":          anywhere,
	"ListTagsForResource":    given("resourceArn"),
	"PollForJobs":            actionType,
	"PutApprovalResult":      pipeline("pipelineName", "stageName", "actionName"),
	"PutJobFailureResult":    anywhere,
	"PutJobSuccessResult":    anywhere,
	"RetryStageExecution":    pipeline("pipelineName", "stageName"),
	"StartPipelineExecution": pipeline("name"),
	"StopPipelineExecution":  pipeline("pipelineName"),
}

// pipeline asks on what the members name, one below the other.
func pipeline(members ...string) rule {
	return func(c *Call) []iam.Request {
		name := c.params.text(members[0])
		for _, member := range members[1:] {
			name += "/" + c.params.text(member)
		}
		return c.on(c.arn("codepipeline", name))
	}
}

// actionType asks on a custom action type. AWS writes the kind in two ways: actiontype is that of the service itself.
func actionType(c *Call) []iam.Request {
	id := c.params.object("actionTypeId")
	return c.on(c.arn("codepipeline", "actiontype:"+id.text("owner")+"/"+id.text("category")+"/"+id.text("provider")+"/"+id.text("version")))
}

// buses are operations of EventBridge on rules of the default bus, and on the bus itself.
var buses = map[string]rule{
	"DeleteRule":        eventRule("Name"),
	"DescribeRule":      eventRule("Name"),
	"DisableRule":       eventRule("Name"),
	"EnableRule":        eventRule("Name"),
	"ListRules":         anywhere,
	"ListTargetsByRule": eventRule("Rule"),
	"PutEvents":         func(c *Call) []iam.Request { return c.on(c.arn("events", "event-bus/default")) },
	"PutRule":           eventRule("Name"),
	"PutTargets":        eventRule("Rule"),
	"RemoveTargets":     eventRule("Rule"),
	"TestEventPattern":  anywhere,
}

func eventRule(member string) rule {
	return func(c *Call) []iam.Request { return c.on(c.arn("events", "rule/"+c.params.text(member))) }
}
