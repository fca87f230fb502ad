package release

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"slipway/automation/fault"
	"slipway/automation/release/ledger"
)

// rival is another deployer that ends the newest release of the ledger.
func (w *world) rival() {
	w.Helper()
	newest, err := w.book.List(w.Context(), 1)
	if err == nil {
		_, err = w.book.Supersede(w.Context(), newest[0].Number, "commit "+midCommit)
	}
	if err != nil {
		w.Error(err)
	}
}

// A release that another deployer ended in the ledger puts nothing back and says by what it was ended, wherever it is.
func TestEndedByANewerRelease(t *testing.T) {
	for name, c := range map[string]struct {
		given   func(w *world)
		updates int
	}{
		"while it waits for the lock": {func(w *world) { w.onUpdate = func(string) { w.onUpdate = nil; w.rival() } }, 0},
		"while ECS rolls out": {func(w *world) {
			w.scripts[newCommit] = pending
			w.clock.step = func() {
				if w.sink.last() == "rollout" {
					w.clock.step = nil
					w.rival()
				}
			}
		}, 1},
		"while its crash is taken back": {func(w *world) {
			w.scripts[newCommit] = crashes
			w.onUpdate = func(commit string) {
				if commit == oldCommit {
					w.onUpdate = nil
					w.rival()
				}
			}
		}, 1},
		"before it is recorded": {func(w *world) {
			var once sync.Once
			w.answer = func(i Image) map[string]string {
				once.Do(w.rival)
				return map[string]string{"commit": i.Commit, "digest": i.Digest}
			}
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.given(w)
			result, err := Deploy(t.Context(), w.options())
			if err != nil || result.Outcome != Superseded || result.Code() != fault.Superseded || len(w.updates) != c.updates {
				t.Errorf("ended as %s after %d updates: %v", result.Outcome, len(w.updates), err)
			}
			all, err := w.book.List(t.Context(), 1)
			if err != nil || all[0].Outcome != ledger.Superseded || all[0].SupersededBy != "commit "+midCommit {
				t.Errorf("the ledger has %+v, %v", all[0], err)
			}
		})
	}
}

func TestSupersede(t *testing.T) {
	w := newWorld(t)
	w.record(ledger.InProgress, midImage)
	o := w.options()
	o.Supersedes = func(_ context.Context, older, newer string) bool { return older == midCommit && newer == newCommit }
	if _, err := Deploy(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	all, err := w.book.List(t.Context(), 2)
	if err != nil || all[0].Outcome != ledger.Released || all[1].Outcome != ledger.Superseded || !strings.Contains(all[1].SupersededBy, newCommit) {
		t.Errorf("the ledger has %+v, %v", all, err)
	}
}

func TestSupersedeEndsNoNewerRelease(t *testing.T) {
	w := newWorld(t)
	w.record(ledger.InProgress, midImage)
	o := w.options()
	o.Supersedes = func(context.Context, string, string) bool { return false }
	_, err := Deploy(t.Context(), o)
	var said *fault.Error
	if !errors.As(err, &said) || said.Code != fault.NotReady || !strings.Contains(said.Cause, "release 2 of dev is in progress") || len(w.updates) != 0 {
		t.Errorf("ended with %v after %d updates", err, len(w.updates))
	}
}
