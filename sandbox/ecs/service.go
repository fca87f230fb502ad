// Package ecs is Amazon ECS on Docker: clusters, task definitions, and services whose tasks are real containers,
// moved from one task definition to the next by a scheduler that keeps to what ECS documents.
package ecs

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/errgroup"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/ecs/engine"
	"slipway/sandbox/guard"
	"slipway/sandbox/naming"
	"slipway/sandbox/network"
	"slipway/sandbox/store"
)

// Balancer is the load balancing that services with target groups need.
type Balancer interface {
	// Register adds a target, which stands somewhere in a VPC, to a target group; one that is there already is no error.
	Register(ctx context.Context, targetGroupARN, id, address string, at network.Place) error
	// Deregister starts to drain a target. A missing one is no error.
	Deregister(ctx context.Context, targetGroupARN, id, address string) error
	// State returns initial, healthy, unhealthy, draining or unused, and why.
	State(targetGroupARN, id, address string) (state, reason string)
	// Group returns the type of a group's targets, instance or ip, empty for a group that does not exist, and whether a
	// load balancer forwards to it.
	Group(targetGroupARN string) (targetType string, attached bool)
}

// Network is what the stacks declare of it. An error says why something is not reached.
type Network interface {
	// Call is about a service of AWS ("ecr.api"), and Internet about a port of the internet.
	Call(from network.Place, service string) error
	Internet(from network.Place, port int) error
	// Fleet returns the container instances of a cluster, and false when none are declared. An error says why they do
	// not join it.
	Fleet(cluster string) (network.Fleet, bool, error)
}

// Logs takes what containers print.
type Logs interface {
	// CreateStream makes a stream of a group. An existing one is no error, a missing group is.
	CreateStream(ctx context.Context, group, stream string) error
	// Append writes a line that was printed at t.
	Append(ctx context.Context, group, stream string, t time.Time, line string) error
	// Last returns the time of the newest line to the nanosecond, and the zero time when there is none.
	Last(ctx context.Context, group, stream string) (time.Time, error)
}

// Credentials finds the user of an image's registry; ok is false where none is needed.
type Credentials interface {
	Auth(image string) (username, password string, ok bool)
}

// Config is what a Service is made of. Balancer, Credentials and Secrets may be nil.
type Config struct {
	ID          string // of the sandbox; on every container
	Store       *store.Store
	Region      naming.Region
	Engine      *engine.Engine
	Balancer    Balancer
	Network     Network // nil reaches everything, and a cluster has this machine as its one container instance
	Logs        Logs
	Credentials Credentials
	Events      Events // nil takes nothing
	Secrets     Secrets
	Roles       Roles           // nil gives tasks no credentials
	Endpoint    http.Handler    // the AWS endpoint, for tasks with a role
	Clock       clockwork.Clock // nil means the real one
	Speed       float64         // divides every wait that ECS measures in seconds; 0 means 10
	Log         *slog.Logger    // nil means none
}

// Service is ECS in one sandbox.
type Service struct {
	Config
	tables tables
	crew   *crew

	mu          sync.Mutex
	changed     chan struct{} // closed and replaced when a service has changed
	clusters    map[string]*cluster
	definitions map[string]*taskDefinition
	services    map[string]*service
	tasks       map[string]*task
	containers  map[string]*task // by Docker's id
	wakes       map[string]chan struct{}
	memory      int64              // MiB of the machine that Docker runs on
	metadata    string             // address of the metadata endpoint; "" until Run has started
	channels    string             // address of the endpoint of data channels; "" until Run has started
	granted     map[string]granted // sessions by their tokens
	ready       chan struct{}
}

// New reads the state of an earlier Service from the store. Nothing runs before Run.
func New(c Config) (*Service, error) {
	if c.Clock == nil {
		c.Clock = clockwork.NewRealClock()
	}
	if c.Speed == 0 {
		c.Speed = 10
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{
		Config: c, crew: newCrew(c.Log), changed: make(chan struct{}), ready: make(chan struct{}),
		containers: map[string]*task{}, wakes: map[string]chan struct{}{}, granted: map[string]granted{},
	}
	if err := s.load(); err != nil {
		return nil, fmt.Errorf("reading the state of ECS: %w", err)
	}
	return s, nil
}

// Run makes the network, takes over the containers of an earlier run and moves services until the context ends.
// Containers run on after it. It is called once.
func (s *Service) Run(ctx context.Context) error {
	gateway, err := s.Engine.EnsureNetwork(ctx)
	if err != nil {
		return err
	}
	if _, s.memory, err = s.Engine.Capacity(ctx); err != nil {
		return err
	}
	listener, err := s.listenMetadata(ctx, gateway)
	if err != nil {
		return err
	}
	channels, err := s.listenChannels(ctx)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.serveMetadata(ctx, listener) })
	g.Go(func() error { return s.serveChannels(ctx, channels) })
	watching := make(chan struct{})
	g.Go(func() error { return s.watch(ctx, sync.OnceFunc(func() { close(watching) })) })
	g.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case <-watching:
		}
		if err := s.restore(ctx); err != nil {
			return err
		}
		close(s.ready)
		s.crew.run(ctx)
		return nil
	})
	return g.Wait()
}

// Purge removes every container of the sandbox and its network. Call it when Run has ended.
func (s *Service) Purge(ctx context.Context) error { return s.Engine.Purge(ctx) }

// watch passes on what Docker reports, and asks for everything again after a break.
func (s *Service) watch(ctx context.Context, ready func()) error {
	for {
		err := s.Engine.Watch(ctx, func() { ready(); s.observeAll(ctx) }, func(id string) {
			_ = guard.Do(s.Log, "following a container", func() { s.observe(ctx, id) })
		})
		if ctx.Err() != nil {
			return nil
		}
		s.Log.Warn("listening to Docker", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-s.Clock.After(time.Second):
		}
	}
}

// scaled is a wait of ECS's at the sandbox's speed.
func (s *Service) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / s.Speed)
}

func (s *Service) now() *awsapi.Time { return &awsapi.Time{Time: s.Clock.Now()} }
