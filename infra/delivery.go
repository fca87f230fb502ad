package infra

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// delivery declares what serves every environment: the registry, and the way from a push to the environments.
func delivery(ctx *pulumi.Context, config *Config) error {
	names := newNaming(config.AppName, ctx.Stack())
	if err := distinct(names, config); err != nil {
		return err
	}
	program, err := readBinary(ctx, config)
	if err != nil {
		return err
	}
	where, err := locate(ctx, 1)
	if err != nil {
		return err
	}
	registry, err := NewRegistry(ctx, names, config)
	if err != nil {
		return err
	}
	source, err := NewSource(ctx, names, config)
	if err != nil {
		return err
	}
	artifacts, err := NewArtifacts(ctx, names, config)
	if err != nil {
		return err
	}
	action, err := NewActionType(ctx, names, config)
	if err != nil {
		return err
	}
	jenkins, err := NewJenkins(ctx, names, config, JenkinsArgs{
		Location: where, Registry: registry, Artifacts: artifacts, Action: action, Program: program,
	})
	if err != nil {
		return err
	}
	pipeline, err := NewPipeline(ctx, names, config, PipelineArgs{
		Location: where, Source: source, Artifacts: artifacts, Action: action, Jenkins: jenkins,
	})
	if err != nil {
		return err
	}
	if _, err := NewTrigger(ctx, names, source, pipeline); err != nil {
		return err
	}
	exportDelivery(ctx, config, registry, source, artifacts, action, jenkins, pipeline)
	return nil
}

// distinct refuses environments whose names begin as those of delivery do: the Jenkins host may change what is named
// after an environment, and must not change what it stands on itself.
func distinct(names naming, config *Config) error {
	for _, environment := range config.Environments {
		base := newNaming(config.AppName, environment).base
		if strings.HasPrefix(names.base+"-", base+"-") {
			return &ConfigError{Problems: []Problem{{Key: "environments", Value: environment, Allowed: "an environment whose resources (" +
				base + "-…) are told from those of this stack (" + names.base + "-…): another name, or a shorter slipway:appName"}}}
		}
	}
	return nil
}

func exportDelivery(ctx *pulumi.Context, config *Config, registry *Registry, source *Source, artifacts *Artifacts, action *ActionType, jenkins *Jenkins, pipeline *Pipeline) {
	ctx.Export(OutputRepositoryURL, registry.URL)
	ctx.Export(OutputRepositoryName, registry.Name)
	ctx.Export(OutputRepositoryArn, registry.Arn)
	ctx.Export(OutputSourceRepository, source.Repository)
	ctx.Export(OutputSourceCloneURL, source.CloneURL)
	ctx.Export(OutputSourceBranch, pulumi.String(config.Branch))
	ctx.Export(OutputArtifactBucket, artifacts.Bucket.Bucket)
	ctx.Export(OutputArtifactKey, artifacts.Key)
	ctx.Export(OutputActionType, pulumi.String(action.Provider+"/"+action.Version))
	ctx.Export(OutputVPC, jenkins.Network.VPC)
	ctx.Export(OutputInternetGateway, jenkins.Network.InternetGateway)
	ctx.Export(OutputPublicSubnet, jenkins.Network.Subnet)
	ctx.Export(OutputJenkinsInstance, jenkins.Instance.ID())
	ctx.Export(OutputJenkinsURL, jenkins.URL)
	ctx.Export(OutputJenkinsAdminParameter, pulumi.String(jenkins.AdminParameter))
	ctx.Export(OutputPipelineName, pipeline.Name)
	ctx.Export(OutputPipelineURL, pipeline.URL)
}
