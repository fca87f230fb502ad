package environment

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/network"
	"slipway/infra/scope"
)

// LoadBalancer is an application load balancer with one target group.
type LoadBalancer struct {
	pulumi.ResourceState
	TargetGroup *lb.TargetGroup
	// URL is where the app answers.
	URL pulumi.StringOutput
	// DNSName is the load balancer's own name.
	DNSName pulumi.StringOutput
	// Ready is the listener that forwards to the target group: ECS refuses a service whose target group has none.
	Ready []pulumi.Resource

	network  *network.Network
	firewall *Firewall
}

// NewLoadBalancer declares the only thing of an environment that the world may reach.
func NewLoadBalancer(in scope.Scope, net *network.Network, firewall *Firewall) (*LoadBalancer, error) {
	b := &LoadBalancer{network: net, firewall: firewall}
	return b, in.Component("LoadBalancer", "balancer", b, b.declare)
}

func (b *LoadBalancer) declare(in scope.Scope) (pulumi.Map, error) {
	logs, err := newAccessLogs(in)
	if err != nil {
		return nil, err
	}
	balancer, err := lb.NewLoadBalancer(in.Ctx, in.Name("lb"), &lb.LoadBalancerArgs{
		LoadBalancerType:         pulumi.String("application"),
		Internal:                 pulumi.Bool(false),
		Subnets:                  network.IDs(b.network.Public),
		SecurityGroups:           pulumi.StringArray{b.firewall.Balancer.ID()},
		DropInvalidHeaderFields:  pulumi.Bool(true),
		EnableDeletionProtection: pulumi.Bool(in.Config.DeletionProtection),
		AccessLogs:               logs.args(),
		Tags:                     in.Tags("lb"),
	}, in.Child, pulumi.DependsOn(append(logs.ready, b.network.Ready...)))
	if err != nil {
		return nil, err
	}
	if err := b.targetGroup(in); err != nil {
		return nil, err
	}
	if err := b.listeners(in, balancer); err != nil {
		return nil, err
	}
	if err := record(in, balancer); err != nil {
		return nil, err
	}
	b.DNSName = balancer.DnsName
	b.URL = appURL(in.Config, balancer)
	return pulumi.Map{"url": b.URL}, nil
}

// targetGroupPort is what a target group cannot be without and no target uses: ECS registers each task with the port that
// it has. The container's own port here would replace the group, and empty the listener, with every new port.
const targetGroupPort = 80

func (b *LoadBalancer) targetGroup(in scope.Scope) (err error) {
	targets, check := "instance", in.Config.HealthCheck
	if in.Config.Capacity == config.CapacityFargate {
		targets = "ip"
	}
	b.TargetGroup, err = lb.NewTargetGroup(in.Ctx, in.Name("tg"), &lb.TargetGroupArgs{
		VpcId:               b.network.VPC.ID(),
		Port:                pulumi.Int(targetGroupPort),
		Protocol:            pulumi.String("HTTP"),
		TargetType:          pulumi.String(targets),
		DeregistrationDelay: pulumi.Int(in.Config.DeregistrationDelay),
		HealthCheck: &lb.TargetGroupHealthCheckArgs{
			Path:               pulumi.String(in.Config.HealthPath),
			Protocol:           pulumi.String("HTTP"),
			Port:               pulumi.String("traffic-port"),
			Matcher:            pulumi.String(check.Matcher),
			Interval:           pulumi.Int(check.Interval),
			Timeout:            pulumi.Int(check.Timeout),
			HealthyThreshold:   pulumi.Int(check.HealthyThreshold),
			UnhealthyThreshold: pulumi.Int(check.UnhealthyThreshold),
		},
		Tags: in.Tags("tg"),
	}, in.Child)
	return err
}

func appURL(c *config.Config, balancer *lb.LoadBalancer) pulumi.StringOutput {
	scheme := "http://"
	if c.CertificateArn != "" {
		scheme = "https://"
	}
	if c.DomainName != "" {
		return pulumi.String(scheme + c.DomainName).ToStringOutput()
	}
	return pulumi.Sprintf("%s%s", scheme, balancer.DnsName)
}
