package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// gatesOf are the gates of an environment's newest release with their verdicts, as `slipway show --json` prints them.
func (w *world) gatesOf(environment string) string {
	w.t.Helper()
	var shown struct {
		Data struct {
			Gates []struct{ Name, Verdict string }
		}
	}
	w.json(&shown, "show", environment, "--json")
	var all []string
	for _, g := range shown.Data.Gates {
		all = append(all, g.Name+" "+g.Verdict)
	}
	return strings.Join(all, ", ")
}

func (w *world) wantGates(environment, want string) {
	w.t.Helper()
	if got := w.gatesOf(environment); got != want {
		w.t.Errorf("gates of %s: %s\nwant %s", environment, got, want)
	}
}

// environment writes the file of a small one with more keys.
func (w *world) environment(name string, more ...string) {
	w.t.Helper()
	w.stackFile(name, "config:\n  slipway:kind: environment\n  slipway:desiredCount: 1\n  "+strings.Join(more, "\n  ")+"\n")
}

// Every gate there is, in one world.
func TestGates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.up("delivery")
	before, smoke := `slipway:before: [env, SLIPWAY_COMMIT]`, `slipway:smoke: [{path: /version, json: {colour: pink}, headers: {Content-Type: json}}]`
	verify := `slipway:verifyCommand: [sh, -c, "echo judged $SLIPWAY_COMMIT at $SLIPWAY_URL"]`
	w.environment("dev", before, smoke, verify)
	w.up("dev")

	pink := w.commit("pink", behaviour{Colour: "pink"})
	first := w.must(w.deployArgs()...)
	for _, want := range []string{"before: " + pink, "verifyCommand: judged " + pink + " at http://"} {
		if !strings.Contains(first.stderr, want) {
			t.Errorf("%q is not in\n%s", want, first.stderr)
		}
	}
	all := "hold passed, scan skipped, before passed, smoke passed, verifyCommand passed"
	w.wantGates("dev", all)
	live := w.status()

	w.commit("green", behaviour{Colour: "green"})
	w.fails(6, []string{`1 of 1 smoke tests failed`, `field colour is "green", not "pink"`}, w.deployArgs()...)
	w.wantGates("dev", "hold passed, scan skipped, before passed, smoke refused")

	w.environment("dev", `slipway:before: [exit, "3"]`, smoke)
	w.commit("pink again", behaviour{Colour: "pink", Say: "again"})
	w.fails(3, []string{"exit 3 (slipway:before) ended with exit code 3; the service was not updated"}, w.deployArgs()...)

	w.environment("dev", before, smoke, verify)
	w.must("hold", "dev", "--reason", "the sale")
	w.fails(3, []string{"dev is held by", "the sale", "slipway resume dev"}, w.deployArgs()...)
	w.must(append(w.deployArgs(), "--force", "--reason", "orders fail")...)
	w.wantGates("dev", strings.Replace(all, "hold passed", "hold accepted", 1))
	w.must("resume", "dev")
	if w.status() == live {
		t.Error("the image of before is live")
	}
	promotedTo(t, w)
}

// promotedTo goes on to two environments, past a scan and a window.
func promotedTo(t *testing.T, w *world) {
	w.environment("one", "slipway:soak: 1s")
	w.environment("two")
	w.up("one")
	w.up("two")
	var shown struct{ Data struct{ Commit string } }
	w.json(&shown, "show", "dev", "--json")
	findings := filepath.Join(w.project, ".slipway", "sandbox", "registry", "findings", "slipway", shown.Data.Commit+".json")
	if err := os.MkdirAll(filepath.Dir(findings), 0o755); err != nil {
		t.Fatal(err)
	}
	text := `{"imageScanFindings":{"enhancedFindings":[{"severity":"CRITICAL","fixAvailable":"YES","packageVulnerabilityDetails":{"vulnerabilityId":"CVE-2026-1"}}]}}`
	if err := os.WriteFile(findings, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	stopped := w.fails(3, []string{"CVE-2026-1 CRITICAL", "--accept CVE-2026-1"}, "promote", "dev", "one,two")
	if !strings.Contains(stopped.stdout, "not begun") {
		t.Errorf("the second wave began:\n%s", stopped.stdout)
	}
	w.wantGates("one", "proof passed, hold passed, soak passed, scan refused")
	w.fails(2, []string{"need --reason"}, "promote", "dev", "one,two", "--accept", "CVE-2026-1")
	done := w.must("promote", "dev", "one,two", "--accept", "CVE-2026-1", "--reason", "no XML here", "--wave", "2")
	if strings.Count(done.stdout, "runs "+shown.Data.Commit) != 2 || !strings.Contains(done.stderr, "two: update") {
		t.Errorf("promoted to both:\n%s\n%s", done.stdout, done.stderr)
	}
	w.wantGates("one", "proof passed, hold passed, soak passed, scan accepted")
	w.wantGates("two", "proof passed, hold passed, scan accepted")

	later := time.Now().UTC().Add(48 * time.Hour).Format("Mon")
	w.environment("two", fmt.Sprintf("slipway:windows: [%s 00:00-24:00]", later), "slipway:maxSeverity: any")
	w.commit("one more", behaviour{Colour: "pink", Say: "more"})
	w.must(w.deployArgs()...)
	w.fails(3, []string{"outside of the windows of two", "the next one opens at " + later}, "promote", "dev", "two")
	w.must("promote", "dev", "two", "--force", "--reason", "orders fail")
	w.wantGates("two", "proof passed, hold passed, windows accepted, scan skipped")

	kept := w.must("images", "prune", "--dry-run", "--keep", "1").stdout
	for _, want := range []string{"stays: a task of one runs it", "stays: a task of dev runs it", "stays: it was pushed less than a day ago", "0 of"} {
		if !strings.Contains(kept, want) {
			t.Errorf("%q is not in\n%s", want, kept)
		}
	}
}
