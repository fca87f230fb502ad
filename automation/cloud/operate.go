package cloud

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
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

// ServiceDeployment is ECS's own record of a deployment: it tells how one ended that DescribeServices shows no more.
type ServiceDeployment struct {
	Status  string // PENDING, IN_PROGRESS, SUCCESSFUL, STOPPED, ROLLBACK_SUCCESSFUL, ROLLBACK_FAILED, …
	Reason  string
	Created time.Time
}

// ServiceDeployments lists the deployments of a service that began at or after a time, in no order.
func (c *Cloud) ServiceDeployments(ctx context.Context, cluster, service string, after time.Time) ([]ServiceDeployment, error) {
	out, err := c.ecs.ListServiceDeployments(ctx, &ecs.ListServiceDeploymentsInput{
		Cluster: aws.String(cluster), Service: aws.String(service), CreatedAt: &types.CreatedAt{After: aws.Time(after)},
	})
	if err != nil {
		return nil, wrap("list the deployments of service %s", err, service)
	}
	var all []ServiceDeployment
	for _, d := range out.ServiceDeployments {
		all = append(all, ServiceDeployment{Status: string(d.Status), Reason: aws.ToString(d.StatusReason), Created: aws.ToTime(d.CreatedAt)})
	}
	return all, nil
}
