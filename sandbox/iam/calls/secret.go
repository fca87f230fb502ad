package calls

import (
	"strings"

	"slipway/sandbox/iam"
)

// secrets are operations of Secrets Manager, most of them on one secret. Its ARN ends with characters that a name does not
// tell; of a name, the request is for any of them.
var secrets = map[string]rule{
	"CreateSecret":         secret("Name"),
	"DeleteSecret":         secret("SecretId"),
	"DescribeSecret":       secret("SecretId"),
	"GetSecretValue":       secret("SecretId"),
	"ListSecretVersionIds": secret("SecretId"),
	"ListSecrets":          anywhere,
	"PutSecretValue":       secret("SecretId"),
	"RestoreSecret":        secret("SecretId"),
	"TagResource":          secret("SecretId"),
	"UntagResource":        secret("SecretId"),
	"UpdateSecret":         secret("SecretId"),
}

func secret(member string) rule {
	return func(c *Call) []iam.Request {
		name := c.params.text(member)
		if !strings.HasPrefix(name, "arn:") {
			name = c.arn("secretsmanager", "secret:"+name+"-??????")
		}
		return c.on(name)
	}
}
