package engine

import (
	"errors"
	"strings"
	"testing"
)

// What was previewed is done and nothing else, whatever came between.
func TestUpdateDoesWhatWasPreviewed(t *testing.T) {
	const one = "config:\n  slipway:parts: one\n"
	for _, tt := range []struct {
		name    string
		between func(t *testing.T, ours, theirs *Stack)
		has     string // the part that the state has then, or with "!" has not
	}{
		{"nothing", func(*testing.T, *Stack, *Stack) {}, "two"},
		{"the stack's file has one more", func(t *testing.T, ours, _ *Stack) {
			writeFile(t, ours.dir.project.StackFile("dev"), "config:\n  slipway:parts: one two three\n")
		}, "!three"},
		{"another deployer made one more", func(t *testing.T, _, theirs *Stack) {
			if _, err := theirs.Update(t.Context(), map[string]string{"slipway:parts": "one four"}, ""); err != nil {
				t.Fatal(err)
			}
		}, "four"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newProject(t)
			writeFile(t, p.StackFile("dev"), one)
			ours, theirs := open(t, Options{Project: p, Program: program}), open(t, Options{Project: p, Program: program})
			if _, err := ours.Update(t.Context(), nil, ""); err != nil {
				t.Fatal(err)
			}
			writeFile(t, p.StackFile("dev"), "config:\n  slipway:parts: one two\n")
			image := map[string]string{"slipway:image": "repo@sha256:2", "slipway:token": "open sesame"}
			if changes, err := ours.Preview(t.Context(), image); err != nil || len(changes) != 1 {
				t.Fatalf("preview: %v, %v", changes, err)
			}
			tt.between(t, ours, theirs)
			_, err := ours.Update(t.Context(), image, "")
			var changed *Stale
			if errors.As(err, &changed) != (tt.name != "nothing") {
				t.Fatalf("update: %v", err)
			}
			part, absent := strings.CutPrefix(tt.has, "!")
			if state, err := ours.checkpoint(t.Context()); err != nil || strings.Contains(string(state), "test:index:Part::"+part) == absent {
				t.Errorf("%s in %s, %v", tt.has, state, err)
			}
			if err != nil { // it is looked at anew, and agreed to
				if _, err := ours.Preview(t.Context(), image); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := ours.Update(t.Context(), image, ""); err != nil {
				t.Errorf("again: %v", err)
			}
		})
	}
}
