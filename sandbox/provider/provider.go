// Package provider is the Pulumi provider in front of the sandbox: the engine speaks to it as it does to
// the providers of AWS and Docker. It checks inputs against their schema, gives ids, ARNs and computed
// outputs in AWS's forms, and leaves to the services what really runs.
package provider

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"slipway/sandbox/guard"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
	"slipway/sandbox/store"
)

// maxMessage is the largest message of the engine's protocol, in bytes, as the engine has it.
const maxMessage = 400 << 20

// Rules are what AWS refuses beyond the schema, with its errors.
type Rules interface {
	// Allow is about a resource that is to be made, whose id is "", or changed.
	Allow(token, id string, in resource.Properties) error
	// Release is about one that is to be deleted.
	Release(token, id string, out resource.Properties) error
}

// Options are what a provider stands on.
type Options struct {
	// Schema of the package, schema.AWS() or schema.Docker().
	Schema *schema.Package
	// Version that the engine is told ("6.83.2").
	Version string
	Region  naming.Region
	Store   *store.Store
	// Secret seals the secret properties that are remembered. Without one they are not remembered.
	Secret []byte
	// Behaviours by type token. A type without one is checked and remembered.
	Behaviours map[string]resource.Behaviour
	// Rules refuse resources; nil refuses none.
	Rules Rules
	// Functions by token, before the provider's own.
	Functions map[string]resource.Function
	Log       *slog.Logger
}

// Provider answers for one package. It is safe for many engines at once.
type Provider struct {
	pulumirpc.UnimplementedResourceProviderServer
	Options
	records   *records
	functions map[string]resource.Function
	creating  sync.Mutex // held from looking whether a name is taken until it is
	reserved  map[string]bool
	alone     *session // of calls that come over no connection
}

var _ pulumirpc.ResourceProviderServer = (*Provider)(nil)

// New returns the provider of a package.
func New(o Options) (*Provider, error) {
	r, err := newRecords(o.Store, o.Schema.Name, o.Secret)
	if err != nil {
		return nil, fmt.Errorf("opening the resources of %s: %w", o.Schema.Name, err)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	p := &Provider{Options: o, records: r, reserved: map[string]bool{}, alone: newSession()}
	p.functions = p.allFunctions()
	return p, nil
}

// Serve answers engines on the listener until the context ends, then cancels what still runs.
func (p *Provider) Serve(ctx context.Context, l net.Listener) error {
	server := grpc.NewServer(grpc.StatsHandler(connections{}), grpc.UnaryInterceptor(p.guarded),
		grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage))
	pulumirpc.RegisterResourceProviderServer(server, p)
	stop := context.AfterFunc(ctx, server.Stop)
	defer stop()
	if err := server.Serve(l); err != nil && ctx.Err() == nil {
		return fmt.Errorf("serving the provider %s: %w", p.Schema.Name, err)
	}
	return nil
}

// guarded makes an error of a call's panic.
func (p *Provider) guarded(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (out any, err error) {
	panicked := guard.Do(p.Log, info.FullMethod, func() { out, err = handle(ctx, req) })
	if panicked != nil {
		return nil, status.Error(codes.Internal, panicked.Error())
	}
	return out, err
}
