package infra

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// delivery declares what serves every environment, and returns its outputs: the registry, and the way from a push to the
// environments.
func delivery(ctx *pulumi.Context, config *Config) (pulumi.Map, error) {
	names := newNaming(config.AppName, ctx.Stack())
	if err := distinct(names, config); err != nil {
		return nil, err
	}
	program, err := readBinary(ctx, config)
	if err != nil {
		return nil, err
	}
	where, err := locate(ctx, 1)
	if err != nil {
		return nil, err
	}
	registry, err := NewRegistry(ctx, names, config)
	if err != nil {
		return nil, err
	}
	source, err := NewSource(ctx, names, config)
	if err != nil {
		return nil, err
	}
	artifacts, err := NewArtifacts(ctx, names, config)
	if err != nil {
		return nil, err
	}
	action, err := NewActionType(ctx, names, config)
	if err != nil {
		return nil, err
	}
	jenkins, err := NewJenkins(ctx, names, config, JenkinsArgs{
		Location: where, Registry: registry, Artifacts: artifacts, Action: action, Program: program,
	})
	if err != nil {
		return nil, err
	}
	pipeline, err := NewPipeline(ctx, names, config, PipelineArgs{
		Location: where, Source: source, Artifacts: artifacts, Action: action, Jenkins: jenkins,
	})
	if err != nil {
		return nil, err
	}
	if _, err := NewTrigger(ctx, names, source, pipeline); err != nil {
		return nil, err
	}
	return pulumi.Map{
		OutputRepositoryURL:         registry.URL,
		OutputRepositoryName:        registry.Name,
		OutputRepositoryArn:         registry.Arn,
		OutputSourceRepository:      source.Repository,
		OutputSourceCloneURL:        source.CloneURL,
		OutputSourceBranch:          pulumi.String(config.Branch),
		OutputArtifactBucket:        artifacts.Bucket.Bucket,
		OutputArtifactKey:           artifacts.Key,
		OutputActionType:            pulumi.String(action.Provider + "/" + action.Version),
		OutputVPC:                   jenkins.Network.VPC,
		OutputInternetGateway:       jenkins.Network.InternetGateway,
		OutputPublicSubnet:          jenkins.Network.Subnet,
		OutputJenkinsInstance:       jenkins.Instance.ID(),
		OutputJenkinsURL:            jenkins.URL,
		OutputJenkinsAdminParameter: pulumi.String(jenkins.AdminParameter),
		OutputPipelineName:          pipeline.Name,
		OutputPipelineURL:           pipeline.URL,
	}, nil
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
