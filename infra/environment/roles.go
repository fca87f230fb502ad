package environment

import (
	"slices"

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

// taskRoles gives the app the permissions that the configuration names, and none besides.
func (s *Service) taskRoles(in scope.Scope) (roles, error) {
	execution, err := policy.TaskRole(in, "execution")
	if err != nil {
		return roles{}, err
	}
	document := s.LogGroup.Arn.ApplyT(func(logGroup string) (string, error) {
		return policy.Text(slices.Concat(executionStatements(s.repositories(in), logGroup), policy.ReadSecrets(in.Where, secretsOf(in)))...)
	}).(pulumi.StringOutput)
	permissions, err := iam.NewRolePolicy(in.Ctx, in.Name("execution"), &iam.RolePolicyArgs{Role: execution.Name, Policy: document}, in.Child)
	if err != nil {
		return roles{}, err
	}
	task, err := policy.TaskRole(in, "task")
	if err != nil {
		return roles{}, err
	}
	own, err := taskPolicies(in, task)
	return roles{execution: execution, task: task, ready: append(own, permissions)}, err
}

// repositories are the ARNs of the ECR repositories that the task's images come from.
func (s *Service) repositories(in scope.Scope) []string {
	all := []string{s.args.Release.Repository}
	for _, c := range in.Config.Further {
		all = append(all, repositoryArn(in.Where, c.Text("image")))
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(arn string) bool { return arn == "" })
}

// executionStatements are AWS's AmazonECSTaskExecutionRolePolicy on the task's repositories and one log group.
// GetAuthorizationToken knows no resource (Service Authorization Reference, Amazon ECR).
func executionStatements(repositories []string, logGroup string) []policy.Statement {
	statements := []policy.Statement{policy.Allow(logGroup+":log-stream:*", "logs:CreateLogStream", "logs:PutLogEvents")}
	if len(repositories) == 0 {
		return statements
	}
	return append(statements,
		policy.Allow("*", "ecr:GetAuthorizationToken"),
		policy.AllowEach(repositories, "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"))
}
