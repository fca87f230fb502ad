package definition

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Secret is an environment variable whose value is read when a task starts.
type Secret struct {
	Name      string `json:"name"`
	ValueFrom string `json:"valueFrom"`
}

// FromSecretsManager says whether a valueFrom is a secret of Secrets Manager; any other is a parameter of SSM, by its name
// or ARN.
func FromSecretsManager(from string) bool {
	part := strings.Split(from, ":")
	return len(part) > 2 && part[0] == "arn" && part[2] == "secretsmanager"
}

// SecretRef is a valueFrom of Secrets Manager (ECS developer guide, "Pass Secrets Manager secrets through Amazon ECS
// environment variables", read in November 2026).
type SecretRef struct {
	ARN string
	// Key picks a value of a JSON object, Stage and Version one version; each may be empty.
	Key, Stage, Version string
}

// arnParts are those of a secret's own ARN: arn, partition, service, region, account, secret, name.
const arnParts = 7

// ParseSecret reads a valueFrom of Secrets Manager.
func ParseSecret(from string) SecretRef {
	part := strings.Split(from, ":")
	ref := SecretRef{ARN: strings.Join(part[:min(arnParts, len(part))], ":")}
	for i, field := range []*string{&ref.Key, &ref.Stage, &ref.Version} {
		if arnParts+i < len(part) {
			*field = part[arnParts+i]
		}
	}
	return ref
}

// Pick returns the value of the reference's key in a JSON object.
func (r SecretRef) Pick(text string) (string, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		return "", fmt.Errorf("invalid character in the secret: it is no JSON object with the key %s", r.Key)
	}
	raw, there := object[r.Key]
	if !there {
		return "", fmt.Errorf("retrieved secret from Secrets Manager did not contain json key %s", r.Key)
	}
	var value string
	if json.Unmarshal(raw, &value) == nil {
		return value, nil
	}
	return string(raw), nil
}

// checkSecrets follows RegisterTaskDefinition.
func (t Task) checkSecrets(c Container) error {
	if len(c.Secrets) > 0 && t.ExecutionRoleARN == "" {
		return refuse("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.")
	}
	for i, s := range c.Secrets {
		if s.Name == "" || s.ValueFrom == "" {
			return refuse("Container.secrets: name and valueFrom should not be null or empty.")
		}
		inEnvironment := slices.ContainsFunc(c.Environment, func(kv KeyValue) bool { return kv.Name == s.Name })
		earlier := slices.ContainsFunc(c.Secrets[:i], func(other Secret) bool { return other.Name == s.Name })
		if inEnvironment || earlier {
			return refuse("The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '%s'.", s.Name)
		}
		if parts := strings.Count(s.ValueFrom, ":") + 1; FromSecretsManager(s.ValueFrom) && parts != arnParts && parts != arnParts+3 {
			return refuse("Invalid ARN syntax of the secret '%s': %s", s.Name, s.ValueFrom)
		}
	}
	return nil
}
