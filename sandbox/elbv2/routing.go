package elbv2

import (
	"cmp"
	"net/http"
	"slices"
	"sync/atomic"
)

// step is an action made ready to answer requests.
type step interface {
	serve(p *proxy, w http.ResponseWriter, r *http.Request)
}

// routing is what one listener does with requests.
type routing struct {
	certificate string // ARN, of port 443
	rules       []route
	fallback    step
}

type route struct {
	priority   int
	conditions []condition
	step       step
}

func (rt *routing) action(r *http.Request) step {
	for _, rule := range rt.rules {
		if !slices.ContainsFunc(rule.conditions, func(c condition) bool { return !c.match(r) }) {
			return rule.step
		}
	}
	return rt.fallback
}

// route makes every load balancer's routing anew and starts or stops the checks of the target groups
// that came into use or fell out of it. The caller holds the lock.
func (s *Service) route() {
	used := map[*group]*balancer{}
	for arn, b := range s.balancers {
		b.routing.Store(s.routingOf(arn, 80, used))
		b.secure.Store(s.routingOf(arn, 443, used))
	}
	for _, g := range s.groups {
		g.from.Store(used[g])
		g.setUsed(used[g] != nil && !s.stopped)
	}
}

func (s *Service) routingOf(arn string, port int, used map[*group]*balancer) *routing {
	for _, l := range s.listeners {
		if l.LoadBalancer != arn || l.port() != port {
			continue
		}
		rt := &routing{certificate: l.Certificate, fallback: s.step(l.Actions[0], s.balancers[arn], used)}
		for _, r := range s.rules {
			if r.Listener == l.ARN {
				rt.rules = append(rt.rules, route{r.Priority, r.Conditions, s.step(r.Actions[0], s.balancers[arn], used)})
			}
		}
		slices.SortFunc(rt.rules, func(a, b route) int { return cmp.Compare(a.priority, b.priority) })
		return rt
	}
	return nil
}

func (s *Service) step(a action, from *balancer, used map[*group]*balancer) step {
	switch a.Type {
	case "fixed-response":
		return a.FixedResponse
	case "redirect":
		return a.Redirect
	}
	f := &forward{}
	for _, w := range a.groups() {
		if g := s.groups[w.ARN]; g != nil {
			used[g] = from
			f.add(g, defaulted(w.Weight, 1))
		}
	}
	return f
}

// forward hands requests to target groups in proportion to their weights.
type forward struct {
	groups []*group
	until  []uint64 // running sum of the weights
	turn   atomic.Uint64
}

func (f *forward) add(g *group, weight int) {
	var sum uint64
	if n := len(f.until); n > 0 {
		sum = f.until[n-1]
	}
	f.groups = append(f.groups, g)
	f.until = append(f.until, sum+uint64(weight))
}

// next is the group whose turn it is; nil when there is none or all weights are 0.
func (f *forward) next() *group {
	n := len(f.until)
	if n == 0 || f.until[n-1] == 0 {
		return nil
	}
	at := f.turn.Add(1) % f.until[n-1]
	i, _ := slices.BinarySearchFunc(f.until, at, func(until, at uint64) int {
		if until <= at {
			return -1
		}
		return 1
	})
	return f.groups[i]
}

func (f *forward) serve(p *proxy, w http.ResponseWriter, r *http.Request) {
	p.forward(w, r, f.next())
}
