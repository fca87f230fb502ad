package sandbox

import (
	"context"
	"errors"
	"path"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/ecs"
	"slipway/sandbox/iam"
	"slipway/sandbox/sigv4"
)

// secrets are Parameter Store and Secrets Manager as ECS sees them: with the policies of a task's execution role.
type secrets struct{ *services }

// may returns AWS's error for what a session of a role is not allowed.
func (s secrets) may(role, session, action, resource string, context iam.Context) error {
	err := s.authority.decide(sigv4.Role{Name: path.Base(role), Session: session}, iam.Request{Action: action, Resource: resource, Context: context})
	var refused *awsapi.Error
	if errors.As(err, &refused) && refused.Code == awsapi.NotAuthorized {
		return awsapi.Errorf("AccessDeniedException", "%s", refused.Message)
	}
	return err
}

// sealedFor is what KMS is told when a service decrypts for a caller.
func (s secrets) sealedFor(service, key, arn string) iam.Context {
	return iam.Context{"kms:ViaService": {service + "." + string(s.config.Region) + ".amazonaws.com"}, "kms:EncryptionContext:" + key: {arn}}
}

func (s secrets) Parameter(ctx context.Context, role, session, name string) (string, error) {
	found, err := s.ssm.Find(name)
	if err != nil {
		return "", err
	}
	if err := s.may(role, session, "ssm:GetParameters", found.ARN, nil); err != nil {
		return "", err
	}
	if !found.Exists {
		return "", &ecs.NoParameter{Name: name}
	}
	if found.Key != "" {
		if err := s.may(role, session, "kms:Decrypt", found.Key, s.sealedFor("ssm", "PARAMETER_ARN", found.ARN)); err != nil {
			return "", err
		}
	}
	value, there, err := s.ssm.Value(ctx, found.Name)
	if err == nil && !there {
		err = &ecs.NoParameter{Name: name}
	}
	return value, err
}

func (s secrets) Secret(_ context.Context, role, session, arn, stage, version string) (string, error) {
	if err := s.may(role, session, "secretsmanager:GetSecretValue", arn, nil); err != nil {
		return "", err
	}
	value, key, err := s.secretsmanager.Value(arn, stage, version)
	if err != nil || key == "" {
		return value, err
	}
	if err := s.may(role, session, "kms:Decrypt", key, s.sealedFor("secretsmanager", "SecretARN", arn)); err != nil {
		return "", awsapi.Errorf("AccessDeniedException", "Access to KMS is not allowed") // nothing of what KMS says is passed on
	}
	return value, nil
}
