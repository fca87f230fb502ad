package elbv2

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// balancer is a load balancer at work.
type balancer struct {
	rec     atomic.Pointer[loadBalancer]
	routing atomic.Pointer[routing] // of port 80; nil without a listener
	secure  atomic.Pointer[routing] // of port 443
	server  *http.Server            // nil before it is started
}

func newBalancer(l loadBalancer) *balancer {
	b := &balancer{}
	b.rec.Store(&l)
	return b
}

func (b *balancer) record() loadBalancer { return *b.rec.Load() }

// serve opens the port that the load balancer was given at its creation, unless it is open.
func (s *Service) serve(ctx context.Context, b *balancer) error {
	if b.server != nil {
		return nil
	}
	l := b.record()
	sockets, err := listen(ctx, l.Port)
	if err != nil {
		return fmt.Errorf("load balancer %s: its port %d is taken, free it and start again: %w", l.Name, l.Port, err)
	}
	b.start(sockets, s)
	return nil
}

func (b *balancer) start(sockets []net.Listener, s *Service) {
	proxy := newProxy(b, s.log)
	b.server = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rt, port := b.routing.Load(), 80
			if r.TLS != nil {
				rt, port = b.secure.Load(), 443
			}
			if rt == nil || s.closed(b.record(), port) != nil {
				panic(http.ErrAbortHandler) // nothing listens, or nobody is let in
			}
			if code := tooLarge(r); code != 0 {
				writePage(w, code)
				return
			}
			rt.action(r).serve(proxy, w, r)
		}),
		ReadHeaderTimeout: clientIdle,
		IdleTimeout:       clientIdle,
		MaxHeaderBytes:    2 * mostRequest, // what is larger gets no page
		ErrorLog:          log.New(logWriter{s.log}, "", 0),
	}
	config := &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			rt := b.secure.Load()
			if rt == nil || s.certificates == nil {
				return nil, errors.New("no listener has a certificate")
			}
			return s.certificates.TLS(rt.certificate)
		},
	}
	for _, socket := range sockets {
		go func() { _ = b.server.Serve(newSplit(socket, config)) }()
	}
}

// clientIdle is how long a client may do nothing on its connection.
const clientIdle = 60 * time.Second

// stop accepts nothing more and waits for requests in flight until ctx ends or five seconds passed.
func (b *balancer) stop(ctx context.Context) {
	if b.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if b.server.Shutdown(ctx) != nil {
		_ = b.server.Close()
	}
}
