package network

import (
	"fmt"
	"slices"
	"strings"
)

// https is the port of AWS's services.
const https = 443

// open is Network.Open.
func (g *graph) open(balancer Place, internal bool) error {
	groups := strings.Join(g.groupsOf(balancer), ", ")
	if internal {
		if !g.allows(balancer, false, balancer.Port, somewhere) {
			return fmt.Errorf("no rule of its security groups (%s) lets anybody in on port %d", groups, balancer.Port)
		}
		return nil
	}
	if !g.allows(balancer, false, balancer.Port, public) {
		return fmt.Errorf("no rule of its security groups (%s) lets the internet in on port %d", groups, balancer.Port)
	}
	for _, subnet := range balancer.Subnets {
		if !g.routed(subnet) {
			return fmt.Errorf("subnet %s has no route to an internet gateway", subnet)
		}
	}
	return nil
}

// reach is Network.Reach. Security groups are stateful: the way back of a connection is open with the way there.
func (g *graph) reach(from, to Place) error {
	if here, there := g.vpcOf(from), g.vpcOf(to); here == "" || here != there {
		return fmt.Errorf("%s and %s are not subnets of one VPC", strings.Join(from.Subnets, ", "), strings.Join(to.Subnets, ", "))
	}
	out, in := strings.Join(g.groupsOf(from), ", "), strings.Join(g.groupsOf(to), ", ")
	if !g.allows(from, true, to.Port, g.about(to)) {
		return fmt.Errorf("no egress rule of %s leads to %s on port %d", out, in, to.Port)
	}
	if !g.allows(to, false, to.Port, g.about(from)) {
		return fmt.Errorf("no ingress rule of %s lets %s in on port %d", in, out, to.Port)
	}
	return nil
}

// internet is Network.Internet.
func (g *graph) internet(from Place, port int) error {
	if len(from.Subnets) == 0 {
		return fmt.Errorf("it is in no subnet")
	}
	for _, subnet := range from.Subnets {
		switch {
		case g.translated(subnet):
		case g.routed(subnet) && from.Public:
		case g.routed(subnet):
			return fmt.Errorf("subnet %s leads to an internet gateway, which takes it to have a public IP address", subnet)
		default:
			return fmt.Errorf("subnet %s has no route to the internet", subnet)
		}
	}
	if !g.allows(from, true, port, public) {
		return fmt.Errorf("no egress rule of %s leads to the internet on port %d", strings.Join(g.groupsOf(from), ", "), port)
	}
	return nil
}

// call is Network.Call.
func (g *graph) call(from Place, service string) error {
	for _, door := range g.doors {
		if door.Service == "com.amazonaws."+g.region+"."+service && g.enters(from, door) {
			return nil
		}
	}
	err := g.internet(from, https)
	if err != nil {
		return fmt.Errorf("%w, and no VPC endpoint for %s is reached", err, service)
	}
	return nil
}

// enters reports whether a place reaches an endpoint: a gateway by its route table, an interface by its private name.
func (g *graph) enters(from Place, door endpoint) bool {
	if g.vpcOf(from) != door.VPC {
		return false
	}
	if door.Kind == "Interface" {
		return door.PrivateDNS && g.reach(from, Place{Subnets: door.Subnets, Groups: door.Groups, Port: https}) == nil
	}
	unrouted := slices.ContainsFunc(from.Subnets, func(id string) bool { return !slices.Contains(door.Tables, g.table(id)) })
	return !unrouted && g.allows(from, true, https, public)
}

// routed reports whether a subnet is public: its default route leads to the internet gateway of its VPC.
func (g *graph) routed(subnet string) bool {
	return slices.ContainsFunc(g.routes[g.table(subnet)], func(r route) bool {
		return everywhere(r) && r.Gateway != "" && g.gateways[r.Gateway] == g.subnets[subnet].VPC
	})
}

// translated reports whether the default route of a subnet leads to a public NAT gateway in a public subnet.
func (g *graph) translated(subnet string) bool {
	return slices.ContainsFunc(g.routes[g.table(subnet)], func(r route) bool {
		gateway, found := g.nats[r.NAT]
		return everywhere(r) && found && gateway.Kind != "private" && g.routed(gateway.Subnet)
	})
}

func everywhere(r route) bool { return r.Block == "0.0.0.0/0" }
