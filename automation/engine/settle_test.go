package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An update that is cut off in the middle of a creation leaves a pending operation in the state.
func TestPendingOperationsAreSettled(t *testing.T) {
	p := newProject(t)
	if _, err := open(t, Options{Project: p, Program: program}).Update(t.Context(), map[string]string{"parts": "one"}, "first"); err != nil {
		t.Fatal(err)
	}
	leavePending(t, filepath.Join(p.Root, "state/.pulumi/stacks/slipway/dev.json"))
	sink := &heard{}
	s := open(t, Options{Project: p, Program: program, Sink: sink})
	if _, err := s.Update(t.Context(), map[string]string{"parts": "one two"}, "second"); err != nil {
		t.Fatal(err)
	}
	if known, err := s.look(t.Context()); err != nil || len(known.pending) != 0 {
		t.Errorf("pending: %v, %v", known, err)
	}
	if !strings.Contains(sink.text(), "an interrupted run left creating of two open") || strings.Contains(sink.text(), "Attempting to deploy") {
		t.Errorf("said:\n%s", sink.text())
	}
}

func leavePending(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	latest := state["checkpoint"].(map[string]any)["latest"].(map[string]any)
	latest["pending_operations"] = []any{map[string]any{
		"type": "creating",
		"resource": map[string]any{
			"urn": "urn:pulumi:dev::slipway::test:index:Part::two", "custom": false, "type": "test:index:Part",
		},
	}}
	if text, err = json.Marshal(state); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
