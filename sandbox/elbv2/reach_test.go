package elbv2

import (
	"errors"
	"net/http"
	"path/filepath"
	"sync"
	"testing"

	"slipway/sandbox/network"
)

// wall is a network that lets nothing through while it says why.
type wall struct {
	mu          sync.Mutex
	open, reach error
	asked       network.Place // the target
}

func (w *wall) Open(network.Place, bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open
}

func (w *wall) Reach(_, target network.Place) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = target
	return w.reach
}

func (w *wall) set(open, reach error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open, w.reach = open, reach
}

// A target that the load balancer does not reach is unhealthy with Target.Timeout, and its requests end with 504; a rule
// that lets it in makes it healthy. A load balancer that nobody reaches answers nothing.
func TestWhatSecurityGroupsDrop(t *testing.T) {
	w := &wall{}
	x := start(t, filepath.Join(t.TempDir(), "state.db"), Options{Speed: 10, Network: w})
	url, arn := x.web(nil)
	a := newApp(t, "10.0.1.7")
	w.set(nil, errors.New("no rule"))
	if err := x.Register(t.Context(), arn, a.id, a.address(), network.Place{Subnets: []string{"private"}, Port: 8080}); err != nil {
		t.Fatal(err)
	}
	if why := x.reaches(arn, a.id, a.address(), Unhealthy); why != descriptions[timedOut] {
		t.Errorf("it is unhealthy because of %q", why)
	}
	if w.asked.Port != 8080 {
		t.Errorf("it was asked for %+v", w.asked)
	}
	if resp, _ := get(t, url); resp.StatusCode != http.StatusGatewayTimeout || a.hits.Load() != 0 {
		t.Errorf("a request got %d, the app had %d", resp.StatusCode, a.hits.Load())
	}
	w.set(nil, nil)
	x.reaches(arn, a.id, a.address(), Healthy)
	if resp, body := get(t, url); resp.StatusCode != http.StatusOK || body != a.id {
		t.Errorf("a request got %d %s", resp.StatusCode, body)
	}
	w.set(errors.New("no rule"), nil)
	if resp, err := http.Get(url); err == nil {
		t.Errorf("a closed port answered %d", resp.StatusCode)
	}
}
