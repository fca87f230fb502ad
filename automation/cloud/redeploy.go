package cloud

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Redeploy makes a service deploy a task definition, also when it is the one that it was asked for last. A port that the
// load balancer leads to and the task definition has not gives way to the one that it has.
func (c *Cloud) Redeploy(ctx context.Context, cluster, service, taskDefinition string) error {
	balancers, err := c.balancers(ctx, cluster, service, taskDefinition)
	if err != nil {
		return err
	}
	_, err = c.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{
		Cluster: aws.String(cluster), Service: aws.String(service), TaskDefinition: aws.String(taskDefinition), ForceNewDeployment: true,
		LoadBalancers: balancers,
	})
	if err != nil {
		return wrap("deploy %s to service %s", err, taskDefinition, service)
	}
	return nil
}

// balancers are the service's load balancers with the ports of a task definition; nil, which keeps them, when they fit.
// ECS takes them together with a task definition (ECS API reference, UpdateService, loadBalancers; read in November 2026).
func (c *Cloud) balancers(ctx context.Context, cluster, service, taskDefinition string) ([]types.LoadBalancer, error) {
	found, err := c.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: aws.String(cluster), Services: []string{service}})
	if err != nil {
		return nil, wrap("describe service %s in cluster %s", err, service, cluster)
	}
	out, err := c.ecs.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String(taskDefinition)})
	if err != nil {
		return nil, wrap("describe task definition %s", err, lastPart(taskDefinition))
	}
	if len(found.Services) == 0 || out.TaskDefinition == nil {
		return nil, nil // UpdateService says what is missing
	}
	all, other := slices.Clone(found.Services[0].LoadBalancers), false
	for i, b := range all {
		if ports := portsOf(*out.TaskDefinition, aws.ToString(b.ContainerName)); len(ports) > 0 && !slices.Contains(ports, aws.ToInt32(b.ContainerPort)) {
			all[i].ContainerPort, other = aws.Int32(ports[0]), true
		}
	}
	if !other {
		return nil, nil
	}
	return all, nil
}

// portsOf are the ports that a container of a task definition has.
func portsOf(d types.TaskDefinition, container string) []int32 {
	var ports []int32
	for _, one := range d.ContainerDefinitions {
		for _, mapping := range one.PortMappings {
			if aws.ToString(one.Name) == container {
				ports = append(ports, aws.ToInt32(mapping.ContainerPort))
			}
		}
	}
	return ports
}
