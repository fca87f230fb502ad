package elbv2

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"slipway/sandbox/network"
	"slipway/sandbox/resource"
	"slipway/sandbox/store"
)

// stand is a service with its store, running until the test ends or stop is called.
type stand struct {
	*Service
	t     *testing.T
	store *store.Store
	stop  func()
}

func start(t *testing.T, path string, o Options) *stand {
	t.Helper()
	st, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(st, "us-east-1", o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	x := &stand{Service: s, t: t, store: st}
	var stopped atomic.Bool
	x.stop = func() {
		if stopped.Swap(true) {
			return
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(x.stop)
	return x
}

func fresh(t *testing.T) *stand {
	return start(t, filepath.Join(t.TempDir(), "state.db"), Options{Speed: 10})
}

// make creates a resource and returns its id and outputs.
func (x *stand) make(token string, in map[string]any) (string, resource.Properties) {
	x.t.Helper()
	id, out, err := x.try(token, in)
	if err != nil {
		x.t.Fatal(err)
	}
	return id, out
}

func (x *stand) try(token string, in map[string]any) (string, resource.Properties, error) {
	p, err := resource.Encode(in)
	if err != nil {
		x.t.Fatal(err)
	}
	return x.Behaviours()[token].Create(context.Background(), p)
}

// web is a load balancer with one target group behind it.
func (x *stand) web(group map[string]any) (url, arn string) {
	x.t.Helper()
	settings := map[string]any{
		"name": "web", "port": 80, "protocol": "HTTP", "vpcId": "vpc-1", "targetType": "ip", "deregistrationDelay": "5",
		"healthCheck": map[string]any{"path": "/healthz", "interval": 5, "timeout": 2, "healthyThreshold": 2, "unhealthyThreshold": 2},
	}
	for k, v := range group {
		settings[k] = v
	}
	lb, out := x.make("aws:lb/loadBalancer:LoadBalancer", map[string]any{"name": "web", "subnets": []string{"subnet-1", "subnet-2"}})
	arn, _ = x.make("aws:lb/targetGroup:TargetGroup", settings)
	x.make("aws:lb/listener:Listener", map[string]any{
		"loadBalancerArn": lb, "port": 80, "protocol": "HTTP",
		"defaultActions": []any{map[string]any{"type": "forward", "targetGroupArn": arn}},
	})
	return "http://" + out["dnsName"].StringValue(), arn
}

// app is a target that answers its name; ok decides what its health check says.
type app struct {
	*httptest.Server
	id      string
	healthy atomic.Bool
	hits    atomic.Int64
}

func newApp(t *testing.T, id string) *app {
	a := &app{id: id}
	a.healthy.Store(true)
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			if !a.healthy.Load() {
				w.WriteHeader(http.StatusInternalServerError)
			}
			return
		}
		a.hits.Add(1)
		_, _ = io.WriteString(w, id)
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *app) address() string { return a.Listener.Addr().String() }

func (x *stand) register(arn string, a *app) {
	x.t.Helper()
	if err := x.Register(context.Background(), arn, a.id, a.address(), network.Place{}); err != nil {
		x.t.Fatal(err)
	}
}

// reaches waits until the target is in the state, and returns the reason.
func (x *stand) reaches(arn, id, address, want string) string {
	x.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		state, reason := x.State(arn, id, address)
		if state == want {
			return reason
		}
		if time.Now().After(deadline) {
			x.t.Fatalf("target %s is %s (%s), want %s", id, state, reason, want)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func TestForwardsInTurnToHealthyTargets(t *testing.T) {
	x := fresh(t)
	url, arn := x.web(nil)
	one, two := newApp(t, "one"), newApp(t, "two")
	x.register(arn, one)
	x.register(arn, two)
	x.reaches(arn, "one", one.address(), Healthy)
	x.reaches(arn, "two", two.address(), Healthy)
	for range 10 {
		get(t, url+"/")
	}
	if one.hits.Load() != 5 || two.hits.Load() != 5 {
		t.Errorf("hits %d and %d, want 5 each", one.hits.Load(), two.hits.Load())
	}
	two.healthy.Store(false)
	if reason := x.reaches(arn, "two", two.address(), Unhealthy); reason != "Health checks failed with these codes: [500]" {
		t.Errorf("reason %s", reason)
	}
	before := two.hits.Load()
	for range 4 {
		get(t, url+"/")
	}
	if two.hits.Load() != before {
		t.Error("an unhealthy target was asked while another was healthy")
	}
}

func TestFailsOpenWhenNoTargetIsHealthy(t *testing.T) {
	x := fresh(t)
	url, arn := x.web(nil)
	a := newApp(t, "one")
	a.healthy.Store(false)
	x.register(arn, a)
	x.reaches(arn, "one", a.address(), Unhealthy)
	if resp, body := get(t, url+"/"); resp.StatusCode != http.StatusOK || body != "one" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

func TestAnswersInTheLoadBalancersWords(t *testing.T) {
	x := fresh(t)
	url, arn := x.web(nil)
	check := func(code int, title string) {
		t.Helper()
		resp, body := get(t, url+"/")
		if resp.StatusCode != code || !strings.Contains(body, "<center><h1>"+title+"</h1></center>") || resp.Header.Get("Server") != serverName {
			t.Errorf("%d %q, want %s", resp.StatusCode, body, title)
		}
	}
	check(503, "503 Service Temporarily Unavailable")
	a := newApp(t, "gone")
	address := a.address()
	a.Close()
	if err := x.Register(context.Background(), arn, "gone", address, network.Place{}); err != nil {
		t.Fatal(err)
	}
	check(502, "502 Bad Gateway")
	if reason := x.reaches(arn, "gone", address, Unhealthy); reason != descriptions[failedHealthChecks] {
		t.Errorf("reason %s", reason)
	}
}

func TestTimesOutAfterTheIdleTimeout(t *testing.T) {
	x := fresh(t)
	lb, out := x.make("aws:lb/loadBalancer:LoadBalancer", map[string]any{"name": "slow", "idleTimeout": 1})
	arn, _ := x.make("aws:lb/targetGroup:TargetGroup", map[string]any{"name": "slow", "port": 80, "protocol": "HTTP"})
	x.make("aws:lb/listener:Listener", map[string]any{"loadBalancerArn": lb,
		"defaultActions": []any{map[string]any{"type": "forward", "targetGroupArn": arn}}})
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if err := x.Register(context.Background(), arn, "i-1", silent.Addr().String(), network.Place{}); err != nil {
		t.Fatal(err)
	}
	resp, body := get(t, "http://"+out["dnsName"].StringValue())
	if resp.StatusCode != 504 || !strings.Contains(body, "504 Gateway Time-out") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

func TestRefusesWhatCannotBeReal(t *testing.T) {
	x := fresh(t)
	lb, _ := x.make("aws:lb/loadBalancer:LoadBalancer", map[string]any{"name": "a"})
	listener := func(more map[string]any) map[string]any {
		in := map[string]any{"loadBalancerArn": lb, "port": 80, "protocol": "HTTP", "defaultActions": []any{
			map[string]any{"type": "fixed-response", "fixedResponse": map[string]any{"contentType": "text/plain", "statusCode": "200"}}}}
		for k, v := range more {
			in[k] = v
		}
		return in
	}
	for _, c := range []struct {
		token string
		in    map[string]any
		want  string
	}{
		{"aws:lb/listener:Listener", listener(map[string]any{"protocol": "HTTPS", "port": 443}), "certificate must be specified"},
		{"aws:lb/listener:Listener", listener(map[string]any{"protocol": "HTTPS", "port": 443, "certificateArn": "arn:x"}), "CertificateNotFound"},
		{"aws:lb/listener:Listener", listener(map[string]any{"certificateArn": "arn:x"}), "for an HTTP listener"},
		{"aws:lb/listener:Listener", listener(map[string]any{"protocol": "TLS"}), "UnsupportedProtocol"},
		{"aws:lb/listener:Listener", listener(map[string]any{"port": 81}), "listener port 81"},
		{"aws:lb/listener:Listener", listener(map[string]any{"loadBalancerArn": "arn:x"}), "LoadBalancerNotFound"},
		{"aws:lb/loadBalancer:LoadBalancer", map[string]any{"name": "n", "loadBalancerType": "network"}, "'network' is not available"},
		{"aws:lb/loadBalancer:LoadBalancer", map[string]any{"name": "a"}, "DuplicateLoadBalancerName"},
		{"aws:lb/loadBalancer:LoadBalancer", map[string]any{"name": "a/b"}, "only letters"},
		{"aws:lb/targetGroup:TargetGroup", map[string]any{"name": "g", "port": 80, "protocol": "HTTPS"}, "protocol 'HTTPS'"},
		{"aws:lb/targetGroup:TargetGroup", map[string]any{"name": "g", "port": 80, "protocol": "HTTP", "targetType": "lambda"}, "'lambda'"},
		{"aws:lb/targetGroup:TargetGroup", map[string]any{"name": "g", "port": 80, "protocol": "HTTP",
			"healthCheck": map[string]any{"interval": 5, "timeout": 5}}, "greater than the timeout"},
		{"aws:lb/targetGroup:TargetGroup", map[string]any{"name": "g", "port": 80, "protocol": "HTTP",
			"healthCheck": map[string]any{"matcher": "2xx"}}, "matcher"},
	} {
		if _, _, err := x.try(c.token, c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %v: %v, want %q", c.token, c.in, err, c.want)
		}
	}
}
