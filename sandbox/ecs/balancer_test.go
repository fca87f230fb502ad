package ecs

import (
	"context"
	"net/http"
	"sync"
	"time"

	"slipway/sandbox/network"
)

// balancer is a load balancer without a listener: it checks its targets' health and drains them.
type balancer struct {
	mu      sync.Mutex
	targets map[string]*balanced
	drain   time.Duration
}

type balanced struct {
	state   string
	release context.CancelFunc
	gone    time.Time
}

func newBalancer() *balancer {
	return &balancer{targets: map[string]*balanced{}, drain: 300 * time.Millisecond}
}

func (b *balancer) Register(_ context.Context, _, _, address string, _ network.Place) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if old := b.targets[address]; old != nil && old.state != "draining" {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	target := &balanced{state: "initial", release: cancel}
	b.targets[address] = target
	go b.check(ctx, target, address)
	return nil
}

func (b *balancer) check(ctx context.Context, target *balanced, address string) {
	failures := 0
	for ctx.Err() == nil {
		res, err := http.Get("http://" + address + "/healthz")
		b.mu.Lock()
		switch {
		case ctx.Err() != nil:
		case err == nil && res.StatusCode == http.StatusOK:
			target.state, failures = "healthy", 0
		default:
			if failures++; failures >= 3 {
				target.state = "unhealthy"
			}
		}
		b.mu.Unlock()
		if err == nil {
			res.Body.Close()
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (b *balancer) Deregister(_ context.Context, _, _, address string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.targets[address]; t != nil && t.state != "draining" {
		t.release()
		t.state, t.gone = "draining", time.Now().Add(b.drain)
	}
	return nil
}

// Group knows testGroup for tasks in bridge mode, and a group of each kind that does not fit them.
func (b *balancer) Group(arn string) (string, bool) {
	switch arn {
	case testGroup:
		return "instance", true
	case testGroup + "ip":
		return "ip", true
	case testGroup + "loose":
		return "instance", false
	}
	return "", false
}

func (b *balancer) State(_, _, address string) (state, reason string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.targets[address]
	if t == nil || (t.state == "draining" && time.Now().After(t.gone)) {
		delete(b.targets, address)
		return "unused", "Target is not registered to the target group"
	}
	if t.state == "unhealthy" {
		return t.state, "Health checks failed with these codes: [500]"
	}
	return t.state, ""
}

// healthy counts the targets that would be sent requests.
func (b *balancer) healthy() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.targets {
		if t.state == "healthy" {
			n++
		}
	}
	return n
}
