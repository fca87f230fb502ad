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
