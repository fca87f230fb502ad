package elbv2

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// portsTried is how many ports after the first are looked at before giving up.
const portsTried = 1000

// firstFree listens on the first port from first upwards that is free on every loopback address.
func firstFree(ctx context.Context, first int) ([]net.Listener, int, error) {
	for port := first; port < first+portsTried && port < 1<<16; port++ {
		sockets, err := listen(ctx, port)
		if err == nil {
			return sockets, sockets[0].Addr().(*net.TCPAddr).Port, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, 0, err
		}
		if first == 0 {
			port-- // any free port: the system gave one that [::1] did not have; ask again
		}
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
	}
	return nil, 0, fmt.Errorf("no free port from %d to %d", first, first+portsTried-1)
}

// listen opens the port on 127.0.0.1 and, where this machine has IPv6, on [::1].
func listen(ctx context.Context, port int) ([]net.Listener, error) {
	var lc net.ListenConfig
	v4, err := lc.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	given := v4.Addr().(*net.TCPAddr).Port
	v6, err := lc.Listen(ctx, "tcp6", net.JoinHostPort("::1", strconv.Itoa(given)))
	switch {
	case err == nil:
		return []net.Listener{v4, v6}, nil
	case errors.Is(err, syscall.EADDRINUSE):
		_ = v4.Close()
		return nil, err
	default: // no IPv6 here
		return []net.Listener{v4}, nil
	}
}

func closeAll(sockets []net.Listener) {
	for _, s := range sockets {
		_ = s.Close()
	}
}
