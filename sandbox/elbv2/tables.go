package elbv2

import (
	"slipway/sandbox/network"
	"slipway/sandbox/store"
)

type tables struct {
	balancers *store.Table[loadBalancer]
	groups    *store.Table[targetGroup]
	listeners *store.Table[listener]
	rules     *store.Table[rule]
	targets   *store.Table[registration]
}

// registration is a registered target. Draining ones are not kept: nothing is in flight after a restart.
type registration struct {
	Group   string `json:"group"`
	ID      string `json:"id"`
	Address string `json:"address"`
	// At is where it stands in its VPC; without subnets nobody knows.
	At network.Place `json:"at,omitzero"`
}

func (r registration) key() string { return r.Group + " " + r.ID + " " + r.Address }

func openTables(st *store.Store) (t tables, err error) {
	if t.balancers, err = store.NewTable[loadBalancer](st, "elbv2.loadbalancers"); err != nil {
		return t, err
	}
	if t.groups, err = store.NewTable[targetGroup](st, "elbv2.targetgroups"); err != nil {
		return t, err
	}
	if t.listeners, err = store.NewTable[listener](st, "elbv2.listeners"); err != nil {
		return t, err
	}
	if t.rules, err = store.NewTable[rule](st, "elbv2.rules"); err != nil {
		return t, err
	}
	t.targets, err = store.NewTable[registration](st, "elbv2.targets")
	return t, err
}

func (s *Service) load() error {
	balancers, err := s.tables.balancers.All()
	if err != nil {
		return err
	}
	for _, b := range balancers {
		s.balancers[b.ARN] = newBalancer(b)
	}
	groups, err := s.tables.groups.All()
	if err != nil {
		return err
	}
	for _, g := range groups {
		s.groups[g.ARN] = s.newGroup(g)
	}
	return s.loadRouting()
}

func (s *Service) loadRouting() error {
	listeners, err := s.tables.listeners.All()
	if err != nil {
		return err
	}
	for _, l := range listeners {
		s.listeners[l.ARN] = l
	}
	rules, err := s.tables.rules.All()
	if err != nil {
		return err
	}
	for _, r := range rules {
		s.rules[r.ARN] = r
	}
	targets, err := s.tables.targets.All()
	if err != nil {
		return err
	}
	for _, r := range targets {
		if g := s.groups[r.Group]; g != nil {
			g.add(r.ID, r.Address, r.At)
		}
	}
	return nil
}
