package infra

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// environment declares a network, a load balancer, a cluster and the service that runs the app.
func environment(ctx *pulumi.Context, config *Config) error {
	release, err := currentRelease(ctx, config)
	if err != nil {
		return err
	}
	where, err := locate(ctx, config.Zones)
	if err != nil {
		return err
	}
	names := newNaming(config.AppName, ctx.Stack())
	network, err := NewNetwork(ctx, names, config, where)
	if err != nil {
		return err
	}
	firewall, err := NewFirewall(ctx, names, config, network)
	if err != nil {
		return err
	}
	balancer, err := NewLoadBalancer(ctx, names, config, network, firewall)
	if err != nil {
		return err
	}
	cluster, err := NewCluster(ctx, names, config, where, network, firewall)
	if err != nil {
		return err
	}
	service, err := NewService(ctx, names, config, ServiceArgs{
		Release: release, Location: where, Network: network, Firewall: firewall, Balancer: balancer, Cluster: cluster,
	})
	if err != nil {
		return err
	}
	export(ctx, release, network, balancer, cluster, service)
	return nil
}

func export(ctx *pulumi.Context, release Release, network *Network, balancer *LoadBalancer, cluster *Cluster, service *Service) {
	ctx.Export(OutputAppURL, balancer.URL)
	ctx.Export(OutputVPC, network.VPC.ID())
	ctx.Export(OutputInternetGateway, network.InternetGateway.ID())
	ctx.Export(OutputPublicSubnets, ids(network.Public))
	ctx.Export(OutputPrivateSubnets, ids(network.Private))
	ctx.Export(OutputCluster, cluster.Name)
	ctx.Export(OutputService, service.Service.Name)
	ctx.Export(OutputTaskDefinition, service.TaskDefinition.Arn)
	ctx.Export(OutputTargetGroup, balancer.TargetGroup.Arn)
	ctx.Export(OutputLogGroup, service.LogGroup.Name)
	ctx.Export(OutputImage, pulumi.String(release.Image))
	ctx.Export(OutputImageDigest, pulumi.String(release.Digest()))
	ctx.Export(OutputCommit, pulumi.String(release.Commit))
}
