package infra

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// roles are taken on behalf of a task: execution by the ECS agent to start it, task by the app itself.
type roles struct {
	execution, task *iam.Role
	// ready is what the agent needs for as long as the service runs.
	ready []pulumi.Resource
}

// taskRoles gives the app no permission at all; whatever it needs is added to its role.
func (s *Service) taskRoles(ctx *pulumi.Context, names naming, args ServiceArgs, child pulumi.ResourceOption) (roles, error) {
	execution, err := taskRole(ctx, names, "execution", args.Location, child)
	if err != nil {
		return roles{}, err
	}
	policy := s.LogGroup.Arn.ApplyT(func(logGroup string) (string, error) {
		return policyText(executionStatements(args.Release.Repository, logGroup)...)
	}).(pulumi.StringOutput)
	permissions, err := iam.NewRolePolicy(ctx, names.name("execution"), &iam.RolePolicyArgs{Role: execution.Name, Policy: policy}, child)
	if err != nil {
		return roles{}, err
	}
	task, err := taskRole(ctx, names, "task", args.Location, child)
	return roles{execution: execution, task: task, ready: []pulumi.Resource{permissions}}, err
}

// executionStatements are AWS's AmazonECSTaskExecutionRolePolicy on one repository and one log group.
// GetAuthorizationToken knows no resource (Service Authorization Reference, Amazon ECR).
func executionStatements(repository, logGroup string) []statement {
	statements := []statement{allow(logGroup+":log-stream:*", "logs:CreateLogStream", "logs:PutLogEvents")}
	if repository == "" {
		return statements
	}
	return append(statements,
		allow("*", "ecr:GetAuthorizationToken"),
		allow(repository, "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"))
}
