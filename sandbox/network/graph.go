package network

import (
	"fmt"
	"net/netip"

	"slipway/sandbox/resource"
)

// graph is what is declared, ready for questions.
type graph struct {
	region   string
	vpcs     map[string]vpc
	subnets  map[string]subnet
	groups   map[string]*group
	routes   map[string][]route // by route table
	tables   map[string]string  // of subnets; others have the main one of their VPC
	gateways map[string]string  // VPCs of internet gateways
	nats     map[string]nat
	doors    []endpoint
	fleets   []fleet
}

type vpc struct {
	ID        string `json:"id"`
	Group     string `json:"defaultSecurityGroupId"`
	MainTable string `json:"mainRouteTableId"`
}

type subnet struct {
	ID         string `json:"id"`
	VPC        string `json:"vpcId"`
	Block      string `json:"cidrBlock"`
	MapsPublic bool   `json:"mapPublicIpOnLaunch"`
}

type route struct {
	Table   string `json:"routeTableId"`
	Block   string `json:"destinationCidrBlock"`
	Inline  string `json:"cidrBlock"` // how a route inside a table calls it
	Gateway string `json:"gatewayId"`
	NAT     string `json:"natGatewayId"`
}

type nat struct {
	ID     string `json:"id"`
	Subnet string `json:"subnetId"`
	Kind   string `json:"connectivityType"`
}

type endpoint struct {
	ID         string   `json:"id"`
	VPC        string   `json:"vpcId"`
	Service    string   `json:"serviceName"`
	Kind       string   `json:"vpcEndpointType"`
	Tables     []string `json:"routeTableIds"`
	Subnets    []string `json:"subnetIds"`
	Groups     []string `json:"securityGroupIds"`
	PrivateDNS bool     `json:"privateDnsEnabled"`
	PrefixList string   `json:"prefixListId"`
}

// all decodes every resource of a type.
func all[T any](n *Network, token string) ([]T, error) {
	known, err := n.declared.Known(token)
	if err != nil {
		return nil, fmt.Errorf("reading what is declared of %s: %w", token, err)
	}
	values := make([]T, len(known))
	for i, properties := range known {
		if err := resource.Decode(properties, &values[i]); err != nil {
			return nil, fmt.Errorf("reading what is declared of %s: %w", token, err)
		}
	}
	return values, nil
}

// read makes the graph of what is declared now.
func (n *Network) read() (*graph, error) {
	g := &graph{
		region: string(n.region), vpcs: map[string]vpc{}, subnets: map[string]subnet{}, groups: map[string]*group{},
		routes: map[string][]route{}, tables: map[string]string{}, gateways: map[string]string{}, nats: map[string]nat{},
	}
	for _, part := range []func(*Network) error{g.readSubnets, g.readRoutes, g.readGateways, g.readGroups, g.readRules, g.readFleets} {
		if err := part(n); err != nil {
			return nil, err
		}
	}
	return g, nil
}

func (g *graph) readSubnets(n *Network) error {
	vpcs, err := all[vpc](n, "aws:ec2/vpc:Vpc")
	if err != nil {
		return err
	}
	for _, v := range vpcs {
		g.vpcs[v.ID] = v
	}
	subnets, err := all[subnet](n, "aws:ec2/subnet:Subnet")
	for _, s := range subnets {
		g.subnets[s.ID] = s
	}
	return err
}

func (g *graph) readRoutes(n *Network) error {
	tables, err := all[struct {
		ID     string  `json:"id"`
		Routes []route `json:"routes"`
	}](n, "aws:ec2/routeTable:RouteTable")
	if err != nil {
		return err
	}
	for _, t := range tables {
		for _, r := range t.Routes {
			r.Block = r.Inline
			g.routes[t.ID] = append(g.routes[t.ID], r)
		}
	}
	single, err := all[route](n, "aws:ec2/route:Route")
	if err != nil {
		return err
	}
	for _, r := range single {
		g.routes[r.Table] = append(g.routes[r.Table], r)
	}
	associations, err := all[struct {
		Table  string `json:"routeTableId"`
		Subnet string `json:"subnetId"`
	}](n, "aws:ec2/routeTableAssociation:RouteTableAssociation")
	for _, a := range associations {
		g.tables[a.Subnet] = a.Table
	}
	return err
}

func (g *graph) readGateways(n *Network) error {
	gateways, err := all[struct {
		ID  string `json:"id"`
		VPC string `json:"vpcId"`
	}](n, "aws:ec2/internetGateway:InternetGateway")
	if err != nil {
		return err
	}
	for _, one := range gateways {
		g.gateways[one.ID] = one.VPC
	}
	nats, err := all[nat](n, "aws:ec2/natGateway:NatGateway")
	if err != nil {
		return err
	}
	for _, one := range nats {
		g.nats[one.ID] = one
	}
	g.doors, err = all[endpoint](n, "aws:ec2/vpcEndpoint:VpcEndpoint")
	return err
}

// table is the route table of a subnet.
func (g *graph) table(subnet string) string {
	if own := g.tables[subnet]; own != "" {
		return own
	}
	return g.vpcs[g.subnets[subnet].VPC].MainTable
}

// vpcOf is the VPC of a place, "" when its subnets are not declared or in several.
func (g *graph) vpcOf(p Place) string {
	found := ""
	for _, id := range p.Subnets {
		vpc := g.subnets[id].VPC
		if vpc == "" || found != "" && found != vpc {
			return ""
		}
		found = vpc
	}
	return found
}

// blocks are the addresses that something at a place may have.
func (g *graph) blocks(p Place) (all []netip.Prefix) {
	for _, id := range p.Subnets {
		block, _ := netip.ParsePrefix(g.subnets[id].Block)
		all = append(all, block)
	}
	return all
}
