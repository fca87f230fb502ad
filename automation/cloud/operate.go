package cloud

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// Restart begins a deployment of what a service runs already, and answers the service with it as the primary one.
func (c *Cloud) Restart(ctx context.Context, cluster, service string) (Service, error) {
	return c.change(ctx, "restart", &ecs.UpdateServiceInput{Cluster: aws.String(cluster), Service: aws.String(service), ForceNewDeployment: true})
}

// Scale sets how many tasks a service runs and answers the service.
func (c *Cloud) Scale(ctx context.Context, cluster, service string, tasks int) (Service, error) {
	return c.change(ctx, "scale", &ecs.UpdateServiceInput{
		Cluster: aws.String(cluster), Service: aws.String(service), DesiredCount: aws.Int32(int32(tasks)),
	})
}

func (c *Cloud) change(ctx context.Context, what string, in *ecs.UpdateServiceInput) (Service, error) {
	out, err := c.ecs.UpdateService(ctx, in)
	if err != nil {
		return Service{}, wrap("%s service %s", err, what, aws.ToString(in.Service))
	}
	if out.Service == nil {
		return Service{}, nil
	}
	return serviceOf(*out.Service), nil
}
