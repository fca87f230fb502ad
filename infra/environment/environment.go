// Package environment declares one environment: where the app runs, and the app.
package environment

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/network"
	"slipway/infra/outputs"
	"slipway/infra/scope"
)

// Declare declares a network, a load balancer, a cluster and the service that runs the app, and returns the outputs of
// the stack.
func Declare(ctx *pulumi.Context, c *config.Config) (pulumi.Map, error) {
	last, err := scope.LastOutputs(ctx, scope.OwnStack(ctx))
	if err != nil {
		return nil, err
	}
	where, err := scope.Locate(ctx, zones(c, last))
	if err != nil {
		return nil, err
	}
	in := scope.New(ctx, c, where)
	if err := refuseOutage(in, last); err != nil {
		return nil, err
	}
	release, err := currentRelease(in, last)
	if err != nil {
		return nil, err
	}
	net, err := network.New(in)
	if err != nil {
		return nil, err
	}
	firewall, err := NewFirewall(in, net)
	if err != nil {
		return nil, err
	}
	balancer, err := NewLoadBalancer(in, net, firewall)
	if err != nil {
		return nil, err
	}
	cluster, err := NewCluster(in, net, firewall)
	if err != nil {
		return nil, err
	}
	service, err := NewService(in, ServiceArgs{Release: release, Network: net, Firewall: firewall, Balancer: balancer, Cluster: cluster})
	if err != nil {
		return nil, err
	}
	return pulumi.Map{
		outputs.AppURL:          balancer.URL,
		outputs.LoadBalancerDNS: balancer.DNSName,
		outputs.AppName:         pulumi.String(c.AppName),
		outputs.Capacity:        pulumi.String(c.Capacity),
		outputs.VPCCidr:         pulumi.String(c.VPCCidr),
		outputs.Zones:           pulumi.ToStringArray(where.Zones),
		outputs.VPC:             net.VPC.ID(),
		outputs.InternetGateway: net.InternetGateway.ID(),
		outputs.PublicSubnets:   network.IDs(net.Public),
		outputs.PrivateSubnets:  network.IDs(net.Private),
		outputs.Cluster:         cluster.Name,
		outputs.Service:         service.Service.Name,
		outputs.TaskDefinition:  service.TaskDefinition.Arn,
		outputs.TargetGroup:     balancer.TargetGroup.Arn,
		outputs.LogGroup:        service.LogGroup.Name,
		outputs.Image:           pulumi.String(release.Image),
		outputs.ImageDigest:     pulumi.String(release.Digest()),
		outputs.Commit:          pulumi.String(release.Commit),
	}, nil
}

// zones are those that offer the hosts' instance type; Fargate chooses its hardware itself.
func zones(c *config.Config, last map[string]string) scope.Zones {
	wanted := scope.Zones{Count: c.Zones, Given: c.ZoneNames, Last: scope.Listed(last[outputs.Zones])}
	if c.Capacity == config.CapacityEC2 {
		wanted.InstanceType, wanted.Key = c.InstanceType, "instanceType"
	}
	return wanted
}
