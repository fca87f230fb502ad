package release

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/automation/cloud"
	"slipway/automation/fault"
	"slipway/automation/oneoff"
	"slipway/automation/release/gate"
	"slipway/automation/release/ledger"
	"slipway/automation/ui"
	"slipway/infra/config"
)

// scanned is ECR with one finding in every image.
type scanned struct{}

func (scanned) Findings(_ context.Context, repository, digest string) (cloud.Scan, error) {
	if repository != "slipway" || digest != newImage.Digest {
		return cloud.Scan{}, fmt.Errorf("asked for %s in %s", digest, repository)
	}
	return cloud.Scan{Done: true, Findings: []cloud.Finding{{Name: "CVE-1", Severity: "CRITICAL", Fix: cloud.FixYes, FixedIn: "2"}}}, nil
}

// migrations is ECS with one task, which ends with a code.
type migrations struct {
	oneoff.Cloud
	code int
	ran  string // the image
}

func (m *migrations) Derive(_ context.Context, like cloud.Derived) (cloud.Definition, error) {
	m.ran = like.Image
	return cloud.Definition{ARN: "copy:1", Containers: []cloud.Template{{Name: "app"}}}, nil
}

func (m *migrations) Run(context.Context, cloud.Single) (cloud.Task, error) {
	return cloud.Task{ARN: "arn:task/dev/1"}, nil
}

func (m *migrations) Task(context.Context, string, string) (cloud.Task, error) {
	return cloud.Task{ARN: "arn:task/dev/1", Status: "STOPPED", StopCode: "EssentialContainerExited", Containers: []cloud.Container{{Name: "app", ExitCode: &m.code}}}, nil
}

func (m *migrations) before(w *world) Gate {
	return AsGate("before", gate.Before{From: m, Cluster: "dev", Service: "app", Container: "app", Command: []string{"migrate"}, Limit: time.Minute, Sink: ui.Discard, Clock: w.clock}.Ask)
}

// shut is a window that is never open on the day of the tests' clock.
func shut(w *world) []config.Window {
	day := w.clock.Now().UTC().Add(24 * time.Hour).Weekday()
	return []config.Window{{Text: "tomorrow", Days: []time.Weekday{day}, To: 24 * time.Hour, Zone: time.UTC}}
}

