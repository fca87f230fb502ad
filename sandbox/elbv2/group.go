package elbv2

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/network"
)

// group is a target group at work. Its own lock is taken after the service's, never before.
type group struct {
	service *Service
	rec     atomic.Pointer[targetGroup]
	matcher atomic.Pointer[matcher]
	from    atomic.Pointer[balancer] // the load balancer that forwards to it; nil for none

	mu      sync.Mutex
	used    bool // a load balancer forwards to it
	targets []*target
	turn    int
}

func (s *Service) newGroup(rec targetGroup) *group {
	g := &group{service: s}
	g.change(rec)
	return g
}

func (g *group) record() targetGroup { return *g.rec.Load() }

func (g *group) change(rec targetGroup) {
	m, _ := parseMatcher(rec.checks().Matcher) // checked when the group was made
	g.matcher.Store(&m)
	g.rec.Store(&rec)
}

// target is one registered address of a group. Its fields are guarded by the group's lock.
type target struct {
	id, address string
	at          network.Place
	health      health
	inflight    int
	leaving     bool               // it goes with the last request in flight
	stopChecks  context.CancelFunc // nil when it is not checked
	drained     clockwork.Timer    // ends the draining; nil before
	gone        context.Context    // ends with the deregistration delay: what is in flight is cut
	cut         context.CancelFunc // ends gone
}

// add registers a target. One that is draining comes back; one that is there already stays as it is.
func (g *group) add(id, address string, at network.Place) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.find(id, address)
	if t != nil && t.health.state != Draining {
		return
	}
	if t == nil {
		t = &target{id: id, address: address, at: at}
		t.gone, t.cut = context.WithCancel(context.Background())
		g.targets = append(g.targets, t)
	}
	if t.leaving = false; t.drained != nil {
		t.drained.Stop()
	}
	t.health.become(Unused, notInUse)
	if g.used {
		g.startChecks(t)
	}
}

func (g *group) find(id, address string) *target {
	for _, t := range g.targets {
		if t.id == id && t.address == address {
			return t
		}
	}
	return nil
}

// setUsed starts the health checks when a load balancer begins to forward to the group, and ends them after.
func (g *group) setUsed(used bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.used == used {
		return
	}
	g.used = used
	for _, t := range g.targets {
		switch {
		case t.health.state == Draining:
		case used:
			g.startChecks(t)
		default:
			g.endChecks(t)
			t.health.become(Unused, notInUse)
		}
	}
}

// drain takes a target out of turn at once and out of the group when the delay is over.
func (g *group) drain(id, address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.find(id, address)
	if t == nil || t.health.state == Draining {
		return
	}
	g.endChecks(t)
	t.health.become(Draining, deregistrationInProgress)
	s := g.service
	whole := time.Duration(g.record().delay()) * time.Second
	short := min(s.scaled(g.record().delay()), whole)
	t.drained = s.clock.AfterFunc(short, func() { g.leave(t, whole-short) })
}

// leave ends the draining of a target on which nothing is in flight. What is in flight has the whole delay, at any speed: the
// app is not faster here than on AWS.
func (g *group) leave(t *target, rest time.Duration) {
	g.mu.Lock()
	if t.inflight > 0 && t.health.state == Draining && rest > 0 {
		t.leaving = true
		t.drained = g.service.clock.AfterFunc(rest, func() { g.remove(t) })
		g.mu.Unlock()
		return
	}
	g.mu.Unlock()
	g.remove(t)
}

// remove ends the draining of a target, unless it was registered again meanwhile.
func (g *group) remove(t *target) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.drop(t)
}

// drop is remove for one who holds the lock.
func (g *group) drop(t *target) {
	if t.health.state != Draining {
		return
	}
	for i, other := range g.targets {
		if other == t {
			g.targets = append(g.targets[:i:i], g.targets[i+1:]...)
			t.cut()
			return
		}
	}
}

// pick returns the target whose turn it is among the healthy ones, or, when none is healthy, among all that are not
// draining (a load balancer fails open), and counts a request on it.
func (g *group) pick() *target {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.choose(func(t *target) bool { return t.health.state == Healthy })
	if t == nil {
		t = g.choose(func(t *target) bool { return t.health.state != Draining })
	}
	if t != nil {
		t.inflight++
	}
	return t
}

func (g *group) choose(fit func(*target) bool) (best *target) {
	least := g.record().algorithm() == "least_outstanding_requests"
	n := len(g.targets)
	for i := range n {
		at := (g.turn + i) % n
		t := g.targets[at]
		if !fit(t) {
			continue
		}
		if !least {
			g.turn = at + 1
			return t
		}
		if best == nil || t.inflight < best.inflight {
			best = t
		}
	}
	g.turn++
	return best
}

func (g *group) release(t *target) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t.inflight--
	if t.leaving && t.inflight == 0 && t.health.state == Draining {
		t.drained.Stop()
		g.drop(t)
	}
}

func (g *group) registrations() (all []registration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, t := range g.targets {
		all = append(all, registration{g.record().ARN, t.id, t.address, t.at})
	}
	return all
}
