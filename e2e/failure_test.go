package e2e

import (
	"strconv"
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
		{"health check for which the app has no path", func(w *world) {
			w.commit("no such path", behaviour{Colour: "grey", Health: 404})
		}, 6, []string{"probable cause: the health check is answered with 404", "has no such path", "slipway:healthPath"}},
		{"app that only its container reaches", func(w *world) {
			w.commit("listens on localhost", behaviour{Colour: "grey", Listen: "127.0.0.1:8080"})
		}, 6, []string{"probable cause: the app listens on 127.0.0.1:8080", "make it listen on 0.0.0.0:8080"}},
		{"app on another port", func(w *world) {
			w.commit("listens on 3000", behaviour{Colour: "grey", Listen: ":3000"})
		}, 6, []string{"probable cause: the app listens on port 3000, and the load balancer asks port 8080"}},
		{"app that takes more memory than it may", func(w *world) {
			w.commit("takes a lot", behaviour{Colour: "grey", Memory: 4096})
		}, 6, []string{"probable cause: the container was killed because it used more memory than it may", "slipway:memory"}},
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
	undone := strings.Repeat("rolled back, ", 7)
	if got, want := w.outcomes(12), "released, "+undone+"failed, released"; got != want {
		t.Errorf("the ledger has %s, want %s", got, want)
	}
	if kept := w.must("diagnose", "dev", strconv.Itoa(w.history()[2].Number)).stdout; !strings.Contains(kept, "OutOfMemory") {
		t.Errorf("the ledger keeps\n%s", kept)
	}
	if now := w.must("diagnose", "dev").stdout; !strings.Contains(now, "dev works") {
		t.Errorf("diagnose says\n%s", now)
	}
	if failed := w.history()[7]; failed.Error == nil || !strings.Contains(failed.Error.Cause, "exit code 3") {
		t.Errorf("the ledger does not say why: %+v", failed)
	}
}

// restore takes a file back to how the first commit has it.
func (w *world) restore(name string) {
	w.t.Helper()
	first := w.git("rev-list", "--max-parents=0", "HEAD")
	w.git("checkout", "--quiet", first[:40], "--", name)
}
