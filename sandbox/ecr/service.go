// Package ecr is Elastic Container Registry for the sandbox: a real OCI registry on a port of this machine,
// with login, repositories that must exist before a push, and immutable tags.
// Lifecycle policies expire images; there is no image scanner, and findings are what files say.
package ecr

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/guard"
	"slipway/sandbox/local"
	"slipway/sandbox/naming"
	"slipway/sandbox/store"
)

// Options are the settings of a Service.
type Options struct {
	// Dir is the folder that the registry keeps blobs and its token in. It is made when missing.
	Dir string
	// Addr is where the registry listens; empty means any free port of 127.0.0.1.
	Addr string
	// Events takes what is pushed and deleted; nil takes nothing.
	Events Events
	// Log takes what an operator may want to know; nil means nowhere.
	Log *slog.Logger
}

// Service is the registry of one sandbox.
type Service struct {
	region  naming.Region
	log     *slog.Logger
	socket  net.Listener
	token   string
	events  Events
	storage http.Handler // the registry without login and repositories
	root    string
	repos   *store.Table[repository]
	images  *store.Table[image]
	mu      sync.RWMutex // over both tables and the tags in the storage
}

// New opens the registry's folder, rid of blobs that nothing names, and its port. It serves from Run on.
func New(st *store.Store, region naming.Region, o Options) (*Service, error) {
	s := &Service{region: region, log: o.Log, root: o.Dir, events: o.Events}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	var err error
	if s.repos, err = store.NewTable[repository](st, "ecr.repositories"); err != nil {
		return nil, err
	}
	if s.images, err = store.NewTable[image](st, "ecr.images"); err != nil {
		return nil, err
	}
	if s.token, err = token(o.Dir); err != nil {
		return nil, err
	}
	if s.storage, err = openStorage(o.Dir); err != nil {
		return nil, err
	}
	if s.socket, err = local.Listen(o.Addr, s.log); err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	if err := sweep(context.Background(), o.Dir); err != nil {
		s.log.Warn("the registry keeps what it could drop", "error", err) // it serves all the same
	}
	return s, nil
}

// Addr is the host and port that the registry listens on, and the first part of its image references.
func (s *Service) Addr() string { return s.socket.Addr().String() }

// Run serves the registry until ctx ends, then gives transfers in flight five seconds.
func (s *Service) Run(ctx context.Context) error {
	server := &http.Server{Handler: local.Hosts(s), ReadHeaderTimeout: time.Minute, IdleTimeout: time.Minute}
	var expiring sync.WaitGroup
	until, end := context.WithCancel(ctx)
	expiring.Go(func() {
		guard.Again(until, clockwork.NewRealClock(), s.log, "expiring images", func() { s.expireUntil(until) })
	})
	defer func() { end(); expiring.Wait() }()
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		stopped <- errors.Join(server.Shutdown(last), server.Close())
	})
	err := server.Serve(s.socket)
	if stop() {
		return fmt.Errorf("registry: %w", err)
	}
	<-stopped // a transfer cut short is no error of the registry
	return nil
}
