package elbv2

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
	"sync"
	"time"
)

var (
	errNoTarget = errors.New("the target group has no registered targets")
	errDropped  = errors.New("the target was not connected to in 10 s")
	errDrained  = errors.New("the deregistration delay of the target is over")
)

// proxy forwards the requests of one load balancer to targets.
type proxy struct {
	balancer *balancer
	reverse  *httputil.ReverseProxy
	log      *slog.Logger
}

// newProxy makes the proxy of a load balancer. Connections to targets are kept for four seconds: less than
// common servers keep them (Apache: five), so that a request rarely meets a connection about to close.
func newProxy(b *balancer, logger *slog.Logger) *proxy {
	p := &proxy{balancer: b, log: logger}
	dialer := &net.Dialer{Timeout: 10 * time.Second} // a load balancer's connection timeout
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &idleConn{c, b.record().idle()}, nil
		},
		DisableCompression:     true,
		MaxIdleConnsPerHost:    256,
		IdleConnTimeout:        4 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: mostResponse,
	}
	p.reverse = &httputil.ReverseProxy{
		Rewrite:      p.rewrite,
		Transport:    dispatcher{transport},
		BufferPool:   buffers{},
		ErrorHandler: p.fail,
		ErrorLog:     log.New(logWriter{logger}, "", 0),
	}
	return p
}

// forward sends a request to a target of the group and counts it there until it is answered completely. The body is read and
// the answer is written at once: net/http's server would otherwise read the body's rest away before the first byte of the
// answer, and close it under the transport that still sends it, which then drops the target's connection and the answer.
func (p *proxy) forward(w http.ResponseWriter, r *http.Request, g *group) {
	if g == nil {
		writePage(w, http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	x := &exchange{group: g, cancel: cancel}
	defer x.release()
	_ = http.NewResponseController(w).EnableFullDuplex() // HTTP/1 only; HTTP/2 always does
	p.reverse.ServeHTTP(w, r.WithContext(context.WithValue(ctx, exchangeKey{}, x)))
}

func (p *proxy) rewrite(pr *httputil.ProxyRequest) {
	rec := p.balancer.record()
	pr.Out.URL.Scheme = "http"
	pr.Out.URL.RawQuery = pr.In.URL.RawQuery
	pr.Out.Host = pr.In.Host
	if rec.DropInvalidHeaders {
		dropInvalid(pr.Out.Header)
	}
	forwarded(pr.Out.Header, pr.In, rec)
	trace(pr.Out.Header, time.Now())
}

// fail answers for a target that did not, with the status that a load balancer has for it.
func (p *proxy) fail(w http.ResponseWriter, r *http.Request, err error) {
	code := status(context.Cause(r.Context()), err)
	if code == 0 {
		panic(http.ErrAbortHandler) // the client has gone
	}
	if !errors.Is(err, errNoTarget) {
		p.log.Warn("no answer from a target", "balancer", p.balancer.record().Name, "method", r.Method,
			"path", r.URL.Path, "status", code, "error", err)
	}
	writePage(w, code)
}

func status(cause, err error) int {
	var timeout net.Error
	switch {
	case errors.Is(err, errNoTarget):
		return http.StatusServiceUnavailable
	case errors.Is(cause, errDrained):
		return http.StatusBadGateway
	case cause != nil:
		return 0
	case errors.Is(err, errDropped):
		return http.StatusGatewayTimeout
	case errors.As(err, &timeout) && timeout.Timeout():
		return http.StatusGatewayTimeout
	}
	return http.StatusBadGateway
}

// idleConn is a connection that fails when nothing moved on it for the idle timeout.
type idleConn struct {
	net.Conn
	idle time.Duration
}

func (c *idleConn) Read(b []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.idle)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c *idleConn) Write(b []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.idle)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// buffers are the proxy's, kept over requests.
type buffers struct{}

var free = sync.Pool{New: func() any { return new([32 << 10]byte) }}

func (buffers) Get() []byte  { return free.Get().(*[32 << 10]byte)[:] }
func (buffers) Put(b []byte) { free.Put((*[32 << 10]byte)(b)) }

// logWriter takes the lines of net/http's own loggers.
type logWriter struct{ log *slog.Logger }

func (w logWriter) Write(b []byte) (int, error) {
	w.log.Debug(strings.TrimSpace(string(b)))
	return len(b), nil
}
