package infra

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const anywhere = "0.0.0.0/0"

// publicRoutes sends the public subnets' traffic through the internet gateway.
func (n *Network) publicRoutes(ctx *pulumi.Context, names naming, child pulumi.ResourceOption) (*ec2.RouteTable, error) {
	table, err := n.routeTable(ctx, names, "public", child)
	if err != nil {
		return nil, err
	}
	route, err := ec2.NewRoute(ctx, names.name("public"), &ec2.RouteArgs{
		RouteTableId: table.ID(), DestinationCidrBlock: pulumi.String(anywhere), GatewayId: n.InternetGateway.ID(),
	}, child)
	if err != nil {
		return nil, err
	}
	n.Ready = append(n.Ready, route)
	for i, subnet := range n.Public {
		if err := n.associate(ctx, names.name(fmt.Sprintf("public-%d", i+1)), table, subnet, child); err != nil {
			return nil, err
		}
	}
	return table, nil
}

// privateRoutes gives each private subnet a table of its own, so that NAT can be added for each zone.
func (n *Network) privateRoutes(ctx *pulumi.Context, names naming, config *Config, child pulumi.ResourceOption) ([]*ec2.RouteTable, error) {
	var tables []*ec2.RouteTable
	for i, subnet := range n.Private {
		suffix := fmt.Sprintf("private-%d", i+1)
		table, err := n.routeTable(ctx, names, suffix, child)
		if err != nil {
			return nil, err
		}
		if err := n.associate(ctx, names.name(suffix), table, subnet, child); err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, n.natRoutes(ctx, names, config, tables, child)
}

func (n *Network) natRoutes(ctx *pulumi.Context, names naming, config *Config, tables []*ec2.RouteTable, child pulumi.ResourceOption) error {
	if config.NAT == NATNone {
		return nil
	}
	var gateway *ec2.NatGateway
	for i, table := range tables {
		if gateway == nil || config.NAT == NATPerZone {
			var err error
			if gateway, err = n.natGateway(ctx, names, i, child); err != nil {
				return err
			}
		}
		route, err := ec2.NewRoute(ctx, names.name(fmt.Sprintf("private-%d", i+1)), &ec2.RouteArgs{
			RouteTableId: table.ID(), DestinationCidrBlock: pulumi.String(anywhere), NatGatewayId: gateway.ID(),
		}, child)
		if err != nil {
			return err
		}
		n.Ready = append(n.Ready, route)
	}
	return nil
}

// natGateway stands in the public subnet of a zone, which has to be routed to the internet before.
func (n *Network) natGateway(ctx *pulumi.Context, names naming, zone int, child pulumi.ResourceOption) (*ec2.NatGateway, error) {
	suffix := fmt.Sprintf("nat-%d", zone+1)
	address, err := ec2.NewEip(ctx, names.name(suffix), &ec2.EipArgs{
		Domain: pulumi.String("vpc"), Tags: names.tags(suffix),
	}, child, pulumi.DependsOn([]pulumi.Resource{n.InternetGateway}))
	if err != nil {
		return nil, err
	}
	return ec2.NewNatGateway(ctx, names.name(suffix), &ec2.NatGatewayArgs{
		AllocationId: address.ID(), SubnetId: n.Public[zone].ID(), Tags: names.tags(suffix),
	}, child, pulumi.DependsOn(n.Ready))
}

func (n *Network) routeTable(ctx *pulumi.Context, names naming, suffix string, child pulumi.ResourceOption) (*ec2.RouteTable, error) {
	return ec2.NewRouteTable(ctx, names.name(suffix), &ec2.RouteTableArgs{VpcId: n.VPC.ID(), Tags: names.tags(suffix)}, child)
}

func (n *Network) associate(ctx *pulumi.Context, name string, table *ec2.RouteTable, subnet *ec2.Subnet, child pulumi.ResourceOption) error {
	association, err := ec2.NewRouteTableAssociation(ctx, name, &ec2.RouteTableAssociationArgs{
		RouteTableId: table.ID(), SubnetId: subnet.ID(),
	}, child)
	n.Ready = append(n.Ready, association)
	return err
}
