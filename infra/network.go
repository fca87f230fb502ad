package infra

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
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

// NewNetwork declares the network of an environment.
//
// Without NAT the hosts stand in the public subnets, each with a public IP, behind a security group that lets only
// the load balancer in. The ECS agent must reach ECS, ECR and CloudWatch Logs; from a private subnet that takes a NAT
// gateway or an interface endpoint for each service in each zone, and both cost more than the hosts of a small environment.
func NewNetwork(ctx *pulumi.Context, names naming, config *Config, where Location) (*Network, error) {
	n := &Network{}
	if err := ctx.RegisterComponentResource("slipway:infra:Network", names.name("network"), n); err != nil {
		return nil, err
	}
	child := pulumi.Parent(n)
	if err := n.vpc(ctx, names, config, child); err != nil {
		return nil, err
	}
	if err := n.subnets(ctx, names, config, where, child); err != nil {
		return nil, err
	}
	public, err := n.publicRoutes(ctx, names, child)
	if err != nil {
		return nil, err
	}
	private, err := n.privateRoutes(ctx, names, config, child)
	if err != nil {
		return nil, err
	}
	if err := n.storageEndpoint(ctx, names, where, append(private, public), child); err != nil {
		return nil, err
	}
	n.Hosts, n.HostsArePublic = n.Private, false
	if config.NAT == NATNone {
		n.Hosts, n.HostsArePublic = n.Public, true
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{"vpc": n.VPC.ID()})
}

func (n *Network) vpc(ctx *pulumi.Context, names naming, config *Config, child pulumi.ResourceOption) (err error) {
	n.VPC, err = ec2.NewVpc(ctx, names.name("vpc"), &ec2.VpcArgs{
		CidrBlock:          pulumi.String(config.VPCCidr),
		EnableDnsHostnames: pulumi.Bool(true),
		EnableDnsSupport:   pulumi.Bool(true),
		Tags:               names.tags("vpc"),
	}, child)
	if err != nil {
		return err
	}
	// Adopting the VPC's default group without naming a rule removes the rules it came with.
	_, err = ec2.NewDefaultSecurityGroup(ctx, names.name("default"), &ec2.DefaultSecurityGroupArgs{
		VpcId: n.VPC.ID(), Tags: names.tags("default"),
	}, child)
	if err != nil {
		return err
	}
	n.InternetGateway, err = ec2.NewInternetGateway(ctx, names.name("igw"), &ec2.InternetGatewayArgs{
		VpcId: n.VPC.ID(), Tags: names.tags("igw"),
	}, child)
	return err
}

// storageEndpoint keeps the layers of images, which ECR hands out from S3, off the internet and off NAT's bill.
func (n *Network) storageEndpoint(ctx *pulumi.Context, names naming, where Location, tables []*ec2.RouteTable, child pulumi.ResourceOption) error {
	var tableIDs pulumi.StringArray
	for _, table := range tables {
		tableIDs = append(tableIDs, table.ID())
	}
	_, err := ec2.NewVpcEndpoint(ctx, names.name("s3"), &ec2.VpcEndpointArgs{
		VpcId:           n.VPC.ID(),
		ServiceName:     pulumi.String("com.amazonaws." + where.Region + ".s3"),
		VpcEndpointType: pulumi.String("Gateway"),
		RouteTableIds:   tableIDs,
		Tags:            names.tags("s3"),
	}, child)
	return err
}

func ids(subnets []*ec2.Subnet) pulumi.StringArray {
	var all pulumi.StringArray
	for _, subnet := range subnets {
		all = append(all, subnet.ID())
	}
	return all
}
