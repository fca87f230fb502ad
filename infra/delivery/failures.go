package delivery

import (
	"encoding/json"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/scope"
)

// failures tells slipway:notifyArn of each execution of the pipeline that fails. The topic's own policy has to let
// EventBridge publish (EventBridge user guide, "Amazon SNS permissions"): a rule takes no role for a topic.
func failures(in scope.Scope, pipeline string) error {
	if in.Config.NotifyArn == "" {
		return nil
	}
	pattern, err := failurePattern(pipeline)
	if err != nil {
		return err
	}
	rule, err := cloudwatch.NewEventRule(in.Ctx, in.Name("failed"), &cloudwatch.EventRuleArgs{
		Description: pulumi.String("An execution of " + pipeline + " failed"), EventPattern: pulumi.String(pattern), Tags: in.Tags("failed"),
	}, in.Child)
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewEventTarget(in.Ctx, in.Name("failed"), &cloudwatch.EventTargetArgs{
		Rule: rule.Name, TargetId: pulumi.String("topic"), Arn: pulumi.String(in.Config.NotifyArn),
	}, in.Child)
	return err
}

// failurePattern matches the event of CodePipeline (CodePipeline user guide, "Monitoring CodePipeline events").
func failurePattern(pipeline string) (string, error) {
	text, err := json.Marshal(struct {
		Source     []string            `json:"source"`
		DetailType []string            `json:"detail-type"`
		Detail     map[string][]string `json:"detail"`
	}{
		[]string{"aws.codepipeline"}, []string{"CodePipeline Pipeline Execution State Change"},
		map[string][]string{"pipeline": {pipeline}, "state": {"FAILED"}},
	})
	return string(text), err
}
