package jenkinshost

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/network"
	"slipway/infra/scope"
)

// port is where Jenkins answers by HTTPS.
const port = 8443

// Network is where the Jenkins host stands.
type Network struct {
	pulumi.ResourceState
	// VPC, InternetGateway and Subnet are ids; InternetGateway is empty for a given network.
	VPC, InternetGateway, Subnet pulumi.StringOutput
	// Zone is the availability zone of Subnet.
	Zone string
	// Group is the security group of the host.
	Group *ec2.SecurityGroup
	// Ready is what the host needs for as long as it runs.
	Ready []pulumi.Resource
}

// newNetwork declares a VPC with one public subnet, or uses the given one, whose subnet has to have a route to
// the internet; and the security group of the host in either.
func newNetwork(in scope.Scope) (*Network, error) {
	n := &Network{Zone: in.Where.Zones[0]}
	return n, in.Component("JenkinsNetwork", "jenkins-network", n, n.declare)
}

func (n *Network) declare(in scope.Scope) (pulumi.Map, error) {
	if in.Config.JenkinsVPC != "" {
		n.VPC, n.Subnet = pulumi.String(in.Config.JenkinsVPC).ToStringOutput(), pulumi.String(in.Config.JenkinsSubnet).ToStringOutput()
		n.InternetGateway, n.Zone = pulumi.String("").ToStringOutput(), in.Config.JenkinsZone
	} else {
		own, err := network.Small(in, n.Zone)
		if err != nil {
			return nil, err
		}
		n.VPC, n.InternetGateway = own.VPC.ID().ToStringOutput(), own.InternetGateway.ID().ToStringOutput()
		n.Subnet, n.Ready = own.Public[0].ID().ToStringOutput(), own.Ready
	}
	if err := n.firewall(in); err != nil {
		return nil, err
	}
	return pulumi.Map{"vpc": n.VPC, "subnet": n.Subnet}, nil
}

// firewall lets people in on the port of HTTPS only, from slipway:allowedCidr only; a shell comes by Session Manager,
// which the host opens itself.
func (n *Network) firewall(in scope.Scope) (err error) {
	n.Group, err = ec2.NewSecurityGroup(in.Ctx, in.Name("jenkins"), &ec2.SecurityGroupArgs{
		VpcId: n.VPC, Description: pulumi.String(in.Base + " Jenkins"), Tags: in.Tags("jenkins"),
	}, in.Child)
	if err != nil {
		return err
	}
	people := &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: n.Group.ID(), IpProtocol: pulumi.String("tcp"), CidrIpv4: pulumi.String(in.Config.AllowedCidr),
		FromPort: pulumi.Int(port), ToPort: pulumi.Int(port), Tags: in.Tags("people-to-jenkins"),
	}
	if _, err = vpc.NewSecurityGroupIngressRule(in.Ctx, in.Name("people-to-jenkins"), people, in.Child); err != nil {
		return err
	}
	for _, to := range doors(in.Config) {
		if err := n.out(in, to); err != nil {
			return err
		}
	}
	return nil
}

// doors are the ports that the host may open: HTTPS for AWS, git and what it installs; HTTP for the app of an environment
// without a certificate, whose answer proves a release, and for packages that a Dockerfile installs; and what
// slipway:egressPorts adds.
func doors(c *config.Config) []int {
	ports := slices.Concat([]int{80, 443}, c.EgressPorts)
	slices.Sort(ports)
	return slices.Compact(ports)
}

func (n *Network) out(in scope.Scope, to int) error {
	suffix := fmt.Sprintf("jenkins-to-world-%d", to)
	rule, err := vpc.NewSecurityGroupEgressRule(in.Ctx, in.Name(suffix), &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: n.Group.ID(), IpProtocol: pulumi.String("tcp"), CidrIpv4: pulumi.String(network.Anywhere),
		FromPort: pulumi.Int(to), ToPort: pulumi.Int(to), Tags: in.Tags(suffix),
	}, in.Child)
	n.Ready = append(n.Ready, rule)
	return err
}
