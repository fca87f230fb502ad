package environment

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/network"
	"slipway/infra/scope"
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

	network *network.Network
}

// NewFirewall declares the security groups of an environment.
func NewFirewall(in scope.Scope, net *network.Network) (*Firewall, error) {
	f := &Firewall{network: net}
	return f, in.Component("Firewall", "firewall", f, f.declare)
}

func (f *Firewall) declare(in scope.Scope) (_ pulumi.Map, err error) {
	if f.Balancer, err = f.group(in, "lb", "load balancer"); err != nil {
		return nil, err
	}
	if f.Hosts, err = f.group(in, "app", "hosts and tasks"); err != nil {
		return nil, err
	}
	for _, port := range worldPorts(in.Config) {
		if err := f.worldToBalancer(in, port); err != nil {
			return nil, err
		}
	}
	if err := f.balancerToHosts(in); err != nil {
		return nil, err
	}
	for _, port := range in.Config.EgressPorts {
		if err := f.hostsToWorld(in, port); err != nil {
			return nil, err
		}
	}
	return pulumi.Map{}, nil
}

func worldPorts(c *config.Config) []int {
	if c.CertificateArn == "" {
		return []int{80}
	}
	return []int{80, 443}
}

func (f *Firewall) group(in scope.Scope, suffix, of string) (*ec2.SecurityGroup, error) {
	return ec2.NewSecurityGroup(in.Ctx, in.Name(suffix), &ec2.SecurityGroupArgs{
		VpcId: f.network.VPC.ID(), Description: pulumi.String(in.Base + " " + of), Tags: in.Tags(suffix),
	}, in.Child)
}

func (f *Firewall) worldToBalancer(in scope.Scope, port int) error {
	suffix := fmt.Sprintf("world-to-lb-%d", port)
	_, err := vpc.NewSecurityGroupIngressRule(in.Ctx, in.Name(suffix), &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: f.Balancer.ID(), IpProtocol: pulumi.String("tcp"), CidrIpv4: pulumi.String(network.Anywhere),
		FromPort: pulumi.Int(port), ToPort: pulumi.Int(port), Tags: in.Tags(suffix),
	}, in.Child)
	return err
}

// targetPorts are where the load balancer may reach tasks. On an instance, Docker gives each task a port of this range. A
// fargate task has one port, but two releases may have different ones, and both serve in a rollout: the rules stay the
// same, and the load balancer goes to no port that no task was registered with.
func targetPorts(c *config.Config) (from, to int) {
	if c.Capacity == config.CapacityFargate {
		return 1, 65535
	}
	return 32768, 65535
}

func (f *Firewall) balancerToHosts(in scope.Scope) error {
	from, to := targetPorts(in.Config)
	out, err := vpc.NewSecurityGroupEgressRule(in.Ctx, in.Name("lb-to-app"), &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: f.Balancer.ID(), IpProtocol: pulumi.String("tcp"), ReferencedSecurityGroupId: f.Hosts.ID(),
		FromPort: pulumi.Int(from), ToPort: pulumi.Int(to), Tags: in.Tags("lb-to-app"),
	}, in.Child)
	if err != nil {
		return err
	}
	back, err := vpc.NewSecurityGroupIngressRule(in.Ctx, in.Name("app-from-lb"), &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: f.Hosts.ID(), IpProtocol: pulumi.String("tcp"), ReferencedSecurityGroupId: f.Balancer.ID(),
		FromPort: pulumi.Int(from), ToPort: pulumi.Int(to), Tags: in.Tags("app-from-lb"),
	}, in.Child)
	f.Ready = append(f.Ready, out, back)
	return err
}

func (f *Firewall) hostsToWorld(in scope.Scope, port int) error {
	suffix := fmt.Sprintf("app-to-world-%d", port)
	rule, err := vpc.NewSecurityGroupEgressRule(in.Ctx, in.Name(suffix), &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: f.Hosts.ID(), IpProtocol: pulumi.String("tcp"), CidrIpv4: pulumi.String(network.Anywhere),
		FromPort: pulumi.Int(port), ToPort: pulumi.Int(port), Tags: in.Tags(suffix),
	}, in.Child)
	f.Ready = append(f.Ready, rule)
	return err
}
