package ecs

import (
	"context"
	"time"

	"slipway/automation/cloud"
)

// Record is what ECS has written down of a service's deployments, newest first.
type Record []cloud.ServiceDeployment

type records interface {
	ServiceDeployments(ctx context.Context, cluster, service string, after time.Time) ([]cloud.ServiceDeployment, error)
}

// Recall asks for the newest deployments of a service.
func Recall(ctx context.Context, from records, at Place) (Record, error) {
	return from.ServiceDeployments(ctx, at.Cluster, at.Service, time.Time{})
}

// Of is the newest deployment of a task definition, and the task definition of a newer one that took over from it; "" when
// none did. One that ECS gave up took over from nothing: a roll back belongs to the deployment that it ends.
func (r Record) Of(taskDefinition string) (own cloud.ServiceDeployment, newer string) {
	for _, d := range r {
		if d.TaskDefinition == taskDefinition {
			return d, newer
		}
		if newer == "" && !d.GivenUp() {
			newer = d.TaskDefinition
		}
	}
	return cloud.ServiceDeployment{}, ""
}
