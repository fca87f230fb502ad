package elbv2

import "slipway/sandbox/network"

// place is where a load balancer stands.
func (l loadBalancer) place(port int) network.Place {
	return network.Place{Subnets: l.subnets(), Groups: l.SecurityGroups, Port: port}
}

// closed returns why nobody can connect to the port of a load balancer, or nil.
func (s *Service) closed(l loadBalancer, port int) error {
	if s.network == nil {
		return nil
	}
	return s.network.Open(l.place(port), l.Internal)
}

// dropped returns why the load balancer does not reach a port of a target, or nil. 0 is the port of its traffic.
func (g *group) dropped(t *target, port int) error {
	from := g.from.Load()
	if g.service.network == nil || from == nil || len(t.at.Subnets) == 0 {
		return nil
	}
	to := t.at
	if port != 0 {
		to.Port = port
	}
	return g.service.network.Reach(from.record().place(0), to)
}
