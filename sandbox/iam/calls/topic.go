package calls

import "slipway/sandbox/iam"

// topics are operations of SNS, each on one topic, whose ARN has nothing before the name.
var topics = map[string]rule{
	"CreateTopic": func(c *Call) []iam.Request { return c.on(c.arn("sns", c.params.text("Name"))) },
	"DeleteTopic": given("TopicArn"),
	"ListTopics":  anywhere,
	"Publish":     given("TopicArn"),
}
