//go:build !linux

package engine

import (
	"context"
	"errors"
	"net"
	"net/netip"
)

// ListenInside listens in the network of a running container. It needs Linux.
func (e *Engine) ListenInside(context.Context, string, netip.AddrPort) (net.Listener, error) {
	return nil, errors.New("listening inside a container needs Linux")
}

// Hangup tells a command that its terminal has gone. It needs Linux.
func (e *Engine) Hangup(context.Context, string, string) error {
	return errors.New("ending a command needs Linux")
}
