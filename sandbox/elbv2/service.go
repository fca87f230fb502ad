// Package elbv2 is Elastic Load Balancing for the sandbox: application load balancers that are real
// reverse proxies on ports of this machine, with target groups, health checks and draining.
// The rules are those of the Application Load Balancer guide; waits are divided by the speed.
package elbv2

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/naming"
	"slipway/sandbox/network"
	"slipway/sandbox/store"
)

// Network says what the declared network lets through. Each method returns why a connection is dropped, or nil.
type Network interface {
	// Open is about the world and a load balancer.
	Open(balancer network.Place, internal bool) error
	// Reach is about a load balancer and a target.
	Reach(balancer, target network.Place) error
}

// Options are the settings of a Service. The zero value of each has a default.
type Options struct {
	// Speed divides the waits that AWS measures in seconds; 0 means 10. Timeouts of single requests stay.
	Speed float64
	// FirstPort is where the search for a free port of a new load balancer begins; 0 means any free port.
	FirstPort int
	// Network decides who is reached; nil lets everything through.
	Network Network
	// Certificates are for HTTPS listeners; nil has none.
	Certificates Certificates
	// Clock is the time that health checks and draining go by; nil means the real one.
	Clock clockwork.Clock
	// Log takes what an operator may want to know; nil means nowhere.
	Log *slog.Logger
}

// Service holds every load balancer, listener and target group of one sandbox.
type Service struct {
	region       naming.Region
	speed        float64
	firstPort    int
	network      Network
	certificates Certificates
	clock        clockwork.Clock
	log          *slog.Logger
	tables       tables

	mu        sync.RWMutex
	stopped   bool
	balancers map[string]*balancer
	groups    map[string]*group
	listeners map[string]listener
	rules     map[string]rule
	checks    sync.WaitGroup
}

// New returns a service with the state that the store holds. Nothing listens before Run.
func New(st *store.Store, region naming.Region, o Options) (*Service, error) {
	s := &Service{
		region: region, speed: o.Speed, firstPort: o.FirstPort, network: o.Network, certificates: o.Certificates, clock: o.Clock, log: o.Log,
		balancers: map[string]*balancer{}, groups: map[string]*group{},
		listeners: map[string]listener{}, rules: map[string]rule{},
	}
	if s.speed <= 0 {
		s.speed = 10
	}
	if s.clock == nil {
		s.clock = clockwork.NewRealClock()
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.tables, err = openTables(st); err != nil {
		return nil, err
	}
	return s, s.load()
}

// Run opens the ports of the load balancers in the store, checks their targets, and serves until ctx ends.
// A port that another process took meanwhile is an error that names it. At the end it accepts nothing new
// and gives requests in flight five seconds.
func (s *Service) Run(ctx context.Context) error {
	err := s.open(ctx)
	if err == nil {
		<-ctx.Done()
	}
	return errors.Join(err, s.close())
}

func (s *Service) open(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.balancers {
		if err := s.serve(ctx, b); err != nil {
			return err
		}
	}
	s.route()
	return nil
}

func (s *Service) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	s.mu.Lock()
	s.stopped = true
	balancers := make([]*balancer, 0, len(s.balancers))
	for _, b := range s.balancers {
		balancers = append(balancers, b)
	}
	for _, g := range s.groups {
		g.setUsed(false)
	}
	s.mu.Unlock()
	var wg sync.WaitGroup
	for _, b := range balancers {
		wg.Go(func() { b.stop(ctx) })
	}
	wg.Wait()
	s.checks.Wait()
	return nil
}

// scaled is a wait that AWS measures in seconds, at the sandbox's speed.
func (s *Service) scaled(seconds int) time.Duration {
	return time.Duration(float64(seconds) * float64(time.Second) / s.speed)
}
