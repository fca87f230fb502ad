package ecs

import (
	"context"
	"errors"
	"fmt"

	"slipway/sandbox/ecs/definition"
)

// Secrets reads what containers name as secrets.
type Secrets interface {
	// Parameter returns the value of a parameter of SSM, by name or ARN, and Secret that of a version of a secret of Secrets
	// Manager, to a session of a role. Their errors are those of the two services, as an SDK shows them. A *NoParameter
	// says that there is no such parameter.
	Parameter(ctx context.Context, role, session, name string) (string, error)
	Secret(ctx context.Context, role, session, arn, stage, version string) (string, error)
}

// NoParameter is the error for a parameter that does not exist.
type NoParameter struct{ Name string }

func (e *NoParameter) Error() string { return "invalid parameters: " + e.Name }

// readSecrets reads the secrets of every container of a task, before anything of it starts, and keeps them in memory only.
func (s *Service) readSecrets(ctx context.Context, t *task, def *taskDefinition) error {
	for _, c := range def.ContainerDefinitions {
		for _, secret := range c.Secrets {
			value, err := s.readSecret(ctx, t, def, secret.ValueFrom)
			if err != nil {
				return err
			}
			if t.run.secrets == nil {
				t.run.secrets = map[string][]string{}
			}
			t.run.secrets[c.Name] = append(t.run.secrets[c.Name], secret.Name+"="+value)
		}
	}
	return nil
}

func (s *Service) readSecret(ctx context.Context, t *task, def *taskDefinition, from string) (string, error) {
	if s.Secrets == nil {
		return "", fmt.Errorf("ResourceInitializationError: there is nothing here that keeps secrets")
	}
	if !definition.FromSecretsManager(from) {
		if err := s.calls(t, "ssm"); err != nil {
			return "", s.unreadable(t, "secrets from ssm", "SSM Parameter Store in "+string(s.Region), err)
		}
		value, err := s.Secrets.Parameter(ctx, def.ExecutionRoleARN, t.Internal.ID, from)
		if err != nil {
			return "", s.unreadable(t, "secrets from ssm", "SSM Parameter Store in "+string(s.Region), err)
		}
		return value, nil
	}
	ref := definition.ParseSecret(from)
	if err := s.calls(t, "secretsmanager"); err != nil {
		return "", s.unreadable(t, "secret from asm", "AWS Secrets Manager in region "+string(s.Region), err)
	}
	value, err := s.Secrets.Secret(ctx, def.ExecutionRoleARN, t.Internal.ID, ref.ARN, ref.Stage, ref.Version)
	if err == nil && ref.Key != "" {
		value, err = ref.Pick(value)
	}
	if err != nil {
		err = fmt.Errorf("failed to fetch secret %s from secrets manager: %w", ref.ARN, err)
		return "", s.unreadable(t, "secret from asm", "AWS Secrets Manager in region "+string(s.Region), err)
	}
	return value, nil
}

// ofAgent begins what the agent on an instance says.
const ofAgent = "Fetching secret data"

// unreadable is a stopped reason in the words of Fargate, or of the agent on an instance.
func (s *Service) unreadable(t *task, what, place string, err error) error {
	if t.LaunchType != "FARGATE" {
		return fmt.Errorf("%s from %s: %w", ofAgent, place, err)
	}
	var missing *NoParameter
	if errors.As(err, &missing) {
		err = fmt.Errorf("invalid ssm parameters: %s", missing.Name)
	}
	return fmt.Errorf("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "+
		"unable to retrieve %s: service call has been retried 1 time(s): %w", what, err)
}

// secretsOf are the variables that a container gets beside those of its definition.
func (t *task) secretsOf(container string) []string {
	if t.run == nil {
		return nil
	}
	return t.run.secrets[container]
}

// forgetSecrets drops the secrets once every container has them.
func (t *task) forgetSecrets() {
	if t.run != nil {
		t.run.secrets = nil
	}
}
