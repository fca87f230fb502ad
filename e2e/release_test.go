package e2e

import (
	"testing"

	"slipway/automation/demo"
)

// ready is a world whose stacks stand and whose app was released once.
func ready(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	w.up("delivery")
	w.up("dev")
	w.deploy()
	return w
}

// up brings a stack up and keeps what it has as outputs then.
func (w *world) up(stack string) {
	w.t.Helper()
	var up struct {
		Data struct{ Outputs map[string]any }
	}
	w.json(&up, "up", stack, "--yes", "--json")
	w.outputs[stack] = up.Data.Outputs
}

// result is what `slipway deploy --json` prints last.
type result struct {
	Type string
	OK   bool
	Code int
	Data struct {
		Outcome string
		AppURL  string
		Release struct{ Digest, Commit string }
		Proof   struct {
			Requested, Basis                                                          string
			RunningIsRequested, TargetsAreHealthy, ServedIsRequested, ServedIsHealthy bool
		}
		Steps []struct{ Name, Outcome string }
	}
}

func (r result) step(name string) string {
	for _, s := range r.Data.Steps {
		if s.Name == name {
			return s.Outcome
		}
	}
	return ""
}

func (w *world) deployArgs(more ...string) []string {
	return append([]string{"deploy", "dev", "--app", w.app, "--yes"}, more...)
}

// deploy releases the app's last commit, which has to work.
func (w *world) deploy() (r result) {
	w.t.Helper()
	r = w.released(w.deployArgs("--json")...)
	if !r.Data.Proof.ServedIsRequested {
		w.t.Fatalf("the app was not asked which version it is: %+v", r)
	}
	return r
}

// released runs a command that has to release something and to prove it.
func (w *world) released(args ...string) (r result) {
	w.t.Helper()
	w.json(&r, args...)
	p := r.Data.Proof
	if !r.OK || r.Data.Outcome != "released" || !p.RunningIsRequested || !p.TargetsAreHealthy || !p.ServedIsHealthy {
		w.t.Fatalf("the release is not proved: %+v", r)
	}
	return r
}

// What leaves an environment as good as it was shares one.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	w := ready(t)
	t.Run("answers the clients of AWS", func(t *testing.T) { clientsOfAWS(t, w.in(t)) })
	t.Run("drops no request", func(t *testing.T) { underLoad(t, w.in(t)) })
	t.Run("proves what an update changes", func(t *testing.T) { upIsProved(t, w.in(t)) })
	t.Run("makes anew what somebody deleted", func(t *testing.T) { goneIsMadeAnew(t, w.in(t)) })
}

// Nobody who uses the app sees that it is released, that a release of it fails or is interrupted, or that it is rolled back.
func underLoad(t *testing.T, w *world) {
	load := visit(w.output("dev", "AppURL"))
	defer load.leave(t)
	for _, c := range []struct {
		name string
		run  func(*testing.T, *world)
	}{
		{"in a release", releaseUnderLoad},
		{"while a second deployer waits", secondDeployer},
		{"while an interrupt gets the previous image back", interrupt},
		{"while it returns to a release of the ledger", rollsBack},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, w.in(t)) })
	}
}

func releaseUnderLoad(t *testing.T, w *world) {
	first := w.deploy()
	if first.step("build") != "skipped" || first.step("update") != "skipped" {
		t.Errorf("a release of what runs already did something: %+v", first.Data.Steps)
	}
	commit := w.commit("change color to pink", behaviour{Colour: "pink"})
	load := demo.StartLoad(first.Data.AppURL+"/version", 20)
	second := w.deploy()
	report := load.Stop()
	if report.Failed != 0 || report.Requests == 0 {
		t.Errorf("%d of %d requests failed: %v", report.Failed, report.Requests, report.Errors)
	}
	if report.Colours["blue"] == 0 || report.Colours["pink"] == 0 {
		t.Errorf("the load did not see both versions: %v", report.Colours)
	}
	if second.Data.Release.Commit != commit || second.Data.Release.Digest == first.Data.Release.Digest {
		t.Errorf("released %+v after %+v, want commit %s", second.Data.Release, first.Data.Release, commit)
	}
}

// status is the digest that runs, as `slipway status` tells it.
func (w *world) status() string {
	w.t.Helper()
	var s struct {
		Data struct {
			Environments []struct {
				Digest  string
				AsMeant bool
			}
		}
	}
	w.json(&s, "status", "dev", "--json")
	if len(s.Data.Environments) != 1 || s.Data.Environments[0].Digest == "" {
		w.t.Fatalf("status tells no digest: %+v", s)
	}
	return s.Data.Environments[0].Digest
}
