package infra

import (
	"encoding/json"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

type statement struct {
	Effect    string                       `json:"Effect"`
	Principal map[string]string            `json:"Principal,omitempty"`
	Action    []string                     `json:"Action"`
	Resource  []string                     `json:"Resource,omitempty"`
	Condition map[string]map[string]string `json:"Condition,omitempty"`
}

func allow(resource string, actions ...string) statement {
	return statement{Effect: "Allow", Action: actions, Resource: []string{resource}}
}

// policyText is a policy document in a fixed order, so that the same statements never show a difference.
func policyText(statements ...statement) (string, error) {
	text, err := json.Marshal(struct {
		Version   string      `json:"Version"`
		Statement []statement `json:"Statement"`
	}{"2012-10-17", statements})
	return string(text), err
}

// serviceRole is a role that one AWS service may take. For ECS tasks the condition on the account keeps ECS from
// being used by another account to take it (IAM user guide, "The confused deputy problem").
func serviceRole(ctx *pulumi.Context, names naming, suffix, service string, condition map[string]map[string]string, child pulumi.ResourceOption) (*iam.Role, error) {
	trust, err := policyText(statement{
		Effect: "Allow", Principal: map[string]string{"Service": service}, Action: []string{"sts:AssumeRole"}, Condition: condition,
	})
	if err != nil {
		return nil, err
	}
	return iam.NewRole(ctx, names.name(suffix), &iam.RoleArgs{AssumeRolePolicy: pulumi.String(trust), Tags: names.tags(suffix)}, child)
}

func taskRole(ctx *pulumi.Context, names naming, suffix string, where Location, child pulumi.ResourceOption) (*iam.Role, error) {
	account := map[string]map[string]string{"StringEquals": {"aws:SourceAccount": where.Account}}
	return serviceRole(ctx, names, suffix, "ecs-tasks.amazonaws.com", account, child)
}
