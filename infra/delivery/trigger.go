package delivery

import (
	"encoding/json"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/policy"
	"slipway/infra/scope"
)

// Trigger starts the pipeline when the branch moves.
type Trigger struct{ pulumi.ResourceState }

// NewTrigger declares an EventBridge rule for a CodeCommit repository. A connection to GitHub detects changes itself
// and needs none: the result is nil.
func NewTrigger(in scope.Scope, source *Source, pipeline *Pipeline) (*Trigger, error) {
	if source.onGitHub() {
		return nil, nil
	}
	t := &Trigger{}
	return t, in.Component("Trigger", "trigger", t, func(in scope.Scope) (pulumi.Map, error) {
		return pulumi.Map{}, pushRule(in, source, pipeline)
	})
}

func pushRule(in scope.Scope, source *Source, pipeline *Pipeline) error {
	rule, err := cloudwatch.NewEventRule(in.Ctx, in.Name("push"), &cloudwatch.EventRuleArgs{
		Description:  pulumi.String("A push to " + source.branch + " starts the pipeline"),
		EventPattern: source.Arn.ApplyT(func(arn string) (string, error) { return pushPattern(arn, source.branch) }).(pulumi.StringOutput),
		Tags:         in.Tags("push"),
	}, in.Child)
	if err != nil {
		return err
	}
	role, permissions, err := triggerRole(in, rule, pipeline)
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewEventTarget(in.Ctx, in.Name("push"), &cloudwatch.EventTargetArgs{
		Rule: rule.Name, TargetId: pulumi.String("pipeline"), Arn: pipeline.Arn, RoleArn: role.Arn,
	}, in.Child, pulumi.DependsOn([]pulumi.Resource{permissions}))
	return err
}

// pushPattern matches the event that CodeCommit sends when the branch appears or moves, and no other.
func pushPattern(repository, branch string) (string, error) {
	text, err := json.Marshal(struct {
		Source     []string            `json:"source"`
		DetailType []string            `json:"detail-type"`
		Resources  []string            `json:"resources"`
		Detail     map[string][]string `json:"detail"`
	}{
		[]string{"aws.codecommit"}, []string{"CodeCommit Repository State Change"}, []string{repository},
		map[string][]string{
			"event": {"referenceCreated", "referenceUpdated"}, "referenceType": {"branch"}, "referenceName": {branch},
		},
	})
	return string(text), err
}

// triggerRole is taken by EventBridge for this one rule, and may start this one pipeline.
func triggerRole(in scope.Scope, rule *cloudwatch.EventRule, pipeline *Pipeline) (*iam.Role, pulumi.Resource, error) {
	trust := rule.Arn.ApplyT(func(arn string) (string, error) {
		return policy.Text(policy.Statement{
			Effect: "Allow", Principal: map[string]string{"Service": "events.amazonaws.com"}, Action: []string{"sts:AssumeRole"},
			Condition: policy.Condition{"StringEquals": {"aws:SourceArn": {arn}}},
		})
	}).(pulumi.StringOutput)
	role, err := iam.NewRole(in.Ctx, in.Name("trigger"), &iam.RoleArgs{AssumeRolePolicy: trust, Tags: in.Tags("trigger")}, in.Child)
	if err != nil {
		return nil, nil, err
	}
	document := pipeline.Arn.ApplyT(func(arn string) (string, error) {
		return policy.Text(policy.Allow(arn, "codepipeline:StartPipelineExecution"))
	}).(pulumi.StringOutput)
	permissions, err := iam.NewRolePolicy(in.Ctx, in.Name("trigger"), &iam.RolePolicyArgs{Role: role.Name, Policy: document}, in.Child)
	return role, permissions, err
}
