package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// An update of an environment that serves is watched: what does not work is taken back, or is an error that says so.
func upIsProved(t *testing.T, w *world) {
	before := w.status()
	file := filepath.Join(w.project, "Pulumi.dev.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w.stackFile("dev", string(text)+"  slipway:variables:\n    GREETING: hello\n")
	w.must("up", "dev", "--yes")
	if got := w.history()[0]; got.Kind != "up" || got.Outcome != "released" {
		t.Errorf("recorded %+v", got)
	}
	w.stackFile("dev", string(text)+"  slipway:variables:\n    GREETING: hello\n  slipway:healthPath: /nope\n")
	w.fails(7, []string{"404", "undo the change in Pulumi.dev.yaml, then slipway up dev"}, "up", "dev", "--yes")
	w.stackFile("dev", string(text)+"  slipway:variables:\n    GREETING: hello\n")
	w.must("up", "dev", "--yes")
	w.stackFile("dev", string(text)+"  slipway:variables:\n    BROKEN: \"5\"\n")
	for range 2 { // the second time Pulumi finds nothing to change
		w.fails(6, []string{"exit code 5", "serves again"}, "up", "dev", "--yes")
	}
	if got := w.history()[0]; got.Kind != "up" || got.Outcome != "rolled back" {
		t.Errorf("recorded %+v", got)
	}
	w.stackFile("dev", string(text))
	w.must("up", "dev", "--yes")
	if after := w.status(); after != before {
		t.Errorf("%s runs, not %s", after, before)
	}
}
