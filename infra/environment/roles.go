package environment

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/policy"
	"slipway/infra/scope"
)

// roles are taken on behalf of a task: execution by the ECS agent to start it, task by the app itself.
type roles struct {
	execution, task *iam.Role
	// ready is what the agent needs for as long as the service runs.
	ready []pulumi.Resource
}

// taskRoles gives the app no permission at all; whatever it needs is added to its role.
func (s *Service) taskRoles(in scope.Scope) (roles, error) {
	execution, err := policy.TaskRole(in, "execution")
	if err != nil {
		return roles{}, err
	}
	document := s.LogGroup.Arn.ApplyT(func(logGroup string) (string, error) {
		return policy.Text(executionStatements(s.args.Release.Repository, logGroup)...)
	}).(pulumi.StringOutput)
	permissions, err := iam.NewRolePolicy(in.Ctx, in.Name("execution"), &iam.RolePolicyArgs{Role: execution.Name, Policy: document}, in.Child)
	if err != nil {
		return roles{}, err
	}
	task, err := policy.TaskRole(in, "task")
	return roles{execution: execution, task: task, ready: []pulumi.Resource{permissions}}, err
}

// executionStatements are AWS's AmazonECSTaskExecutionRolePolicy on one repository and one log group.
// GetAuthorizationToken knows no resource (Service Authorization Reference, Amazon ECR).
func executionStatements(repository, logGroup string) []policy.Statement {
	statements := []policy.Statement{policy.Allow(logGroup+":log-stream:*", "logs:CreateLogStream", "logs:PutLogEvents")}
	if repository == "" {
		return statements
	}
	return append(statements,
		policy.Allow("*", "ecr:GetAuthorizationToken"),
		policy.Allow(repository, "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"))
}
