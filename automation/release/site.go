package release

import (
	"context"

	"slipway/automation/release/ecs"
)

// Outputs answers a stack's outputs; an empty map for a stack that was never updated.
type Outputs interface {
	Outputs(ctx context.Context) (map[string]any, error)
}

// Registry is the part of delivery's outputs that a release needs: the image repository and the ledger's bucket.
type Registry struct {
	URL, Name, Bucket string
}

// Environment is the part of an environment's outputs that a release needs.
type Environment struct {
	AppURL, LoadBalancer, Cluster, Service, TaskDefinition, TargetGroup, LogGroup, Image, Commit string
}

func (e Environment) place() ecs.Place {
	return ecs.Place{Cluster: e.Cluster, Service: e.Service, TargetGroup: e.TargetGroup}
}

func registryOf(outputs map[string]any) Registry {
	return Registry{URL: text(outputs, "RepositoryURL"), Name: text(outputs, "RepositoryName"), Bucket: text(outputs, "ArtifactBucket")}
}

func environmentOf(outputs map[string]any) Environment {
	return Environment{
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
