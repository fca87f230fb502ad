package calls

import (
	"strings"

	"slipway/sandbox/iam"
)

// keys are operations of KMS, most of them on one key. What names an alias is asked on the key behind it.
var keys = map[string]rule{
	"CancelKeyDeletion":               key,
	"CreateAlias":                     aliased("TargetKeyId"),
	"CreateKey":                       anywhere,
	"Decrypt":                         key,
	"DeleteAlias":                     aliased("AliasName"),
	"DescribeKey":                     key,
	"DisableKey":                      key,
	"DisableKeyRotation":              key,
	"EnableKey":                       key,
	"EnableKeyRotation":               key,
	"Encrypt":                         key,
	"GenerateDataKey":                 key,
	"GenerateDataKeyWithoutPlaintext": key,
	"GenerateRandom":                  anywhere,
	"GetKeyPolicy":                    key,
	"GetKeyRotationStatus":            key,
	"ListAliases":                     anywhere,
	"ListKeyPolicies":                 key,
	"ListKeys":                        anywhere,
	"ListResourceTags":                key,
	"PutKeyPolicy":                    key,
	"ReEncrypt":                       reEncrypt,
	"ScheduleKeyDeletion":             key,
	"TagResource":                     key,
	"UntagResource":                   key,
	"UpdateAlias":                     aliased("TargetKeyId"),
	"UpdateKeyDescription":            key,
}

// key asks on the key's ARN. Decrypt of a symmetric key need not name it: it is in the ciphertext (KMS API reference,
// Decrypt).
func key(c *Call) []iam.Request {
	arn := ""
	if id := c.params.text("KeyId"); id != "" {
		arn = c.world.Key(id)
	} else {
		arn = c.world.KeyIn(c.params.text("CiphertextBlob"))
	}
	return []iam.Request{c.ask(c.Operation, arn, c.aliases(arn))}
}

// aliases is the condition key of a key's names (KMS developer guide, "kms:ResourceAliases").
func (c *Call) aliases(key string) iam.Context {
	if names := c.world.AliasesOf(key); len(names) > 0 {
		return iam.Context{"kms:ResourceAliases": names}
	}
	return nil
}

// aliased needs permission on the alias and on its key (KMS developer guide, "Controlling access to aliases").
func aliased(member string) rule {
	return func(c *Call) []iam.Request {
		return c.on(c.arn("kms", c.params.text("AliasName")), c.world.Key(c.params.text(member)))
	}
}

func reEncrypt(c *Call) []iam.Request {
	from := c.world.KeyIn(c.params.text("CiphertextBlob"))
	to := c.world.Key(c.params.text("DestinationKeyId"))
	return []iam.Request{c.ask("ReEncryptFrom", from, c.aliases(from)), c.ask("ReEncryptTo", to, c.aliases(to))}
}

// logs are operations on log groups. The ARN of a group ends with :* for all but the operations on tags (CloudWatch Logs
// user guide, "Resource ARNs").
var logs = map[string]rule{
	"AssociateKmsKey":       logGroup,
	"CreateLogGroup":        createLogGroup,
	"CreateLogStream":       logStream,
	"DeleteLogGroup":        logGroup,
	"DeleteLogStream":       logStream,
	"DeleteRetentionPolicy": logGroup,
	"DescribeLogGroups":     func(c *Call) []iam.Request { return c.on(c.arn("logs", "log-group:*")) },
	"DescribeLogStreams":    logGroup,
	"DisassociateKmsKey":    logGroup,
	"FilterLogEvents":       logGroup,
	"GetLogEvents":          logStream,
	"ListTagsForResource":   given("resourceArn"),
	"ListTagsLogGroup":      logGroup,
	"GetQueryResults":       anywhere,
	"PutLogEvents":          logStream,
	"StartLiveTail":         liveTail,
	"StartQuery":            logGroup,
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

func liveTail(c *Call) []iam.Request {
	var all []iam.Request
	for _, arn := range c.params.texts("logGroupIdentifiers") {
		all = append(all, c.on(strings.TrimSuffix(arn, ":*")+":*")...)
	}
	return all
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
	"BatchCheckLayerAvailability":   repository,
	"BatchDeleteImage":              repository,
	"BatchGetImage":                 repository,
	"CompleteLayerUpload":           repository,
	"CreateRepository":              repository,
	"DeleteLifecyclePolicy":         repository,
	"DeleteRepository":              repository,
	"DeleteRepositoryPolicy":        repository,
	"DescribeImages":                repository,
	"DescribeImageScanFindings":     repository,
	"DescribeRepositories":          repository,
	"GetAuthorizationToken":         anywhere,
	"GetDownloadUrlForLayer":        repository,
	"GetLifecyclePolicy":            repository,
	"GetRepositoryPolicy":           repository,
	"InitiateLayerUpload":           repository,
	"ListImages":                    repository,
	"ListTagsForResource":           given("resourceArn"),
	"PutImage":                      repository,
	"PutImageScanningConfiguration": repository,
	"PutImageTagMutability":         repository,
	"PutLifecyclePolicy":            repository,
	"SetRepositoryPolicy":           repository,
	"TagResource":                   given("resourceArn"),
	"UntagResource":                 given("resourceArn"),
	"UploadLayerPart":               repository,
}

func repository(c *Call) []iam.Request {
	names := append(c.params.texts("repositoryNames"), c.params.text("repositoryName"))
	if len(names) == 1 && names[0] == "" {
		names[0] = "*" // all of them are asked for
	}
	var all []iam.Request
	for _, name := range names {
		if name != "" {
			all = append(all, c.on(c.arn("ecr", "repository/"+name))...)
		}
	}
	return all
}
