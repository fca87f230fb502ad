package elbv2

import (
	"context"
	"errors"
	"net"
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

// dispatcher sends a request to the target whose turn it is. When that target cannot be connected to, nothing
// of the request was sent, so the next one gets it, whatever the method. A load balancer on AWS answers 502
// there; the difference only shows when a container dies without having been deregistered.
type dispatcher struct{ transport http.RoundTripper }

func (d dispatcher) RoundTrip(req *http.Request) (*http.Response, error) {
	x := req.Context().Value(exchangeKey{}).(*exchange)
	tried := map[*target]bool{}
	last := errNoTarget
	for {
		t := x.group.pick(tried)
		if t == nil {
			return nil, last
		}
		tried[t] = true
		x.acquire(t)
		req.URL.Host = t.address
		resp, err := d.transport.RoundTrip(req)
		if err == nil {
			return resp, nil
		}
		x.release()
		if !unsent(err) || req.Context().Err() != nil {
			return nil, err
		}
		last = err
	}
}

// unsent says that no connection was made, and that trying elsewhere is no matter of waiting once more.
func unsent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial" && !op.Timeout()
}
