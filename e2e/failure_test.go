package e2e

import (
	"strings"
	"testing"
)

// The releases that fail share one world: each has to leave it as it was for the next.
func TestFailedReleases(t *testing.T) {
	t.Parallel()
	w := ready(t)
	before := w.status()
	for _, c := range []struct {
		name  string
		make  func(w *world)
		code  int
		words []string
	}{
		{"Dockerfile that does not build", func(w *world) {
			w.write("Dockerfile", "FROM scratch\nCOPY missing.txt /\n")
			w.commitAll("break the build")
		}, 4, []string{"missing.txt"}},
		{"app that exits at once", func(w *world) {
			w.restore("Dockerfile")
			w.commit("cannot start", behaviour{Colour: "black", Exit: 3})
		}, 6, []string{"exit code 3", "opening the database: connection refused"}},
		{"health check that never passes", func(w *world) {
			w.commit("never healthy", behaviour{Colour: "grey", Health: 500})
		}, 6, []string{"500"}},
		{"image for another processor", func(w *world) {
			w.write("app", "\x7fELF is all that this has of a program")
			w.commitAll("another processor")
		}, 6, []string{"exec"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := w.in(t)
			c.make(w)
			w.fails(c.code, c.words, w.deployArgs()...)
			if after := w.status(); after != before {
				t.Errorf("afterwards %s runs, not %s", after, before)
			}
		})
	}
	w.restore("app")
	w.commit("repaired", behaviour{Colour: "green"})
	w.deploy()
	if got, want := w.outcomes(9), "released, rolled back, rolled back, rolled back, failed, released"; got != want {
		t.Errorf("the ledger has %s, want %s", got, want)
	}
	if failed := w.history()[3]; failed.Error == nil || !strings.Contains(failed.Error.Cause, "exit code 3") {
		t.Errorf("the ledger does not say why: %+v", failed)
	}
}

// restore takes a file back to how the first commit has it.
func (w *world) restore(name string) {
	w.t.Helper()
	first := w.git("rev-list", "--max-parents=0", "HEAD")
	w.git("checkout", "--quiet", first[:40], "--", name)
}
