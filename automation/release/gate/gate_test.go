package gate

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/cloud"
	"slipway/automation/fault"
	"slipway/infra/config"
)

var asked = Release{
	Op: "release abc1234 to prod", Environment: "prod", Commit: "abc1234", Repository: "shop", Image: "r/shop@sha256:aa", Digest: "sha256:aa", Who: "arn:aws:iam::1:user/ann",
}

// wants checks a gate's answer: words are of the verdict's line, or of the refusal's cause, evidence and next step.
func wants(t *testing.T, v Verdict, err error, refused bool, words ...string) {
	t.Helper()
	said := v.Why
	var no *Refused
	var typed *fault.Error
	switch {
	case refused != errors.As(err, &no):
		t.Fatalf("verdict %+v, error %v", v, err)
	case refused:
		if !errors.As(err, &typed) || typed.Code != fault.NotReady || typed.Next == "" || typed.Op != asked.Op {
			t.Fatalf("fault %+v", typed)
		}
		said = strings.Join(append([]string{typed.Cause, typed.Next}, typed.Evidence...), "\n")
	}
	for _, word := range words {
		if !strings.Contains(said, word) {
			t.Errorf("%q is not in %q", word, said)
		}
	}
}

// monday is a Monday, 30 November 2026, 7 o'clock.
var monday = time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC)

func windows(t *testing.T, text, zone string) []config.Window {
	c, err := config.Parse(map[string]string{"kind": "environment", "windows": text, "timeZone": zone})
	if err != nil {
		t.Fatal(err)
	}
	return c.Gates.Windows
}

func TestWindows(t *testing.T) {
	open := windows(t, `["Sat,Sun 10:00-12:00","Mon-Fri 09:00-16:00"]`, "Europe/Berlin")
	clock := clockwork.NewFakeClockAt(monday)
	v, err := Windows(open, clock)(t.Context(), asked)
	wants(t, v, err, true, "it is Mon 08:00 in Europe/Berlin", "the next one opens at Mon 2026-11-30 09:00, in 1h0m", "--force --reason")
	clock.Advance(time.Hour)
	v, err = Windows(open, clock)(t.Context(), asked)
	wants(t, v, err, false, "within Mon-Fri 09:00-16:00")
	clock.Advance(4 * 24 * time.Hour) // Friday
	clock.Advance(7 * time.Hour)
	v, err = Windows(open, clock)(t.Context(), asked)
	wants(t, v, err, true, "opens at Sat 2026-12-05 10:00, in 18h0m")
}

func TestSoak(t *testing.T) {
	clock := clockwork.NewFakeClockAt(monday)
	soak := Soak(24*time.Hour, Soaked{Environment: "staging", Number: 4, Since: monday.Add(-23*time.Hour - 30*time.Minute)}, clock)
	v, err := soak(t.Context(), asked)
	wants(t, v, err, true, "staging has run this image for 23h30m and prod wants 24h0m", "30m0s are left, until 2026-11-30 07:30:00 UTC")
	clock.Advance(30 * time.Minute)
	v, err = soak(t.Context(), asked)
	wants(t, v, err, false, "staging has run it for 24h0m")
}

// A refusal whose end is near is waited out, and one that is far is not.
func TestWaiting(t *testing.T) {
	for limit, refused := range map[time.Duration]bool{30 * time.Minute: false, 29 * time.Minute: true} {
		clock := clockwork.NewFakeClockAt(monday)
		soak := Soak(time.Hour, Soaked{Environment: "staging", Since: monday.Add(-30 * time.Minute)}, clock)
		var told []string
		done := make(chan struct{})
		go func() {
			defer close(done)
			v, err := Waiting(soak, limit, clock, func(text string) { told = append(told, text) })(t.Context(), asked)
			if errors.As(err, new(*Refused)) != refused || !refused && v.Why != "staging has run it for 1h0m" {
				t.Errorf("limit %s: %+v, %v", limit, v, err)
			}
		}()
		if !refused {
			if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			clock.Advance(30 * time.Minute)
		}
		<-done
		if (len(told) == 1) == refused {
			t.Errorf("limit %s: told %q", limit, told)
		}
	}
}

