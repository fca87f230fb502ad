package infra

import (
	"encoding/json"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Trigger starts the pipeline when the branch moves.
type Trigger struct{ pulumi.ResourceState }

// NewTrigger declares an EventBridge rule for a CodeCommit repository. A connection to GitHub detects changes itself
// and needs none: the result is nil.
func NewTrigger(ctx *pulumi.Context, names naming, source *Source, pipeline *Pipeline) (*Trigger, error) {
	if source.onGitHub() {
		return nil, nil
	}
	t := &Trigger{}
	if err := ctx.RegisterComponentResource("slipway:infra:Trigger", names.name("trigger"), t); err != nil {
		return nil, err
	}
	child := pulumi.Parent(t)
	rule, err := cloudwatch.NewEventRule(ctx, names.name("push"), &cloudwatch.EventRuleArgs{
		Description:  pulumi.String("A push to " + source.branch + " starts the pipeline"),
		EventPattern: source.Arn.ApplyT(func(arn string) (string, error) { return pushPattern(arn, source.branch) }).(pulumi.StringOutput),
		Tags:         names.tags("push"),
	}, child)
	if err != nil {
		return nil, err
	}
	role, permissions, err := triggerRole(ctx, names, rule, pipeline, child)
	if err != nil {
		return nil, err
	}
	_, err = cloudwatch.NewEventTarget(ctx, names.name("push"), &cloudwatch.EventTargetArgs{
		Rule: rule.Name, TargetId: pulumi.String("pipeline"), Arn: pipeline.Arn, RoleArn: role.Arn,
	}, child, pulumi.DependsOn([]pulumi.Resource{permissions}))
	if err != nil {
		return nil, err
	}
	return t, ctx.RegisterResourceOutputs(t, pulumi.Map{})
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
func triggerRole(ctx *pulumi.Context, names naming, rule *cloudwatch.EventRule, pipeline *Pipeline, child pulumi.ResourceOption) (*iam.Role, pulumi.Resource, error) {
	trust := rule.Arn.ApplyT(func(arn string) (string, error) {
		return policyText(statement{
			Effect: "Allow", Principal: map[string]string{"Service": "events.amazonaws.com"}, Action: []string{"sts:AssumeRole"},
			Condition: map[string]map[string]string{"StringEquals": {"aws:SourceArn": arn}},
		})
	}).(pulumi.StringOutput)
	role, err := iam.NewRole(ctx, names.name("trigger"), &iam.RoleArgs{AssumeRolePolicy: trust, Tags: names.tags("trigger")}, child)
	if err != nil {
		return nil, nil, err
	}
	policy := pipeline.Arn.ApplyT(func(arn string) (string, error) {
		return policyText(allow(arn, "codepipeline:StartPipelineExecution"))
	}).(pulumi.StringOutput)
	permissions, err := iam.NewRolePolicy(ctx, names.name("trigger"), &iam.RolePolicyArgs{Role: role.Name, Policy: policy}, child)
	return role, permissions, err
}
