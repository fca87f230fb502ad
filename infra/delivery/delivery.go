// Package delivery declares what serves every environment: the registry, and the way from a push to the environments.
package delivery

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/jenkinshost"
	"slipway/infra/outputs"
	"slipway/infra/scope"
)

// Declare declares the delivery stack and returns its outputs. The host of Jenkins is a room of its own, which knows
// nothing of delivery; here the two meet: the host takes jobs of the action type, and the pipeline waits for the host.
func Declare(ctx *pulumi.Context, c *config.Config) (pulumi.Map, error) {
	if err := distinct(scope.NewNaming(c.AppName, ctx.Stack()), c); err != nil {
		return nil, err
	}
	programs, err := jenkinshost.ReadPrograms(ctx, c)
	if err != nil {
		return nil, err
	}
	where, err := scope.Locate(ctx, 1)
	if err != nil {
		return nil, err
	}
	in := scope.New(ctx, c, where)
	registry, err := NewRegistry(in)
	if err != nil {
		return nil, err
	}
	source, err := NewSource(in)
	if err != nil {
		return nil, err
	}
	artifacts, err := NewArtifacts(in)
	if err != nil {
		return nil, err
	}
	action, err := NewActionType(in)
	if err != nil {
		return nil, err
	}
	jenkins, err := jenkinshost.New(in, jenkinshost.Args{
		RegistryURL: registry.URL, RegistryArn: registry.Arn, Programs: programs,
		Bucket: jenkinshost.Bucket{Name: artifacts.Bucket.Bucket, Arn: artifacts.Bucket.Arn, Key: artifacts.Key, Ready: artifacts.Ready},
		Action: jenkinshost.Action{Provider: action.Provider, Version: action.Version, Ready: action.Ready},
	})
	if err != nil {
		return nil, err
	}
	pipeline, err := NewPipeline(in, PipelineArgs{Source: source, Artifacts: artifacts, Action: action, Jenkins: jenkins})
	if err != nil {
		return nil, err
	}
	if _, err := NewTrigger(in, source, pipeline); err != nil {
		return nil, err
	}
	return pulumi.Map{
		outputs.RepositoryURL:         registry.URL,
		outputs.RepositoryName:        registry.Name,
		outputs.RepositoryArn:         registry.Arn,
		outputs.SourceRepository:      source.Repository,
		outputs.SourceCloneURL:        source.CloneURL,
		outputs.SourceBranch:          pulumi.String(c.Branch),
		outputs.ArtifactBucket:        artifacts.Bucket.Bucket,
		outputs.ArtifactKey:           artifacts.Key,
		outputs.ActionType:            pulumi.String(action.Provider + "/" + action.Version),
		outputs.VPC:                   jenkins.Network.VPC,
		outputs.InternetGateway:       jenkins.Network.InternetGateway,
		outputs.PublicSubnet:          jenkins.Network.Subnet,
		outputs.JenkinsInstance:       jenkins.Instance.ID(),
		outputs.JenkinsURL:            jenkins.URL,
		outputs.JenkinsAdminParameter: pulumi.String(jenkins.AdminParameter),
		outputs.PipelineName:          pipeline.Name,
		outputs.PipelineURL:           pipeline.URL,
	}, nil
}

// distinct refuses environments whose names begin as those of delivery do: the Jenkins host may change what is named
// after an environment, and must not change what it stands on itself.
func distinct(names scope.Naming, c *config.Config) error {
	for _, environment := range c.Environments {
		base := scope.NewNaming(c.AppName, environment).Base
		if strings.HasPrefix(names.Base+"-", base+"-") {
			return &config.Error{Problems: []config.Problem{{Key: "environments", Value: environment, Allowed: "an environment whose resources (" +
				base + "-…) are told from those of this stack (" + names.Base + "-…): another name, or a shorter slipway:appName"}}}
		}
	}
	return nil
}
