package elbv2

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/network"
)

// A rollout replaces targets under load: each new one is healthy before an old one is drained,
// and an old one is killed when its draining is over.
func TestNoRequestIsLostInARollout(t *testing.T) {
	x := fresh(t)
	url, arn := x.web(nil)
	old := newApp(t, "v0")
	x.register(arn, old)
	x.reaches(arn, old.id, old.address(), Healthy)
	load := newLoad(url, 8)
	for v := 1; v <= 3; v++ {
		next := newApp(t, fmt.Sprintf("v%d", v))
		x.register(arn, next)
		x.reaches(arn, next.id, next.address(), Healthy)
		if err := x.Deregister(context.Background(), arn, old.id, old.address()); err != nil {
			t.Fatal(err)
		}
		drained := old.hits.Load()
		if state, reason := x.State(arn, old.id, old.address()); state != Draining || reason != descriptions[deregistrationInProgress] {
			t.Errorf("%s %s, want draining", state, reason)
		}
		x.reaches(arn, old.id, old.address(), Unused)
		if late := old.hits.Load() - drained; late > 8 { // what was on its way when it was deregistered
			t.Errorf("%d requests after deregistration", late)
		}
		old.Close()
		old = next
	}
	made, failed := load.stop()
	t.Logf("%d requests", made)
	if len(failed) > 0 || made < 100 {
		t.Errorf("%d of %d requests failed: %v", len(failed), made, failed[:min(3, len(failed))])
	}
}

// load makes requests from several clients, half of them with a large body, until it is stopped.
type load struct {
	done   chan struct{}
	wg     sync.WaitGroup
	made   atomic.Int64
	mu     sync.Mutex
	failed []string
}

func newLoad(url string, clients int) *load {
	l := &load{done: make(chan struct{})}
	for i := range clients {
		l.wg.Go(func() {
			for {
				select {
				case <-l.done:
					return
				default:
					l.request(url, i%2 == 0)
				}
			}
		})
	}
	return l
}

func (l *load) request(url string, post bool) {
	l.made.Add(1)
	var resp *http.Response
	var err error
	if post {
		resp, err = http.Post(url, "text/plain", strings.NewReader(large))
	} else {
		resp, err = http.Get(url)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if err == nil && resp.StatusCode != http.StatusOK {
			err = fmt.Errorf("status %d", resp.StatusCode)
		}
	}
	if err != nil {
		l.mu.Lock()
		l.failed = append(l.failed, err.Error())
		l.mu.Unlock()
	}
}

func (l *load) stop() (int64, []string) {
	close(l.done)
	l.wg.Wait()
	return l.made.Load(), l.failed
}

