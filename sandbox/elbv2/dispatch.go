package elbv2

import (
	"context"
	"fmt"
	"net/http"
)

// exchange is one request on its way: the group it goes to and the target that has it.
type exchange struct {
	group  *group
	target *target
	cancel context.CancelCauseFunc
	over   func() bool // ends the watch for the target's end
}

type exchangeKey struct{}

func (x *exchange) acquire(t *target) {
	x.target = t
	x.over = context.AfterFunc(t.gone, func() { x.cancel(errDrained) })
}

func (x *exchange) release() {
	if x.target != nil {
		x.over()
		x.group.release(x.target)
		x.target = nil
	}
}

// dispatcher sends a request to the target whose turn it is, once: a target that cannot be connected to is answered for,
// as a load balancer does (user guide for Application Load Balancers, "HTTP 502: Bad gateway", November 2026).
type dispatcher struct{ transport http.RoundTripper }

func (d dispatcher) RoundTrip(req *http.Request) (*http.Response, error) {
	x := req.Context().Value(exchangeKey{}).(*exchange)
	t := x.group.pick()
	if t == nil {
		return nil, errNoTarget
	}
	x.acquire(t)
	if err := x.group.dropped(t, 0); err != nil {
		return nil, fmt.Errorf("%w: %w", errDropped, err)
	}
	req.URL.Host = t.address
	return d.transport.RoundTrip(req)
}
