// Package network declares VPCs with what leads in and out of them.
package network

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/scope"
)

// Network is a VPC with a public and a private subnet in each zone.
type Network struct {
	pulumi.ResourceState
	VPC             *ec2.Vpc
	InternetGateway *ec2.InternetGateway
	// Public and Private have one subnet for each zone.
	Public, Private []*ec2.Subnet
	// Hosts are the subnets in which instances and tasks stand, and HostsArePublic says whether those need a public IP.
	Hosts          []*ec2.Subnet
	HostsArePublic bool
	// Ready is what has to exist for as long as anything in a subnet talks to the internet: on destroy, a host
	// that loses its route first can no longer tell ECS that its tasks have stopped.
	Ready []pulumi.Resource
}

// New declares the network of an environment.
//
// Without NAT the hosts stand in the public subnets, each with a public IP, behind a security group that lets only
// the load balancer in. The ECS agent must reach ECS, ECR and CloudWatch Logs; from a private subnet that takes a NAT
// gateway or an interface endpoint for each service in each zone, and both cost more than the hosts of a small environment.
func New(in scope.Scope) (*Network, error) {
	n := &Network{}
	return n, in.Component("Network", "network", n, n.declare)
}

func (n *Network) declare(in scope.Scope) (pulumi.Map, error) {
	if err := n.vpc(in); err != nil {
		return nil, err
	}
	if err := n.subnets(in); err != nil {
		return nil, err
	}
	public, err := n.publicRoutes(in)
	if err != nil {
		return nil, err
	}
	private, err := n.privateRoutes(in)
	if err != nil {
		return nil, err
	}
	if err := n.storageEndpoint(in, append(private, public)); err != nil {
		return nil, err
	}
	n.Hosts, n.HostsArePublic = n.Private, false
	if in.Config.NAT == config.NATNone {
		n.Hosts, n.HostsArePublic = n.Public, true
	}
	return pulumi.Map{"vpc": n.VPC.ID()}, nil
}

// Small declares a VPC with one public subnet in a zone, straight into the component that is being declared.
func Small(in scope.Scope, zone string) (*Network, error) {
	n := &Network{}
	if err := n.vpc(in); err != nil {
		return nil, err
	}
	block, err := firstSubnet(in.Config.VPCCidr)
	if err != nil {
		return nil, err
	}
	subnet, err := n.subnet(in, "public", zone, block)
	if err != nil {
		return nil, err
	}
	n.Public = []*ec2.Subnet{subnet}
	table, err := n.publicRoutes(in)
	if err != nil {
		return nil, err
	}
	return n, n.storageEndpoint(in, []*ec2.RouteTable{table})
}

func (n *Network) vpc(in scope.Scope) (err error) {
	n.VPC, err = ec2.NewVpc(in.Ctx, in.Name("vpc"), &ec2.VpcArgs{
		CidrBlock:          pulumi.String(in.Config.VPCCidr),
		EnableDnsHostnames: pulumi.Bool(true),
		EnableDnsSupport:   pulumi.Bool(true),
		Tags:               in.Tags("vpc"),
	}, in.Child)
	if err != nil {
		return err
	}
	// Adopting the VPC's default group without naming a rule removes the rules it came with.
	_, err = ec2.NewDefaultSecurityGroup(in.Ctx, in.Name("default"), &ec2.DefaultSecurityGroupArgs{
		VpcId: n.VPC.ID(), Tags: in.Tags("default"),
	}, in.Child)
	if err != nil {
		return err
	}
	n.InternetGateway, err = ec2.NewInternetGateway(in.Ctx, in.Name("igw"), &ec2.InternetGatewayArgs{
		VpcId: n.VPC.ID(), Tags: in.Tags("igw"),
	}, in.Child)
	return err
}

// storageEndpoint keeps the layers of images, which ECR hands out from S3, off the internet and off NAT's bill.
func (n *Network) storageEndpoint(in scope.Scope, tables []*ec2.RouteTable) error {
	var tableIDs pulumi.StringArray
	for _, table := range tables {
		tableIDs = append(tableIDs, table.ID())
	}
	_, err := ec2.NewVpcEndpoint(in.Ctx, in.Name("s3"), &ec2.VpcEndpointArgs{
		VpcId:           n.VPC.ID(),
		ServiceName:     pulumi.String("com.amazonaws." + in.Where.Region + ".s3"),
		VpcEndpointType: pulumi.String("Gateway"),
		RouteTableIds:   tableIDs,
		Tags:            in.Tags("s3"),
	}, in.Child)
	return err
}

// IDs are the ids of subnets.
func IDs(subnets []*ec2.Subnet) pulumi.StringArray {
	var all pulumi.StringArray
	for _, subnet := range subnets {
		all = append(all, subnet.ID())
	}
	return all
}