// A load balancer asks one target, and answers 502 when that refuses the connection: nothing hides a container that died
// without having been deregistered.
func TestATargetThatDiedIsBadGateway(t *testing.T) {
	x := fresh(t)
	url, arn := x.web(map[string]any{"healthCheck": map[string]any{"path": "/healthz", "interval": 300, "timeout": 2}})
	dead, alive := newApp(t, "dead"), newApp(t, "alive")
	for _, a := range []*app{dead, alive} {
		x.register(arn, a)
		x.reaches(arn, a.id, a.address(), Healthy)
	}
	dead.Close()
	codes := map[int]int{}
	for range 6 {
		resp, err := http.Post(url, "text/plain", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		codes[resp.StatusCode]++
	}
	if codes[200] != 3 || codes[502] != 3 {
		t.Errorf("of six requests in turn: %v", codes)
	}
}

func TestDrainingLetsRequestsFinishUntilTheDelayIsOver(t *testing.T) {
	clock := clockwork.NewFakeClock()
	x := start(t, filepath.Join(t.TempDir(), "state.db"), Options{Speed: 10, Clock: clock})
	url, arn := x.web(map[string]any{"deregistrationDelay": "100"})
	release, arrived := make(chan struct{}), make(chan struct{}, 2)
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			return
		}
		arrived <- struct{}{}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer slow.Close()
	address := slow.Listener.Addr().String()
	if err := x.Register(context.Background(), arn, "slow", address, network.Place{}); err != nil {
		t.Fatal(err)
	}
	x.reaches(arn, "slow", address, Healthy)
	codes := make(chan int, 2)
	ask := func() {
		resp, err := http.Get(url)
		if err != nil {
			t.Error(err)
			codes <- 0
			return
		}
		_ = resp.Body.Close()
		codes <- resp.StatusCode
	}
	go ask()
	go ask()
	<-arrived
	<-arrived
	if err := x.Deregister(context.Background(), arn, "slow", address); err != nil {
		t.Fatal(err)
	}
	if resp, _ := get(t, url); resp.StatusCode != 503 {
		t.Errorf("a new request got %d, want 503", resp.StatusCode)
	}
	clock.Advance(9 * time.Second)
	release <- struct{}{}
	if code := <-codes; code != 200 {
		t.Errorf("a request that finished within the delay got %d", code)
	}
	clock.Advance(2 * time.Second) // a tenth of the delay is over, which is enough for a target that does nothing
	x.leaves(x.groups[arn])
	clock.Advance(90 * time.Second)
	if code := <-codes; code != 502 {
		t.Errorf("a request that took longer than the delay got %d, want 502", code)
	}
	if state, reason := x.State(arn, "slow", address); state != Unused || reason != descriptions[notRegistered] {
		t.Errorf("%s %s", state, reason)
	}
}

// leaves waits until a group's one target only waits for what is in flight.
func (x *stand) leaves(g *group) {
	x.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		g.mu.Lock()
		leaving := len(g.targets) == 1 && g.targets[0].leaving
		g.mu.Unlock()
		if leaving {
			return
		}
	}
	x.t.Fatal("the target does not wait for what is in flight")
}

// The last request in flight ends the draining when a tenth of the delay, at speed 10, is over.
func TestDrainingEndsWithTheLastRequest(t *testing.T) {
	clock := clockwork.NewFakeClock()
	x := start(t, filepath.Join(t.TempDir(), "state.db"), Options{Speed: 10, Clock: clock})
	g := x.newGroup(targetGroup{})
	g.change(targetGroup{Delay: "100"})
	g.add("a", "127.0.0.1:1", network.Place{})
	g.targets[0].health.become(Healthy, "")
	picked := g.pick()
	g.drain("a", "127.0.0.1:1")
	clock.Advance(10 * time.Second)
	x.leaves(g)
	g.release(picked)
	if n := len(g.registrations()); n != 0 {
		t.Errorf("%d targets are left", n)
	}
}

func TestADrainingTargetCanComeBack(t *testing.T) {
	x := fresh(t)
	_, arn := x.web(nil)
	a := newApp(t, "a")
	x.register(arn, a)
	x.reaches(arn, "a", a.address(), Healthy)
	if err := x.Deregister(context.Background(), arn, "a", a.address()); err != nil {
		t.Fatal(err)
	}
	x.register(arn, a)
	x.reaches(arn, "a", a.address(), Healthy)
}

func TestUpgradesPassThrough(t *testing.T) {
	x := fresh(t)
	url, arn := x.web(nil)
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "echo" {
			return
		}
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		_ = rw.Flush()
		line, _ := rw.ReadString('\n')
		_, _ = rw.WriteString("echo " + line)
		_ = rw.Flush()
	}))
	defer echo.Close()
	address := echo.Listener.Addr().String()
	if err := x.Register(context.Background(), arn, "e", address, network.Place{}); err != nil {
		t.Fatal(err)
	}
	x.reaches(arn, "e", address, Healthy)
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(resp, err)
	}
	fmt.Fprint(conn, "hello\n")
	if line, err := r.ReadString('\n'); err != nil || line != "echo hello\n" {
		t.Errorf("%q %v", line, err)
	}
}
