package release

import (
	"context"

	"slipway/automation/cloud"
	"slipway/automation/release/ledger"
)

// Outputs answers a stack's outputs; an empty map for a stack that was never updated.
type Outputs interface {
	Outputs(ctx context.Context) (map[string]any, error)
}

// site is where a release goes, as preflight found it.
type site struct {
	who           cloud.Identity
	registry      registry
	ledger        ledger.Ledger
	before        environment
	previous      Image // the image to put back; zero if there is none
	previousThere bool  // it is still in the registry
}

// registry is the part of delivery's outputs that a release needs: the image repository and the ledger's bucket.
type registry struct {
	URL, Name, Bucket string
}

// environment is the part of an environment's outputs that a release needs.
type environment struct {
	AppURL, LoadBalancer, Cluster, Service, TaskDefinition, TargetGroup, LogGroup, Image, Commit string
}

func registryOf(outputs map[string]any) registry {
	return registry{URL: text(outputs, "RepositoryURL"), Name: text(outputs, "RepositoryName"), Bucket: text(outputs, "ArtifactBucket")}
}

func environmentOf(outputs map[string]any) environment {
	return environment{
		AppURL:         text(outputs, "AppURL"),
		LoadBalancer:   text(outputs, "LoadBalancerDNS"),
		Cluster:        text(outputs, "Cluster"),
		Service:        text(outputs, "Service"),
		TaskDefinition: text(outputs, "TaskDefinition"),
		TargetGroup:    text(outputs, "TargetGroup"),
		LogGroup:       text(outputs, "LogGroup"),
		Image:          text(outputs, "Image"),
		Commit:         text(outputs, "Commit"),
	}
}

func text(outputs map[string]any, name string) string {
	value, _ := outputs[name].(string)
	return value
}
