package delivery

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/codepipeline"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
)

// Names in the pipeline.
const (
	actionSource   = "Source"
	sourceArtifact = "Source"
	actionDeploy   = "Deploy"
	actionApprove  = "Approve"
	actionPromote  = "Promote"
)

// What the Jenkins job is asked to do.
const (
	operationDeploy  = "deploy"
	operationPromote = "promote"
)

// stages are the source and one stage for each environment. The first builds the image and deploys it; each of the
// others takes the image from the environment before it, once a person has agreed where that is asked for.
func stages(c *config.Config, source *Source, action *ActionType) codepipeline.PipelineStageArray {
	all := codepipeline.PipelineStageArray{stage(config.SourceStage, source.action())}
	for i, environment := range c.Environments {
		if i == 0 {
			all = append(all, stage(environment, deploy(c, action, environment)))
			continue
		}
		var actions []*codepipeline.PipelineStageActionArgs
		if slices.Contains(c.Approvals, environment) {
			actions = append(actions, approve(c, environment))
		}
		all = append(all, stage(environment, append(actions, promote(c, action, c.Environments[i-1], environment))...))
	}
	return all
}

func stage(name string, actions ...*codepipeline.PipelineStageActionArgs) *codepipeline.PipelineStageArgs {
	var array codepipeline.PipelineStageActionArray
	for _, action := range actions {
		array = append(array, action)
	}
	return &codepipeline.PipelineStageArgs{Name: pulumi.String(name), Actions: array}
}

func deploy(c *config.Config, action *ActionType, to string) *codepipeline.PipelineStageActionArgs {
	return custom(c, action, actionDeploy, 1, pulumi.StringMap{
		propertyOperation: pulumi.String(operationDeploy), propertyEnvironment: pulumi.String(to),
	})
}

func promote(c *config.Config, action *ActionType, from, to string) *codepipeline.PipelineStageActionArgs {
	return custom(c, action, actionPromote, 2, pulumi.StringMap{
		propertyOperation: pulumi.String(operationPromote), propertyEnvironment: pulumi.String(to), propertyFrom: pulumi.String(from),
	})
}

func custom(c *config.Config, action *ActionType, name string, order int, configuration pulumi.StringMap) *codepipeline.PipelineStageActionArgs {
	configuration[propertyProject] = pulumi.String(c.JobName)
	configuration[propertyCommit] = pulumi.String("#{" + actionSource + ".CommitId}")
	return &codepipeline.PipelineStageActionArgs{
		Name: pulumi.String(name), Category: pulumi.String("Build"), Owner: pulumi.String("Custom"),
		Provider: pulumi.String(action.Provider), Version: pulumi.String(action.Version),
		InputArtifacts: pulumi.StringArray{pulumi.String(sourceArtifact)},
		RunOrder:       pulumi.Int(order), Configuration: configuration,
	}
}

func approve(c *config.Config, environment string) *codepipeline.PipelineStageActionArgs {
	configuration := pulumi.StringMap{
		"CustomData": pulumi.String("Release commit #{" + actionSource + ".CommitId} to " + environment + "?"),
	}
	if c.NotifyArn != "" {
		configuration["NotificationArn"] = pulumi.String(c.NotifyArn)
	}
	return &codepipeline.PipelineStageActionArgs{
		Name: pulumi.String(actionApprove), Category: pulumi.String("Approval"), Owner: pulumi.String("AWS"),
		Provider: pulumi.String("Manual"), Version: pulumi.String("1"), RunOrder: pulumi.Int(1),
		Configuration: configuration,
	}
}
