package elbv2

import (
	"strings"
	"testing"
	"time"
)

func TestHealthFollowsTheThresholds(t *testing.T) {
	check := healthCheck{HealthyThreshold: 3, UnhealthyThreshold: 2}
	const interval = time.Second
	bad := result{reason: responseCodeMismatch, code: 500}
	for _, c := range []struct {
		name    string
		results string // g good, b bad; one a second after the other
		want    string
	}{
		{"new", "", "initial Elb.RegistrationInProgress"},
		{"one success is enough at first", "g", "healthy "},
		{"one failure is not", "b", "initial Elb.InitialHealthChecking"},
		{"threshold of failures", "bb", "unhealthy Target.ResponseCodeMismatch"},
		{"late start", "bg", "healthy "},
		{"a healthy one survives one failure", "gb", "healthy "},
		{"failures must follow each other", "gbgb", "healthy "},
		{"a healthy one turns", "gbb", "unhealthy Target.ResponseCodeMismatch"},
		{"two successes are too few", "bbgg", "unhealthy Target.ResponseCodeMismatch"},
		{"three are enough", "bbggg", "healthy "},
		{"they must follow each other", "bbggbgg", "unhealthy Target.ResponseCodeMismatch"},
	} {
		now := time.Unix(0, 0)
		var h health
		h.begin(now, interval)
		for _, r := range strings.Split(c.results, "") {
			now = now.Add(interval)
			switch r {
			case "g":
				h.observe(result{}, check, now, interval)
			case "b":
				h.observe(bad, check, now, interval)
			}
		}
		if got := h.state + " " + h.reason; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if h.state == Unhealthy && h.description != "Health checks failed with these codes: [500]" {
			t.Errorf("%s: %s", c.name, h.description)
		}
	}
}

func TestQuickInitialChecksDoNotCountBeforeTheInterval(t *testing.T) {
	check := healthCheck{HealthyThreshold: 2, UnhealthyThreshold: 2}
	now := time.Unix(0, 0)
	var h health
	h.begin(now, time.Second)
	for range 19 { // 1.9 s of failures, ten a second
		now = now.Add(100 * time.Millisecond)
		h.observe(result{reason: failedHealthChecks}, check, now, time.Second)
	}
	if h.state != Initial {
		t.Fatalf("%s after 1.9 intervals, want initial", h.state)
	}
	h.observe(result{reason: failedHealthChecks}, check, now.Add(100*time.Millisecond), time.Second)
	if h.state != Unhealthy {
		t.Errorf("%s after 2 intervals, want unhealthy", h.state)
	}
}

func TestMatcher(t *testing.T) {
	for _, c := range []struct {
		text string
		code int
		want bool
	}{
		{"200", 200, true}, {"200", 201, false}, {"200,202", 202, true}, {"200-299", 250, true}, {"200-299", 300, false}, {"200-204,301", 301, true},
	} {
		m, err := parseMatcher(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.match(c.code); got != c.want {
			t.Errorf("%s matches %d: %t", c.text, c.code, got)
		}
	}
	for _, text := range []string{"", "2xx", "200-", "299-200", "100", "500", "200;202"} {
		if _, err := parseMatcher(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
