package infra

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Firewall is the two security groups of an environment. Rules are resources of their own: rules inside a group
// are replaced as a whole, and two groups that name each other could not be deleted.
type Firewall struct {
	pulumi.ResourceState
	// Balancer is the only group that the world may reach.
	Balancer *ec2.SecurityGroup
	// Hosts is the group of instances (ec2) or tasks (fargate); only the load balancer may reach it.
	Hosts *ec2.SecurityGroup
	// Ready are the rules that hosts need for as long as they run.
	Ready []pulumi.Resource
}

// NewFirewall declares the security groups of an environment.
func NewFirewall(ctx *pulumi.Context, names naming, config *Config, network *Network) (*Firewall, error) {
	f := &Firewall{}
	if err := ctx.RegisterComponentResource("slipway:infra:Firewall", names.name("firewall"), f); err != nil {
		return nil, err
	}
	child := pulumi.Parent(f)
	var err error
	if f.Balancer, err = securityGroup(ctx, names, "lb", "load balancer", network, child); err != nil {
		return nil, err
	}
	if f.Hosts, err = securityGroup(ctx, names, "app", "hosts and tasks", network, child); err != nil {
		return nil, err
	}
	for _, port := range worldPorts(config) {
		if err := f.worldToBalancer(ctx, names, port, child); err != nil {
			return nil, err
		}
	}
	if err := f.balancerToHosts(ctx, names, config, child); err != nil {
		return nil, err
	}
	for _, port := range config.EgressPorts {
		if err := f.hostsToWorld(ctx, names, port, child); err != nil {
			return nil, err
		}
	}
	return f, ctx.RegisterResourceOutputs(f, pulumi.Map{})
}

func worldPorts(config *Config) []int {
	if config.CertificateArn == "" {
		return []int{80}
	}
	return []int{80, 443}
}

func securityGroup(ctx *pulumi.Context, names naming, suffix, of string, network *Network, child pulumi.ResourceOption) (*ec2.SecurityGroup, error) {
	return ec2.NewSecurityGroup(ctx, names.name(suffix), &ec2.SecurityGroupArgs{
		VpcId: network.VPC.ID(), Description: pulumi.String(names.base + " " + of), Tags: names.tags(suffix),
	}, child)
}

func (f *Firewall) worldToBalancer(ctx *pulumi.Context, names naming, port int, child pulumi.ResourceOption) error {
	suffix := fmt.Sprintf("world-to-lb-%d", port)
	_, err := vpc.NewSecurityGroupIngressRule(ctx, names.name(suffix), &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: f.Balancer.ID(), IpProtocol: pulumi.String("tcp"), CidrIpv4: pulumi.String(anywhere),
		FromPort: pulumi.Int(port), ToPort: pulumi.Int(port), Tags: names.tags(suffix),
	}, child)
	return err
}

// targetPorts are the container's own port for fargate; on an instance, Docker gives each task a port of this range.
func targetPorts(config *Config) (from, to int) {
	if config.Capacity == CapacityFargate {
		return config.ContainerPort, config.ContainerPort
	}
	return 32768, 65535
}

func (f *Firewall) balancerToHosts(ctx *pulumi.Context, names naming, config *Config, child pulumi.ResourceOption) error {
	from, to := targetPorts(config)
	out, err := vpc.NewSecurityGroupEgressRule(ctx, names.name("lb-to-app"), &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: f.Balancer.ID(), IpProtocol: pulumi.String("tcp"), ReferencedSecurityGroupId: f.Hosts.ID(),
		FromPort: pulumi.Int(from), ToPort: pulumi.Int(to), Tags: names.tags("lb-to-app"),
	}, child)
	if err != nil {
		return err
	}
	in, err := vpc.NewSecurityGroupIngressRule(ctx, names.name("app-from-lb"), &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: f.Hosts.ID(), IpProtocol: pulumi.String("tcp"), ReferencedSecurityGroupId: f.Balancer.ID(),
		FromPort: pulumi.Int(from), ToPort: pulumi.Int(to), Tags: names.tags("app-from-lb"),
	}, child)
	f.Ready = append(f.Ready, out, in)
	return err
}

func (f *Firewall) hostsToWorld(ctx *pulumi.Context, names naming, port int, child pulumi.ResourceOption) error {
	suffix := fmt.Sprintf("app-to-world-%d", port)
	rule, err := vpc.NewSecurityGroupEgressRule(ctx, names.name(suffix), &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: f.Hosts.ID(), IpProtocol: pulumi.String("tcp"), CidrIpv4: pulumi.String(anywhere),
		FromPort: pulumi.Int(port), ToPort: pulumi.Int(port), Tags: names.tags(suffix),
	}, child)
	f.Ready = append(f.Ready, rule)
	return err
}
