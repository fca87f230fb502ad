package environment

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/network"
	"slipway/infra/scope"
)

// Cluster is an ECS cluster with one capacity provider.
type Cluster struct {
	pulumi.ResourceState
	Name, Arn pulumi.StringOutput
	// CapacityProvider is the name of what runs the tasks.
	CapacityProvider pulumi.StringOutput
	// Ready is the association of the two: a service outlives neither, or it could not be deleted.
	Ready []pulumi.Resource

	network  *network.Network
	firewall *Firewall
}

// NewCluster declares the cluster and its capacity. The order of destruction follows from the order here:
// service, association, capacity provider, Auto Scaling group, launch template (which names the cluster), cluster.
func NewCluster(in scope.Scope, net *network.Network, firewall *Firewall) (*Cluster, error) {
	c := &Cluster{network: net, firewall: firewall}
	return c, in.Component("Cluster", "capacity", c, c.declare)
}

func (c *Cluster) declare(in scope.Scope) (pulumi.Map, error) {
	cluster, err := ecs.NewCluster(in.Ctx, in.Name("cluster"), &ecs.ClusterArgs{Tags: in.Tags("cluster")}, in.Child)
	if err != nil {
		return nil, err
	}
	c.Name, c.Arn = cluster.Name, cluster.Arn
	c.CapacityProvider = pulumi.String("FARGATE").ToStringOutput()
	if in.Config.Capacity == config.CapacityEC2 {
		hosts := &hosts{in: in, network: c.network, firewall: c.firewall}
		provider, err := hosts.declare(cluster.Name)
		if err != nil {
			return nil, err
		}
		c.CapacityProvider = provider.Name
	}
	association, err := ecs.NewClusterCapacityProviders(in.Ctx, in.Name("capacity"), &ecs.ClusterCapacityProvidersArgs{
		ClusterName:       cluster.Name,
		CapacityProviders: pulumi.StringArray{c.CapacityProvider},
		DefaultCapacityProviderStrategies: ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArray{
			&ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs{CapacityProvider: c.CapacityProvider, Weight: pulumi.Int(1)},
		},
	}, in.Child)
	c.Ready = []pulumi.Resource{association}
	if err != nil {
		return nil, err
	}
	return pulumi.Map{"name": c.Name}, nil
}
