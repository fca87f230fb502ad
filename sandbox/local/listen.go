// Package local keeps what the sandbox listens on to the user who started it and to root.
package local

import (
	"log/slog"
	"net"
	"os"
	"sync"
)

// Listen opens an address of 127.0.0.0/8. Connections of other users than this one and root are closed unanswered, as
// far as the system tells whose they are: Linux does. log is told of them.
func Listen(address string, log *slog.Logger) (net.Listener, error) {
	l, err := net.Listen("tcp4", address)
	if err != nil {
		return nil, err
	}
	if !Tells() {
		return l, nil
	}
	return &listener{Listener: l, log: log, self: os.Geteuid()}, nil
}

// Tells is whether this system says whose a connection is.
var Tells = sync.OnceValue(func() bool {
	_, err := os.Stat(tables[0])
	return err == nil
})

type listener struct {
	net.Listener
	log  *slog.Logger
	self int // user id
}

// Accept returns the next connection of somebody who may connect.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		uid, known := Peer(c)
		if known && (uid == l.self || uid == 0) {
			return c, nil
		}
		_ = c.Close()
		l.log.Warn("turned away a connection", "address", l.Addr().String(), "known", known, "uid", uid)
	}
}
