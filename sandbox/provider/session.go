package provider

import (
	"context"
	"errors"
	"sync"
	"time"

	"google.golang.org/grpc/stats"
)

// session is one engine's use of the provider: one connection.
// Two stacks with different configurations so share a provider without mixing them.
type session struct {
	cancelled chan struct{}
	cancel    func()

	mu          sync.Mutex
	defaultTags map[string]string
}

var errCancelled = errors.New("the update was cancelled")

func newSession() *session {
	s := &session{cancelled: make(chan struct{})}
	s.cancel = sync.OnceFunc(func() { close(s.cancelled) })
	return s
}

// tags returns the tags that the provider's configuration gives every resource.
func (s *session) tags() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.defaultTags
}

func (s *session) configure(tags map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.defaultTags = tags
}

// bind returns a context that ends when the engine cancels or after the timeout in seconds; 0 is none.
func (s *session) bind(ctx context.Context, timeout float64) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-s.cancelled:
			cancel(errCancelled)
		case <-ctx.Done():
		}
	}()
	release := func() { cancel(nil) }
	if timeout <= 0 {
		return ctx, release
	}
	limited, stop := context.WithTimeout(ctx, time.Duration(timeout*float64(time.Second)))
	return limited, func() { stop(); release() }
}

type sessionKey struct{}

// session returns the session of the connection that a call came over.
func (p *Provider) session(ctx context.Context) *session {
	if s, ok := ctx.Value(sessionKey{}).(*session); ok {
		return s
	}
	return p.alone
}

// connections gives every connection its session.
type connections struct{}

var _ stats.Handler = connections{}

func (connections) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context {
	return context.WithValue(ctx, sessionKey{}, newSession())
}

// HandleConn has nothing to do at a connection's end: it ends the contexts of its calls by itself.
func (connections) HandleConn(context.Context, stats.ConnStats) {}

func (connections) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

func (connections) HandleRPC(context.Context, stats.RPCStats) {}
