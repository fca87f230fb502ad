package config

import (
	"regexp"
	"strings"
)

var (
	// parameterName is what SSM takes (Systems Manager API reference, PutParameter).
	parameterName = regexp.MustCompile(`\A/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*\z`)
	parameterArn  = regexp.MustCompile(`\Aarn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9_./-]+\z`)
	// secretArn has the six characters that Secrets Manager appends to a name, and the three parts that ECS reads behind it.
	secretArn = regexp.MustCompile(`\A(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6})(:[^:]*:[A-Za-z0-9_-]*:[A-Za-z0-9-]*)?\z`)
)

const secretAllowed = "the name of a parameter of SSM, its ARN, or the whole ARN of a secret of Secrets Manager, " +
	"with :KEY:: behind it for one value of a JSON object"

func secret(name, value string) string {
	if wrong := variable(name, value); wrong != "" {
		return wrong
	}
	if _, ok := ParseSecret(value); !ok {
		return secretAllowed
	}
	return ""
}

// buildSecret takes a parameter of the account and region of the stack.
func buildSecret(name, value string) string {
	if !argumentName().MatchString(name) {
		return "the name of an environment variable: letters, digits and underscores"
	}
	if s, ok := ParseSecret(value); !ok || s.Parameter == "" {
		return "the name of a parameter of SSM in the account and region of the stack"
	}
	return ""
}

// Secret is where ECS finds the value of an environment variable when a task starts.
type Secret struct {
	// Parameter is the name of a parameter of SSM in the account and region of the stack; empty for an ARN.
	Parameter string
	// Arn is that of a parameter of SSM or of a secret of Secrets Manager; empty for a name.
	Arn string
	// Part is what follows the ARN of a secret, `:json-key:version-stage:version-id`, or empty (ECS developer guide,
	// "Pass Secrets Manager secrets through Amazon ECS environment variables", read in November 2026).
	Part string
}

// ParseSecret reads an entry of slipway:secrets.
func ParseSecret(text string) (Secret, bool) {
	if found := secretArn.FindStringSubmatch(text); found != nil {
		return Secret{Arn: found[1], Part: found[2]}, true
	}
	if parameterArn.MatchString(text) {
		return Secret{Arn: text}, true
	}
	name := strings.ToLower(strings.TrimPrefix(text, "/"))
	ours := !strings.HasPrefix(name, "aws") && !strings.HasPrefix(name, "ssm") // AWS keeps those for itself
	return Secret{Parameter: text}, len(text) <= 1011 && ours && parameterName.MatchString(text)
}
