// Package network decides who reaches whom in the VPCs that stacks declare: by security groups, route tables, gateways
// and endpoints, by the rules of the Amazon VPC user guide ("Security group rules", "Configure route tables", "Gateway
// endpoints", November 2026). Nothing is sent. Network ACLs and IPv6 are not looked at.
package network

import (
	"sync"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// Declared are the resources that stacks have created.
type Declared interface {
	// Known returns the outputs of every resource of a type, with their ids.
	Known(token string) ([]resource.Properties, error)
	// Changes grows with every resource that is created, changed or deleted.
	Changes() uint64
}

// Place is where something stands in a VPC.
type Place struct {
	Subnets []string `json:"subnets,omitempty"`
	// Groups are the security groups of its network interface; none means the default one of the VPC.
	Groups []string `json:"groups,omitempty"`
	// Public is whether it has a public address.
	Public bool `json:"public,omitempty"`
	// Port is where it listens; 0 for what only calls.
	Port int `json:"port,omitempty"`
}

// On is the place with a port that it listens on; nowhere stays nowhere.
func (p Place) On(port int) Place {
	if len(p.Subnets) > 0 {
		p.Port = port
	}
	return p
}

// Network answers from what is declared at that moment. It is safe for concurrent use.
type Network struct {
	declared Declared
	region   naming.Region

	mu    sync.Mutex
	graph *graph // as it was after seen changes; nil before the first question
	seen  uint64
}

// New returns the network of a region.
func New(declared Declared, region naming.Region) *Network {
	return &Network{declared: declared, region: region}
}

// current reads what is declared, unless nothing has changed since it was read.
func (n *Network) current() (*graph, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	changes := n.declared.Changes()
	if n.graph != nil && n.seen == changes {
		return n.graph, nil
	}
	g, err := n.read()
	if err != nil {
		return nil, err
	}
	n.graph, n.seen = g, changes
	return g, nil
}

// Open returns why nobody outside can connect to the port of a load balancer, or nil. An internal one has only to be
// reached from somewhere; one that faces the internet, from public addresses and by an internet gateway.
func (n *Network) Open(balancer Place, internal bool) error {
	g, err := n.current()
	if err != nil {
		return err
	}
	return g.open(balancer, internal)
}

// Reach returns why a connection from one place to the port of another is dropped, or nil.
func (n *Network) Reach(from, to Place) error {
	g, err := n.current()
	if err != nil {
		return err
	}
	return g.reach(from, to)
}

// Call returns why a service of AWS ("ecr.api", "s3") is not reached by HTTPS from a place, or nil: neither over the
// internet nor by an endpoint of the VPC.
func (n *Network) Call(from Place, service string) error {
	g, err := n.current()
	if err != nil {
		return err
	}
	return g.call(from, service)
}

// Internet returns why a port of the internet is not reached from a place, or nil.
func (n *Network) Internet(from Place, port int) error {
	g, err := n.current()
	if err != nil {
		return err
	}
	return g.internet(from, port)
}
