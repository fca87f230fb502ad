package elbv2

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"
)

// Certificates are what HTTPS listeners serve.
type Certificates interface {
	// TLS finds a certificate by its ARN.
	TLS(arn string) (*tls.Certificate, error)
}

// split accepts connections with TLS and without on one port, which stands for a load balancer's 443 and 80: the first byte
// of a client says which it is.
type split struct {
	net.Listener
	config *tls.Config
	ready  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newSplit(socket net.Listener, config *tls.Config) *split {
	s := &split{Listener: socket, config: config, ready: make(chan net.Conn), closed: make(chan struct{})}
	go s.run()
	return s
}

func (s *split) run() {
	for {
		c, err := s.Listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			time.Sleep(5 * time.Millisecond) // as net/http does: too many files are open
			continue
		}
		go s.look(c)
	}
}

// handshake is the type of the first record of TLS (RFC 8446, 5.1).
const handshake = 0x16

func (s *split) look(c net.Conn) {
	first := make([]byte, 1)
	_ = c.SetReadDeadline(time.Now().Add(clientIdle))
	if _, err := c.Read(first); err != nil {
		_ = c.Close()
		return
	}
	_ = c.SetReadDeadline(time.Time{})
	var whole net.Conn = &begun{c, first}
	if first[0] == handshake {
		whole = tls.Server(whole, s.config)
	}
	select {
	case s.ready <- whole:
	case <-s.closed:
		_ = c.Close()
	}
}

func (s *split) Accept() (net.Conn, error) {
	select {
	case c := <-s.ready:
		return c, nil
	case <-s.closed:
		return nil, net.ErrClosed
	}
}

func (s *split) Close() error {
	s.once.Do(func() { close(s.closed) })
	return s.Listener.Close()
}

// begun is a connection of which the first bytes have been read.
type begun struct {
	net.Conn
	first []byte
}

func (c *begun) Read(b []byte) (int, error) {
	if len(c.first) > 0 {
		n := copy(b, c.first)
		c.first = c.first[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}
