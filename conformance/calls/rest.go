package calls

import (
	"strings"

	"slipway/sandbox/iam"
)

// keys are operations of KMS on one key. What names an alias is asked on the key behind it, which World cannot tell.
var keys = map[string]rule{
	"Decrypt":         key,
	"DescribeKey":     key,
	"Encrypt":         key,
	"GenerateDataKey": key,
}

// key asks on the key's ARN. Decrypt of a symmetric key need not name it: it is in the ciphertext (KMS API reference,
// Decrypt), and World knows it as that of no bucket.
func key(c *Call) []iam.Request {
	id := c.params.text("KeyId")
	if id == "" {
		id = c.world.KeyOf("")
	}
	if id != "" && !strings.HasPrefix(id, "arn:") {
		id = c.arn("kms", "key/"+id)
	}
	return c.on(id)
}

// logs are operations on log groups. The ARN of a group ends with :* for all but the operations on tags (CloudWatch Logs
// user guide, "Resource ARNs").
var logs = map[string]rule{
	"AssociateKmsKey":       logGroup,
	"CreateLogGroup":        createLogGroup,
	"DeleteLogGroup":        logGroup,
	"DeleteRetentionPolicy": logGroup,
	"DescribeLogGroups":     func(c *Call) []iam.Request { return c.on(c.arn("logs", "log-group:*")) },
	"DescribeLogStreams":    logGroup,
	"DisassociateKmsKey":    logGroup,
	"FilterLogEvents":       logGroup,
	"GetLogEvents":          logStream,
	"ListTagsForResource":   given("resourceArn"),
	"PutRetentionPolicy":    logGroup,
	"TagResource":           given("resourceArn"),
	"UntagResource":         given("resourceArn"),
}

func (c *Call) group() string {
	if arn := c.params.text("logGroupIdentifier"); strings.HasPrefix(arn, "arn:") {
		return strings.TrimSuffix(arn, ":*")
	}
	return c.arn("logs", "log-group:"+c.params.text("logGroupName"))
}

func logGroup(c *Call) []iam.Request { return c.on(c.group() + ":*") }

func logStream(c *Call) []iam.Request {
	return c.on(c.group() + ":log-stream:" + c.params.text("logStreamName"))
}

// createLogGroup needs logs:TagResource too when it is given tags (API reference of CreateLogGroup).
func createLogGroup(c *Call) []iam.Request {
	tags := requestTags(c.params.tags("tags"))
	all := []iam.Request{c.ask(c.Operation, c.group()+":*", tags)}
	if len(tags) > 0 {
		all = append(all, c.ask("TagResource", c.group()+":*", tags))
	}
	return all
}

var registry = map[string]rule{
	"BatchGetImage":             repository,
	"DescribeImages":            repository,
	"DescribeImageScanFindings": repository,
	"DescribeRepositories":      repository,
	"GetAuthorizationToken":     anywhere,
	"GetLifecyclePolicy":        repository,
	"ListTagsForResource":       given("resourceArn"),
}

func repository(c *Call) []iam.Request {
	names := append(c.params.texts("repositoryNames"), c.params.text("repositoryName"))
	var all []iam.Request
	for _, name := range names {
		if name != "" {
			all = append(all, c.on(c.arn("ecr", "repository/"+name))...)
		}
	}
	return all
}

var codeCommit = map[string]rule{
	"GetCommit": func(c *Call) []iam.Request { return c.on(c.arn("codecommit", c.params.text("repositoryName"))) },
}
