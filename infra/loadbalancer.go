package infra

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// LoadBalancer is an application load balancer with one target group.
type LoadBalancer struct {
	pulumi.ResourceState
	TargetGroup *lb.TargetGroup
	// URL is where the app answers.
	URL pulumi.StringOutput
	// Ready is the listener that forwards to the target group: ECS refuses a service whose target group has none.
	Ready []pulumi.Resource
}

// NewLoadBalancer declares the only thing of an environment that the world may reach.
func NewLoadBalancer(ctx *pulumi.Context, names naming, config *Config, network *Network, firewall *Firewall) (*LoadBalancer, error) {
	b := &LoadBalancer{}
	if err := ctx.RegisterComponentResource("slipway:infra:LoadBalancer", names.name("balancer"), b); err != nil {
		return nil, err
	}
	child := pulumi.Parent(b)
	balancer, err := lb.NewLoadBalancer(ctx, names.name("lb"), &lb.LoadBalancerArgs{
		LoadBalancerType:        pulumi.String("application"),
		Internal:                pulumi.Bool(false),
		Subnets:                 ids(network.Public),
		SecurityGroups:          pulumi.StringArray{firewall.Balancer.ID()},
		DropInvalidHeaderFields: pulumi.Bool(true),
		Tags:                    names.tags("lb"),
	}, child, pulumi.DependsOn(network.Ready))
	if err != nil {
		return nil, err
	}
	if err := b.targetGroup(ctx, names, config, network, child); err != nil {
		return nil, err
	}
	if err := b.listeners(ctx, names, config, balancer, child); err != nil {
		return nil, err
	}
	b.URL = appURL(config, balancer)
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{"url": b.URL})
}

// targetGroup finds a task healthy after 10 seconds. AWS's own defaults (five checks, 30 seconds apart,
// and 300 seconds to drain) make every rollout wait for minutes.
func (b *LoadBalancer) targetGroup(ctx *pulumi.Context, names naming, config *Config, network *Network, child pulumi.ResourceOption) (err error) {
	targets := "instance"
	if config.Capacity == CapacityFargate {
		targets = "ip"
	}
	b.TargetGroup, err = lb.NewTargetGroup(ctx, names.name("tg"), &lb.TargetGroupArgs{
		VpcId:               network.VPC.ID(),
		Port:                pulumi.Int(config.ContainerPort),
		Protocol:            pulumi.String("HTTP"),
		TargetType:          pulumi.String(targets),
		DeregistrationDelay: pulumi.Int(config.DeregistrationDelay),
		HealthCheck: &lb.TargetGroupHealthCheckArgs{
			Path:               pulumi.String(config.HealthPath),
			Protocol:           pulumi.String("HTTP"),
			Port:               pulumi.String("traffic-port"),
			Matcher:            pulumi.String("200"),
			Interval:           pulumi.Int(5),
			Timeout:            pulumi.Int(3),
			HealthyThreshold:   pulumi.Int(2),
			UnhealthyThreshold: pulumi.Int(2),
		},
		Tags: names.tags("tg"),
	}, child)
	return err
}

func appURL(config *Config, balancer *lb.LoadBalancer) pulumi.StringOutput {
	scheme := "http://"
	if config.CertificateArn != "" {
		scheme = "https://"
	}
	if config.DomainName != "" {
		return pulumi.String(scheme + config.DomainName).ToStringOutput()
	}
	return pulumi.Sprintf("%s%s", scheme, balancer.DnsName)
}
