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
func Declare(ctx *pulumi.Context, c *config.Config, folder string) (pulumi.Map, error) {
	if err := distinct(scope.NewNaming(c.AppName, ctx.Stack()), c); err != nil {
		return nil, err
	}
	programs, err := jenkinshost.ReadPrograms(folder, c)
	if err != nil {
		return nil, err
	}
	last, err := scope.LastOutputs(ctx, scope.OwnStack(ctx))
	if err != nil {
		return nil, err
	}
	where, err := scope.Locate(ctx, zones(c, last))
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
		outputs.Zones:                 pulumi.ToStringArray([]string{jenkins.Network.Zone}),
		outputs.JenkinsInstance:       jenkins.Instance.ID(),
		outputs.JenkinsURL:            jenkins.URL,
		outputs.JenkinsAdminParameter: pulumi.String(jenkins.AdminParameter),
		outputs.PipelineName:          pipeline.Name,
		outputs.PipelineURL:           pipeline.URL,
	}, nil
}

// zones is the one of the Jenkins host: that of a given network, or one that offers its instance type.
func zones(c *config.Config, last map[string]string) scope.Zones {
	if c.JenkinsZone != "" {
		return scope.Zones{Count: 1, Last: []string{c.JenkinsZone}}
	}
	given := c.ZoneNames
	return scope.Zones{
		Count: 1, Given: given[:min(1, len(given))], Last: scope.Listed(last[outputs.Zones]),
		InstanceType: c.JenkinsInstanceType, Key: "jenkinsInstanceType",
	}
}

// distinct refuses environments whose names begin as those of delivery do: the Jenkins host may change what is named
// after an environment, and must not change what it runs on itself. It refuses two of one name
// too: names are cut, and what one may do, the other could.
func distinct(names scope.Naming, c *config.Config) error {
	seen := map[string]string{}
	for _, environment := range c.Environments {
		base := scope.NewNaming(c.AppName, environment).Base
		if other, taken := seen[base]; taken {
			return alike(environment, base, "those of "+other)
		}
		if strings.HasPrefix(names.Base+"-", base+"-") {
			return alike(environment, base, "those of this stack ("+names.Base+"-…)")
		}
		seen[base] = environment
	}
	return nil
}

func alike(environment, base, others string) error {
	return &config.Error{Problems: []config.Problem{{Key: "environments", Value: environment, Allowed: "an environment whose resources (" +
		base + "-…) are told from " + others + ": another name, or a shorter slipway:appName"}}}
}
