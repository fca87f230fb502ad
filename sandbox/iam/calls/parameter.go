package calls

import (
	"strings"

	"slipway/sandbox/iam"
)

// parameters are operations of Systems Manager on parameters. What is in a SecureString under a key of the account's own
// is decrypted and encrypted with the caller's rights (Systems Manager user guide, "AWS KMS encryption for AWS Systems
// Manager Parameter Store SecureString parameters").
var parameters = map[string]rule{
	"DeleteParameter":     parameter("Name", ""),
	"DeleteParameters":    parameter("Names", ""),
	"DescribeParameters":  anywhere,
	"GetParameter":        parameter("Name", "kms:Decrypt"),
	"GetParameters":       parameter("Names", "kms:Decrypt"),
	"GetParametersByPath": parameter("Path", "kms:Decrypt"),
	"PutParameter":        putParameter,
}

// parameterARN has no slash twice: that of /a/b ends with parameter/a/b, as that of a ends with parameter/a. A version or
// label behind the name is none of its own.
func (c *Call) parameterARN(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	name, _, _ = strings.Cut(name, ":")
	return c.arn("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
}

func parameter(member, withKey string) rule {
	return func(c *Call) []iam.Request {
		var all []iam.Request
		for _, name := range c.each(member) {
			all = append(all, c.on(c.parameterARN(name))...)
			if key := c.world.KeyOfParameter(name); key != "" && withKey != "" && c.params.text("WithDecryption") == "true" {
				all = append(all, c.ask(withKey, key, c.sealedFor(c.parameterARN(name))))
			}
		}
		return all
	}
}

// sealedFor is what KMS is told of a parameter (Systems Manager user guide, "How AWS Systems Manager Parameter Store uses
// AWS KMS").
func (c *Call) sealedFor(arn string) iam.Context {
	return iam.Context{"kms:ViaService": {"ssm." + c.Region + ".amazonaws.com"}, "kms:EncryptionContext:PARAMETER_ARN": {arn}}
}

func putParameter(c *Call) []iam.Request {
	all := c.on(c.parameterARN(c.params.text("Name")))
	if id := c.params.text("KeyId"); id != "" && !strings.Contains(id, "alias/aws/") {
		all = append(all, c.ask("kms:Encrypt", c.world.Key(id), c.sealedFor(c.parameterARN(c.params.text("Name")))))
	}
	return all
}
