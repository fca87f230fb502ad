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

// loadVariable is how many requests the load sends at least: releases go on until then. 0 is one round.
const loadVariable = "SLIPWAY_LOAD"

// visitors are a load as an app has it: pages over connections that stay and over new ones, bodies there and back, and
// requests that are slow, but end within the time in which a task is drained.
type visitors struct {
	attackers []*vegeta.Attacker
	done      sync.WaitGroup
	sent      atomic.Int64
	mu        sync.Mutex
	failed    map[string]int // by what went wrong
}

// visit begins about 100 requests a second to an app.
func visit(url string) *visitors {
	v := &visitors{failed: map[string]int{}}
	body := bytes.Repeat([]byte("slipway "), 8<<10)
	targets := slices.Repeat([]vegeta.Target{{Method: http.MethodGet, URL: url + "/version"}}, 7)
	targets = append(targets,
		vegeta.Target{Method: http.MethodPost, URL: url + "/echo", Body: body}, vegeta.Target{Method: http.MethodPost, URL: url + "/echo", Body: body},
		vegeta.Target{Method: http.MethodGet, URL: url + "/slow"})
	for _, stays := range []bool{true, false} {
		attacker := vegeta.NewAttacker(vegeta.KeepAlive(stays), vegeta.Timeout(20*time.Second), vegeta.MaxBody(int64(len(body))+1))
		v.attackers = append(v.attackers, attacker)
		results := attacker.Attack(vegeta.NewStaticTargeter(targets...), vegeta.Rate{Freq: 50, Per: time.Second}, 0, "visitors")
		v.done.Go(func() {
			for r := range results {
				v.count(r, body, stays)
			}
		})
	}
	return v
}

func (v *visitors) count(r *vegeta.Result, body []byte, stays bool) {
	v.sent.Add(1)
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

// leave ends the load, and fails the test for every request that failed.
func (v *visitors) leave(t testing.TB) {
	t.Helper()
	for _, a := range v.attackers {
		a.Stop()
	}
	v.done.Wait()
	t.Logf("%d requests", v.sent.Load())
	if v.sent.Load() == 0 {
		t.Error("the load sent nothing")
	}
	for what, times := range v.failed {
		t.Errorf("failed %d times: %s", times, what)
	}
}

// Nobody who uses the app sees that it is released, that a release of it fails, or that it is rolled back.
func underLoad(t *testing.T, w *world) {
	wanted := int64(number(t, loadVariable, 0))
	first := w.deploy()
	if first.step("build") != "skipped" || first.step("update") != "skipped" {
		t.Errorf("a release of what runs already did something: %+v", first.Data.Steps)
	}
	load := visit(first.Data.AppURL)
	defer load.leave(t)
	for round := 1; round == 1 || load.sent.Load() < wanted; round++ {
		w.commit(fmt.Sprintf("good %d", round), behaviour{Colour: fmt.Sprintf("good %d", round)})
		if next := w.deploy(); next.Data.Release.Digest == first.Data.Release.Digest {
			t.Errorf("released %+v again", next.Data.Release)
		}
		w.commit(fmt.Sprintf("unhealthy %d", round), behaviour{Colour: "grey", Health: 500})
		w.fails(6, []string{"500"}, w.deployArgs()...)
		w.released("rollback", "dev", "--yes", "--json")
	}
	if wanted > 0 {
		promotedUnderLoad(t, w)
	}
}

// promotedUnderLoad does the same for a promotion, into an environment that it makes: half of the test's time, so only when a
// load was asked for.
func promotedUnderLoad(t *testing.T, w *world) {
	w.up("staging")
	w.commit("to be promoted first", behaviour{Colour: "gold"})
	w.deploy()
	first := w.released("promote", "dev", "staging", "--yes", "--json")
	load := visit(first.Data.AppURL)
	defer load.leave(t)
	w.commit("to be promoted next", behaviour{Colour: "bronze"})
	w.deploy()
	w.released("promote", "dev", "staging", "--yes", "--json")
}