// Each gate against the steps of a release: what it refuses before the update changes nothing, what it refuses after the
// rollout is taken back, and the ledger says which gate it was, who let it through, and why.
func TestEveryGate(t *testing.T) {
	before := func(o *Options, name string, ask gate.Ask) { o.Before = append(o.Before, AsGate(name, ask)) }
	held := gate.Hold(func(context.Context) (string, string, bool, error) { return "ann", "the freeze", true, nil })
	for name, c := range map[string]struct {
		given   func(w *world, o *Options)
		code    int
		outcome string
		said    []string
		gate    string // of the newest entry
	}{
		"held": {func(w *world, o *Options) { before(o, "hold", held) },
			fault.NotReady, Failed, []string{"dev is held by ann: the freeze", "slipway resume dev"}, "hold refused"},
		"held and forced": {func(w *world, o *Options) { before(o, "hold", gate.Forced(held, "orders fail")) },
			fault.OK, Released, nil, "hold accepted arn:ann orders fail (dev is held by ann: the freeze"},
		"outside of the windows": {func(w *world, o *Options) { before(o, "windows", gate.Windows(shut(w), w.clock)) },
			fault.NotReady, Failed, []string{"the next one opens at"}, "windows refused"},
		"not soaked": {func(w *world, o *Options) {
			before(o, "soak", gate.Soak(time.Hour, gate.Soaked{Environment: "qa", Since: w.clock.Now()}, w.clock))
		}, fault.NotReady, Failed, []string{"are left, until"}, "soak refused"},
		"soaked meanwhile": {func(w *world, o *Options) {
			soak := gate.Soak(time.Minute, gate.Soaked{Environment: "qa", Since: w.clock.Now()}, w.clock)
			before(o, "soak", gate.Waiting(soak, 2*time.Minute, w.clock, func(string) {}))
		}, fault.OK, Released, nil, "soak passed  qa has run it for 1m0s"},
		"vulnerable": {func(w *world, o *Options) {
			before(o, "scan", gate.Scan(scanned{}, gate.ScanRule{Max: "HIGH"}, w.clock, func(string) {}))
		}, fault.NotReady, Failed, []string{"CVE-1 CRITICAL, fixed in 2", "--accept CVE-1"}, "scan refused"},
		"vulnerable and accepted": {func(w *world, o *Options) {
			rule := gate.ScanRule{Max: "HIGH", Accept: []string{"CVE-1"}, Reason: "not reachable"}
			before(o, "scan", gate.Scan(scanned{}, rule, w.clock, func(string) {}))
		}, fault.OK, Released, nil, "scan accepted arn:ann not reachable (CVE-1)"},
		"migrated": {func(w *world, o *Options) { o.Before = []Gate{(&migrations{}).before(w)} }, fault.OK, Released, nil, "before passed  migrate ended with 0"},
		"not migrated": {func(w *world, o *Options) { o.Before = []Gate{(&migrations{code: 1}).before(w)} },
			fault.NotReady, Failed, []string{"migrate (slipway:before) ended with exit code 1; the service was not updated"}, "before refused"},
		"smoke": {func(w *world, o *Options) {
			w.health = 500
			o.After = []Gate{AsGate("smoke", gate.Smoke([]config.SmokeTest{{Path: "/login", Status: "200", TimeLimit: time.Minute}}, w.server.Client()))}
		}, fault.RolledBack, RolledBack, []string{"1 of 1 smoke tests failed: GET /login: status 500, not 200", "0101010 serves again"}, "smoke refused"},
		"verifyCommand": {func(w *world, o *Options) {
			c := gate.Command{Line: []string{"/bin/sh", "-c", `echo "$SLIPWAY_ENVIRONMENT runs $SLIPWAY_COMMIT"; exit 1`}, Dir: t.TempDir(), Limit: time.Minute, Print: func(string) {}}
			o.After = []Gate{AsGate("verifyCommand", c.Ask)}
		}, fault.RolledBack, RolledBack, []string{"/bin/sh ended with exit status 1", "dev runs " + newCommit, "0101010 serves again"}, "verifyCommand refused"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.who = "arn:ann"
			o := w.options()
			c.given(w, &o)
			result, err := Deploy(t.Context(), o)
			if fault.CodeOf(err) != c.code || result.Outcome != c.outcome {
				t.Fatalf("%s, %v", result.Outcome, err)
			}
			said := ""
			if err != nil {
				var text strings.Builder
				fault.Print(&text, err)
				said = text.String()
			}
			for _, part := range c.said {
				if !strings.Contains(said, part) {
					t.Errorf("%q is not in\n%s", part, said)
				}
			}
			if refused := c.outcome == Failed; refused != (len(w.updates) == 0) {
				t.Errorf("%d updates", len(w.updates))
			}
			all, err := w.book.List(t.Context(), 1)
			if err != nil || len(all[0].Gates) != 1 {
				t.Fatalf("recorded %+v, %v", all, err)
			}
			g := all[0].Gates[0]
			if got := fmt.Sprint(g.Name, " ", g.Verdict, " ", g.Who, " ", g.Why); !strings.HasPrefix(got, c.gate) {
				t.Errorf("recorded %q, want %q", got, c.gate)
			}
		})
	}
}

// What a gate refused left everything as it was: the release that is live is known as such.
func TestARefusedReleaseDisturbsNothing(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	o.Before = []Gate{AsGate("hold", gate.Hold(func(context.Context) (string, string, bool, error) { return "ann", "x", true, nil }))}
	if _, err := Deploy(t.Context(), o); fault.CodeOf(err) != fault.NotReady {
		t.Fatal(err)
	}
	past, err := recall(t.Context(), w.book, oldImage)
	if err != nil || past.Live.Commit != oldCommit || past.Last.Outcome != ledger.Failed {
		t.Errorf("%+v, %v", past, err)
	}
}
