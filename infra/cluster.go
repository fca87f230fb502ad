package infra

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Cluster is an ECS cluster with one capacity provider.
type Cluster struct {
	pulumi.ResourceState
	Name, Arn pulumi.StringOutput
	// CapacityProvider is the name of what runs the tasks.
	CapacityProvider pulumi.StringOutput
	// Ready is the association of the two: a service outlives neither, or it could not be deleted.
	Ready []pulumi.Resource
}

// NewCluster declares the cluster and its capacity. The order of destruction follows from the order here:
// service, association, capacity provider, Auto Scaling group, launch template (which names the cluster), cluster.
func NewCluster(ctx *pulumi.Context, names naming, config *Config, where Location, network *Network, firewall *Firewall) (*Cluster, error) {
	c := &Cluster{}
	if err := ctx.RegisterComponentResource("slipway:infra:Cluster", names.name("capacity"), c); err != nil {
		return nil, err
	}
	child := pulumi.Parent(c)
	cluster, err := ecs.NewCluster(ctx, names.name("cluster"), &ecs.ClusterArgs{Tags: names.tags("cluster")}, child)
	if err != nil {
		return nil, err
	}
	c.Name, c.Arn = cluster.Name, cluster.Arn
	c.CapacityProvider = pulumi.String("FARGATE").ToStringOutput()
	if config.Capacity == CapacityEC2 {
		hosts := &hosts{names: names, config: config, where: where, network: network, firewall: firewall, child: child}
		provider, err := hosts.declare(ctx, cluster.Name)
		if err != nil {
			return nil, err
		}
		c.CapacityProvider = provider.Name
	}
	association, err := ecs.NewClusterCapacityProviders(ctx, names.name("capacity"), &ecs.ClusterCapacityProvidersArgs{
		ClusterName:       cluster.Name,
		CapacityProviders: pulumi.StringArray{c.CapacityProvider},
		DefaultCapacityProviderStrategies: ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArray{
			&ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs{CapacityProvider: c.CapacityProvider, Weight: pulumi.Int(1)},
		},
	}, child)
	c.Ready = []pulumi.Resource{association}
	if err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"name": c.Name})
}
