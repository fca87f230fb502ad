package infra

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const jenkinsPort = 8443

// JenkinsNetwork is where the Jenkins host stands.
type JenkinsNetwork struct {
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

// NewJenkinsNetwork declares a VPC with one public subnet, or uses the given one, whose subnet has to have a route to
// the internet; and the security group of the host in either.
func NewJenkinsNetwork(ctx *pulumi.Context, names naming, config *Config, where Location) (*JenkinsNetwork, error) {
	n := &JenkinsNetwork{Zone: where.Zones[0]}
	if err := ctx.RegisterComponentResource("slipway:infra:JenkinsNetwork", names.name("jenkins-network"), n); err != nil {
		return nil, err
	}
	child := pulumi.Parent(n)
	if config.JenkinsVPC != "" {
		n.VPC, n.Subnet = pulumi.String(config.JenkinsVPC).ToStringOutput(), pulumi.String(config.JenkinsSubnet).ToStringOutput()
		n.InternetGateway, n.Zone = pulumi.String("").ToStringOutput(), config.JenkinsZone
	} else if err := n.declare(ctx, names, config, where, child); err != nil {
		return nil, err
	}
	if err := n.firewall(ctx, names, config, child); err != nil {
		return nil, err
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{"vpc": n.VPC, "subnet": n.Subnet})
}

// declare builds it of the parts that the network of an environment is made of.
func (n *JenkinsNetwork) declare(ctx *pulumi.Context, names naming, config *Config, where Location, child pulumi.ResourceOption) error {
	network := &Network{}
	if err := network.vpc(ctx, names, config, child); err != nil {
		return err
	}
	block, err := firstSubnet(config.VPCCidr)
	if err != nil {
		return err
	}
	subnet, err := network.subnet(ctx, names, "public", n.Zone, block, child)
	if err != nil {
		return err
	}
	network.Public = []*ec2.Subnet{subnet}
	table, err := network.publicRoutes(ctx, names, child)
	if err != nil {
		return err
	}
	if err := network.storageEndpoint(ctx, names, where, []*ec2.RouteTable{table}, child); err != nil {
		return err
	}
	n.VPC, n.InternetGateway = network.VPC.ID().ToStringOutput(), network.InternetGateway.ID().ToStringOutput()
	n.Subnet, n.Ready = subnet.ID().ToStringOutput(), network.Ready
	return nil
}

// firewall lets people in on the port of HTTPS only, from slipway:allowedCidr only; a shell comes by Session Manager,
// which the host opens itself.
func (n *JenkinsNetwork) firewall(ctx *pulumi.Context, names naming, config *Config, child pulumi.ResourceOption) (err error) {
	n.Group, err = ec2.NewSecurityGroup(ctx, names.name("jenkins"), &ec2.SecurityGroupArgs{
		VpcId: n.VPC, Description: pulumi.String(names.base + " Jenkins"), Tags: names.tags("jenkins"),
	}, child)
	if err != nil {
		return err
	}
	people := &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: n.Group.ID(), IpProtocol: pulumi.String("tcp"),
		FromPort: pulumi.Int(jenkinsPort), ToPort: pulumi.Int(jenkinsPort), Tags: names.tags("people-to-jenkins"),
	}
	if strings.Contains(config.AllowedCidr, ":") {
		people.CidrIpv6 = pulumi.String(config.AllowedCidr)
	} else {
		people.CidrIpv4 = pulumi.String(config.AllowedCidr)
	}
	if _, err = vpc.NewSecurityGroupIngressRule(ctx, names.name("people-to-jenkins"), people, child); err != nil {
		return err
	}
	for _, port := range config.EgressPorts {
		if err := n.out(ctx, names, port, child); err != nil {
			return err
		}
	}
	return nil
}

func (n *JenkinsNetwork) out(ctx *pulumi.Context, names naming, port int, child pulumi.ResourceOption) error {
	suffix := fmt.Sprintf("jenkins-to-world-%d", port)
	rule, err := vpc.NewSecurityGroupEgressRule(ctx, names.name(suffix), &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: n.Group.ID(), IpProtocol: pulumi.String("tcp"), CidrIpv4: pulumi.String(anywhere),
		FromPort: pulumi.Int(port), ToPort: pulumi.Int(port), Tags: names.tags(suffix),
	}, child)
	n.Ready = append(n.Ready, rule)
	return err
}
