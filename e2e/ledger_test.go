package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// recorded is a release as `slipway history --json` and `slipway show --json` print it.
type recorded struct {
	Number                                                 int
	Kind, Outcome, Commit, Digest, Author, Subject, Reason string
	Error                                                  *struct{ Cause string }
	Proof                                                  struct{ RunningIsRequested bool }
}

// history are the releases of dev, newest first.
func (w *world) history() []recorded {
	w.t.Helper()
	var h struct{ Data struct{ Releases []recorded } }
	w.json(&h, "history", "dev", "--json")
	return h.Data.Releases
}

// outcomes are the outcomes of the newest n releases.
func (w *world) outcomes(n int) string {
	w.t.Helper()
	var all []string
	for _, r := range w.history() {
		all = append(all, r.Outcome)
	}
	return strings.Join(all[:min(n, len(all))], ", ")
}

func rollsBack(t *testing.T, w *world) {
	good := w.commit("good", behaviour{Colour: "teal"})
	w.deploy()
	w.commit("not so good", behaviour{Colour: "brown"})
	w.deploy()
	before := w.history()

	w.fails(3, []string{`"nonsense" is no release that it can return to`, "slipway rollback dev --list"}, "rollback", "dev", "--to", "nonsense", "--yes")
	w.fails(2, []string{"--yes"}, "rollback", "dev")
	if got := w.must("rollback", "dev", "--list").stdout; !strings.Contains(got, "good") || strings.Contains(got, "not so good") {
		t.Errorf("can return to:\n%s", got)
	}
	back := w.released("rollback", "dev", "--to", good[:7], "--reason", "brown is ugly", "--yes", "--json")
	if back.Data.Release.Commit != good || back.step("build") != "skipped" {
		t.Errorf("returned to %+v", back.Data)
	}
	after := w.history()
	if len(after) != len(before)+1 || after[0].Number != before[0].Number+1 || after[0].Kind != "rollback" || after[0].Outcome != "released" ||
		after[0].Commit != good || after[0].Author != "Ada <ada@example.com>" || after[0].Reason != "brown is ugly" || !after[0].Proof.RunningIsRequested {
		t.Errorf("recorded %+v after %+v", after[0], before[0])
	}
	if got := w.must("show", "dev", fmt.Sprint(before[0].Number)).stdout; !strings.Contains(got, "not so good") || !strings.Contains(got, "released") {
		t.Errorf("show says\n%s", got)
	}
	w.fails(3, []string{"dev has no release 999"}, "show", "dev", "999")
	w.fails(2, []string{`"-x" is no number`}, "show", "dev", "--", "-x")

	w.must("deploy", "dev", "--app", w.app) // what was rolled back from is live again, from the image that is there
	if again := w.history(); again[0].Kind != "deploy" || again[0].Digest != before[0].Digest {
		t.Errorf("recorded %+v", again[0])
	}
	if numbers := slices.Collect(func(yield func(int) bool) {
		for _, r := range w.history() {
			if !yield(r.Number) {
				return
			}
		}
	}); !slices.IsSortedFunc(numbers, func(a, b int) int { return b - a }) {
		t.Errorf("numbers %v", numbers)
	}
}
