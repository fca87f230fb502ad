package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/scope"
)

// Anywhere is the whole internet.
const Anywhere = "0.0.0.0/0"

// publicRoutes sends the public subnets' traffic through the internet gateway.
func (n *Network) publicRoutes(in scope.Scope) (*ec2.RouteTable, error) {
	table, err := n.routeTable(in, "public")
	if err != nil {
		return nil, err
	}
	route, err := ec2.NewRoute(in.Ctx, in.Name("public"), &ec2.RouteArgs{
		RouteTableId: table.ID(), DestinationCidrBlock: pulumi.String(Anywhere), GatewayId: n.InternetGateway.ID(),
	}, in.Child)
	if err != nil {
		return nil, err
	}
	n.Ready = append(n.Ready, route)
	for i, subnet := range n.Public {
		if err := n.associate(in, fmt.Sprintf("public-%d", i+1), table, subnet); err != nil {
			return nil, err
		}
	}
	return table, nil
}

// privateRoutes gives each private subnet a table of its own, so that NAT can be added for each zone.
func (n *Network) privateRoutes(in scope.Scope) ([]*ec2.RouteTable, error) {
	var tables []*ec2.RouteTable
	for i, subnet := range n.Private {
		suffix := fmt.Sprintf("private-%d", i+1)
		table, err := n.routeTable(in, suffix)
		if err != nil {
			return nil, err
		}
		if err := n.associate(in, suffix, table, subnet); err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, n.natRoutes(in, tables)
}

func (n *Network) natRoutes(in scope.Scope, tables []*ec2.RouteTable) error {
	if in.Config.NAT == config.NATNone {
		return nil
	}
	var gateway *ec2.NatGateway
	for i, table := range tables {
		if gateway == nil || in.Config.NAT == config.NATPerZone {
			var err error
			if gateway, err = n.natGateway(in, i); err != nil {
				return err
			}
		}
		route, err := ec2.NewRoute(in.Ctx, in.Name(fmt.Sprintf("private-%d", i+1)), &ec2.RouteArgs{
			RouteTableId: table.ID(), DestinationCidrBlock: pulumi.String(Anywhere), NatGatewayId: gateway.ID(),
		}, in.Child)
		if err != nil {
			return err
		}
		n.Ready = append(n.Ready, route)
	}
	return nil
}

// natGateway stands in the public subnet of a zone, which has to be routed to the internet before.
func (n *Network) natGateway(in scope.Scope, zone int) (*ec2.NatGateway, error) {
	suffix := fmt.Sprintf("nat-%d", zone+1)
	address, err := ec2.NewEip(in.Ctx, in.Name(suffix), &ec2.EipArgs{
		Domain: pulumi.String("vpc"), Tags: in.Tags(suffix),
	}, in.Child, pulumi.DependsOn([]pulumi.Resource{n.InternetGateway}))
	if err != nil {
		return nil, err
	}
	return ec2.NewNatGateway(in.Ctx, in.Name(suffix), &ec2.NatGatewayArgs{
		AllocationId: address.ID(), SubnetId: n.Public[zone].ID(), Tags: in.Tags(suffix),
	}, in.Child, pulumi.DependsOn(n.Ready))
}

func (n *Network) routeTable(in scope.Scope, suffix string) (*ec2.RouteTable, error) {
	return ec2.NewRouteTable(in.Ctx, in.Name(suffix), &ec2.RouteTableArgs{VpcId: n.VPC.ID(), Tags: in.Tags(suffix)}, in.Child)
}

func (n *Network) associate(in scope.Scope, suffix string, table *ec2.RouteTable, subnet *ec2.Subnet) error {
	association, err := ec2.NewRouteTableAssociation(in.Ctx, in.Name(suffix), &ec2.RouteTableAssociationArgs{
		RouteTableId: table.ID(), SubnetId: subnet.ID(),
	}, in.Child)
	n.Ready = append(n.Ready, association)
	return err
}
