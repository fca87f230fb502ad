package cloud

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// Redeploy makes a service deploy a task definition, also when it is the one that it was asked for last.
func (c *Cloud) Redeploy(ctx context.Context, cluster, service, taskDefinition string) error {
	_, err := c.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{
		Cluster: aws.String(cluster), Service: aws.String(service), TaskDefinition: aws.String(taskDefinition), ForceNewDeployment: true,
	})
	if err != nil {
		return wrap("deploy %s to service %s", err, taskDefinition, service)
	}
	return nil
}
