package elbv2

import (
	"context"
	"net"
	"slices"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/network"
)

// Register adds a target to a target group: id is what AWS would call it (an instance id or an IP address),
// address is host:port as this machine reaches it, at is where it stands in its VPC. A target that is registered already
// is no error, one that is draining is taken back.
func (s *Service) Register(_ context.Context, tgARN, id, address string, at network.Place) error {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return awsapi.Errorf("InvalidTarget", "The address '%s' of target '%s' is not host:port", address, id)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	g := s.groups[tgARN]
	if g == nil {
		return noTargetGroup(tgARN)
	}
	r := registration{tgARN, id, address, at}
	if err := s.tables.targets.Put(r.key(), r); err != nil {
		return err
	}
	g.add(id, address, at)
	return nil
}

// Deregister starts draining a target: it gets no new request, and requests in flight have the deregistration
// delay to finish. State says draining until the delay is over, as on AWS, even when nothing was in flight.
func (s *Service) Deregister(_ context.Context, tgARN, id, address string) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	g := s.groups[tgARN]
	if g == nil {
		return nil
	}
	if err := s.tables.targets.Delete(registration{Group: tgARN, ID: id, Address: address}.key()); err != nil {
		return err
	}
	g.drain(id, address)
	return nil
}

// State returns the state of a target (initial, healthy, unhealthy, draining, unused) and why, in the words of the
// description that DescribeTargetHealth gives for it; a healthy one has none.
func (s *Service) State(tgARN, id, address string) (state, reason string) {
	s.mu.RLock()
	g := s.groups[tgARN]
	s.mu.RUnlock()
	if g == nil {
		return Unused, descriptions[notRegistered]
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if t := g.find(id, address); t != nil {
		return t.health.state, t.health.description
	}
	return Unused, descriptions[notRegistered]
}

// Group returns the type of a group's targets, instance or ip, empty for a group that does not exist, and whether a load
// balancer forwards to it.
func (s *Service) Group(arn string) (targetType string, attached bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	g := s.groups[arn]
	if g == nil {
		return "", false
	}
	return g.record().targetType(), len(s.balancersOf(arn)) > 0
}

func sortedKeys(m map[string]bool) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