func TestHoldAndForce(t *testing.T) {
	hold := Hold(func(context.Context) (string, string, bool, error) { return "ann", "the freeze", true, nil })
	v, err := hold(t.Context(), asked)
	wants(t, v, err, true, "prod is held by ann: the freeze", "slipway resume prod")
	v, err = Forced(hold, "customers wait")(t.Context(), asked)
	wants(t, v, err, false, "customers wait (prod is held by ann")
	if !v.Accepted || v.Who != asked.Who {
		t.Errorf("verdict %+v", v)
	}
	broken := Hold(func(context.Context) (string, string, bool, error) { return "", "", false, errors.New("AccessDenied") })
	if _, err := Forced(broken, "x")(t.Context(), asked); err == nil || errors.As(err, new(*Refused)) {
		t.Errorf("what is no refusal is not forced: %v", err)
	}
}

// scans answers one scan after the other, the last one for good.
type scans []cloud.Scan

func (s *scans) Findings(context.Context, string, string) (cloud.Scan, error) {
	now := (*s)[0]
	if len(*s) > 1 {
		*s = (*s)[1:]
	}
	return now, nil
}

func found(all ...cloud.Finding) cloud.Scan { return cloud.Scan{Done: true, Findings: all} }

func TestScan(t *testing.T) {
	fixed := cloud.Finding{Name: "CVE-1", Severity: "CRITICAL", Package: "openssl 3.0", Fix: cloud.FixYes, FixedIn: "3.1"}
	unfixed := cloud.Finding{Name: "CVE-2", Severity: "CRITICAL", Fix: cloud.FixNo}
	unsaid := cloud.Finding{Name: "CVE-3", Severity: "CRITICAL", Package: "zlib 1"}
	high := cloud.Finding{Name: "CVE-4", Severity: "HIGH", Fix: cloud.FixYes}
	running := cloud.Scan{Running: true, Status: "IN_PROGRESS"}
	standard := config.Gates{ScanTimeout: time.Minute}
	strict := config.Gates{ScanTimeout: time.Minute, MaxSeverity: "MEDIUM"}
	for name, c := range map[string]struct {
		gates   config.Gates
		first   bool
		accept  []string
		seen    scans
		refused bool
		words   []string
	}{
		"the first environment":          {standard, true, nil, scans{found(fixed)}, false, []string{"every severity"}},
		"critical with a fix":            {standard, false, nil, scans{found(high, fixed)}, true, []string{"can be fixed: 1 of it", "CVE-1 CRITICAL in openssl 3.0, fixed in 3.1", "--accept CVE-1 --reason"}},
		"critical without a fix":         {standard, false, nil, scans{found(unfixed)}, false, []string{"1 findings, none"}},
		"critical and nobody knows":      {standard, false, nil, scans{found(unsaid)}, false, []string{"1 findings worse than HIGH, of which ECR does not say"}},
		"the same under a stricter rule": {strict, false, nil, scans{found(unsaid, high, unfixed)}, true, []string{"can be fixed: 2 of it", "CVE-3", "CVE-4"}},
		"accepted":                       {strict, false, []string{"CVE-3", "CVE-4"}, scans{found(unsaid, high)}, false, []string{"not reachable (CVE-3, CVE-4)"}},
		"one of two accepted":            {strict, false, []string{"CVE-3"}, scans{found(unsaid, high)}, true, []string{"CVE-4"}},
		"not rated":                      {config.Gates{MaxSeverity: "none"}, false, nil, scans{found(cloud.Finding{Name: "CVE-5", Severity: "UNDEFINED", Fix: cloud.FixYes})}, false, nil},
		"not scanned":                    {standard, false, nil, scans{{Status: "UNSUPPORTED_IMAGE: scratch"}}, false, []string{"not scanned: UNSUPPORTED_IMAGE"}},
		"scanned in a moment":            {standard, false, nil, scans{running, running, found(fixed)}, true, []string{"CVE-1"}},
		"never scanned to the end":       {standard, false, nil, scans{running}, true, []string{"has not scanned the image within 1m0s: IN_PROGRESS"}},
	} {
		t.Run(name, func(t *testing.T) {
			rule := RuleOf(c.gates, c.first)
			rule.Accept, rule.Reason = c.accept, "not reachable"
			v, err := Scan(&c.seen, rule, &hasty{clockwork.NewFakeClock()}, func(string) {})(t.Context(), asked)
			wants(t, v, err, c.refused, c.words...)
			if v.Accepted != (name == "accepted") || v.Skipped != (name == "the first environment" || name == "not scanned") {
				t.Errorf("verdict %+v", v)
			}
		})
	}
}

// hasty moves by what is waited for, at once.
type hasty struct{ *clockwork.FakeClock }

func (c *hasty) After(d time.Duration) <-chan time.Time {
	c.Advance(d)
	now := make(chan time.Time, 1)
	now <- c.Now()
	return now
}
