package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// enoughVisits is how many requests a load sends at least.
const enoughVisits = 20_000

// visitors are a load as an app has it: pages over connections that stay and over new ones, bodies there and back, and
// requests that are slow, but end within the time in which a task is drained.
type visitors struct {
	attackers []*vegeta.Attacker
	done      sync.WaitGroup
	sent      atomic.Int64
	enough    chan struct{} // closed when so many were answered
	mu        sync.Mutex
	failed    map[string]int // by what went wrong
}

// visit begins 400 requests a second to an app.
func visit(url string) *visitors {
	v := &visitors{failed: map[string]int{}, enough: make(chan struct{})}
	body := bytes.Repeat([]byte("slipway "), 8<<10)
	echo := vegeta.Target{Method: http.MethodPost, URL: url + "/echo", Body: body}
	targets := slices.Repeat([]vegeta.Target{{Method: http.MethodGet, URL: url + "/version"}}, 17)
	targets = append(targets, echo, echo, vegeta.Target{Method: http.MethodGet, URL: url + "/slow"})
	for _, stays := range []bool{true, false} {
		attacker := vegeta.NewAttacker(vegeta.KeepAlive(stays), vegeta.Timeout(20*time.Second), vegeta.MaxBody(int64(len(body))+1))
		v.attackers = append(v.attackers, attacker)
		results := attacker.Attack(vegeta.NewStaticTargeter(targets...), vegeta.Rate{Freq: 200, Per: time.Second}, 0, "visitors")
		v.done.Go(func() {
			for r := range results {
				v.count(r, body, stays)
			}
		})
	}
	return v
}

func (v *visitors) count(r *vegeta.Result, body []byte, stays bool) {
	if v.sent.Add(1) == enoughVisits {
		close(v.enough)
	}
	wrong := r.Error
	if wrong == "" && r.Code != http.StatusOK {
		wrong = fmt.Sprintf("status %d", r.Code)
	}
	if wrong == "" && r.Method == http.MethodPost && !bytes.Equal(r.Body, body) {
		wrong = fmt.Sprintf("%d bytes of %d came back", len(r.Body), len(body))
	}
	if wrong == "" {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.failed[fmt.Sprintf("%s %s (keep-alive %v): %s", r.Method, r.URL, stays, wrong)]++
}

// leave ends the load when it has sent enough, and fails the test for every request that failed.
func (v *visitors) leave(t testing.TB) {
	t.Helper()
	<-v.enough
	for _, a := range v.attackers {
		a.Stop()
	}
	v.done.Wait()
	t.Logf("%d requests", v.sent.Load())
	for what, times := range v.failed {
		t.Errorf("failed %d times: %s", times, what)
	}
}
