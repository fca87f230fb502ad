package environment

import (
	"path"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/policy"
	"slipway/infra/scope"
)

var notInName = regexp.MustCompile(`[^A-Za-z0-9]+`)

// taskPolicies give the app's role what slipway:taskPolicies says, and nothing else.
func taskPolicies(in scope.Scope, role *iam.Role) (ready []pulumi.Resource, err error) {
	for _, arn := range in.Config.ManagedPolicies() {
		attached, err := iam.NewRolePolicyAttachment(in.Ctx, in.Name("task-"+path.Base(arn)), &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: pulumi.String(arn),
		}, in.Child)
		if err != nil {
			return nil, err
		}
		ready = append(ready, attached)
	}
	for _, file := range in.Config.PolicyFiles {
		name := strings.Trim(notInName.ReplaceAllString(strings.TrimSuffix(file.Path, ".json"), "-"), "-")
		own, err := iam.NewRolePolicy(in.Ctx, in.Name("task-"+name), &iam.RolePolicyArgs{Role: role.Name, Policy: pulumi.String(file.Text)}, in.Child)
		if err != nil {
			return nil, err
		}
		ready = append(ready, own)
	}
	if !in.Config.Exec {
		return ready, nil
	}
	text, err := policy.Text(policy.Allow("*", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
		"ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel")) // they know no resource (Service Authorization Reference)
	if err != nil {
		return nil, err
	}
	exec, err := iam.NewRolePolicy(in.Ctx, in.Name("exec"), &iam.RolePolicyArgs{Role: role.Name, Policy: pulumi.String(text)}, in.Child)
	return append(ready, exec), err
}
