package policy

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/scope"
)

// ServiceRole is a role that one AWS service may take. For ECS tasks the condition on the account keeps ECS from
// being used by another account to take it (IAM user guide, "The confused deputy problem").
func ServiceRole(in scope.Scope, suffix, service string, condition Condition) (*iam.Role, error) {
	trust, err := Text(Statement{
		Effect: "Allow", Principal: map[string]string{"Service": service}, Action: []string{"sts:AssumeRole"}, Condition: condition,
	})
	if err != nil {
		return nil, err
	}
	return iam.NewRole(in.Ctx, in.Name(suffix), &iam.RoleArgs{
		AssumeRolePolicy: pulumi.String(trust), PermissionsBoundary: boundary(in), Tags: in.Tags(suffix),
	}, in.Child)
}

// boundary is on the roles of environments, which Jenkins may be allowed to change, and not on its own.
func boundary(in scope.Scope) pulumi.StringPtrInput {
	if in.Config.Kind != config.KindEnvironment {
		return nil
	}
	return scope.Optional(in.Config.PermissionsBoundaryArn)
}

// TaskRole is a role that ECS tasks of the own account may take.
func TaskRole(in scope.Scope, suffix string) (*iam.Role, error) {
	account := Condition{"StringEquals": {"aws:SourceAccount": {in.Where.Account}}}
	return ServiceRole(in, suffix, "ecs-tasks.amazonaws.com", account)
}
