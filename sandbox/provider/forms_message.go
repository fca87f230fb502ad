package provider

import "slipway/sandbox/naming"

var messageForms = map[string]form{
	"aws:sns/topic:Topic": {
		id: func(o *operation) string { return o.Region.ARN("sns", o.name()) },
		outputs: func(o *operation) values {
			return values{"arn": o.id, "name": o.name(), "owner": naming.Account, "tracingConfig": "PassThrough"}
		},
	},
	"aws:sns/topicPolicy:TopicPolicy": {id: input("arn"), outputs: func(*operation) values {
		return values{"owner": naming.Account}
	}},
}
