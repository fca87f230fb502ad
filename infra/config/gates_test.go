package config

import (
	"errors"
	"reflect"
	"testing"
	"time"
)

func TestParseGates(t *testing.T) {
	got, err := Parse(map[string]string{
		"kind": "environment", "before": `["bin/migrate","--yes"]`, "verifyCommand": `["./check.sh"]`, "verifyTimeout": "90s",
		"maxSeverity": "MEDIUM", "soak": "24h", "confirm": "true", "keepImages": "10",
		"smoke": `[{"path":"/login","status":200,"headers":{"Content-Type":"text/html"},"text":"Sign in","timeLimit":"2s"},
			{"path":"/status","status":"200-204","json":{"database.ready":true,"queue.0.length":0}}]`,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Gates{
		Before: []string{"bin/migrate", "--yes"}, BeforeTimeout: 15 * time.Minute, VerifyCommand: []string{"./check.sh"}, VerifyTimeout: 90 * time.Second,
		MaxSeverity: "MEDIUM", ScanTimeout: 2 * time.Minute, Soak: 24 * time.Hour, Confirm: ConfirmAlways, KeepImages: 10,
		Smoke: []SmokeTest{
			{Path: "/login", Status: "200", Headers: map[string]string{"Content-Type": "text/html"}, Text: "Sign in", TimeLimit: 2 * time.Second},
			{Path: "/status", Status: "200-204", JSON: map[string]string{"database.ready": "true", "queue.0.length": "0"}, TimeLimit: 5 * time.Second},
		},
	}
	if !reflect.DeepEqual(got.Gates, want) {
		t.Errorf("got  %+v\nwant %+v", got.Gates, want)
	}
}

func TestProblemsOfGates(t *testing.T) {
	_, err := Parse(map[string]string{
		"kind": "environment", "maxSeverity": "high", "soak": "1d", "timeZone": "Mars/Olympus", "windows": `["Mon-Fri 22:00-04:00","Mon 9-17"]`,
		"smoke": `[{"status":600,"pth":"/"},"/x",{"path":"/","timeLimit":"2m","json":{"a":{"b":1}}}]`, "before": `"migrate"`,
	})
	var problems *Error
	if !errors.As(err, &problems) {
		t.Fatalf("got %v", err)
	}
	want := `reading the configuration: 12 problem(s)
  slipway:maxSeverity = "high": any, CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL or none
  slipway:soak = "1d": a duration from 0s to 720h, such as 45m or 24h
  slipway:timeZone = "Mars/Olympus": the name of a time zone in the IANA database, such as Europe/Berlin
  slipway:before = "migrate": a list of texts: a command and its arguments
  slipway:smoke.1.pth = "/": unknown; the nearest is path
  slipway:smoke.1.status = "600": status codes from 100 to 599: one, several separated by commas, or a range such as 200-299
  slipway:smoke.1.path = "": required: a URL path that begins with a slash, up to 1000 characters
  slipway:smoke.2 = "/x": a mapping with a path
  slipway:smoke.3.json = "{\"a\":{\"b\":1}}": a mapping from fields, such as database.ready, to their values
  slipway:smoke.3.timeLimit = "2m": a duration from 1s to 60s
  slipway:windows.1 = "Mon-Fri 22:00-04:00": ` + windowAllowed + `
  slipway:windows.2 = "Mon 9-17": ` + windowAllowed
	if err.Error() != want {
		t.Errorf("got:\n%s\nwant:\n%s", err, want)
	}
	for key, value := range map[string]string{"before": `[""]`, "verifyCommand": `["","x"]`, "timeZone": "Europe/Berlin"} {
		if _, err := Parse(map[string]string{"kind": "environment", key: value}); !errors.As(err, &problems) || problems.Problems[0].Key != key {
			t.Errorf("%s = %s: %v", key, value, err)
		}
	}
}

// What the clock of the time zone shows counts, also on the days on which it changes.
func TestWindows(t *testing.T) {
	c, err := Parse(map[string]string{"kind": "environment", "timeZone": "Europe/Berlin", "windows": `["Mon-Thu 09:00-16:00","Fri-Mon 23:30-24:00"]`})
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	weekdays, nights := c.Gates.Windows[0], c.Gates.Windows[1]
	for _, test := range []struct {
		window Window
		at     string
		open   bool
		next   string
	}{
		{weekdays, "2026-11-26T08:00:00Z", true, "2026-11-30T08:00:00Z"},  // Thursday, 9 o'clock
		{weekdays, "2026-11-26T07:59:59Z", false, "2026-11-26T08:00:00Z"}, // a second before
		{weekdays, "2026-11-26T15:00:00Z", false, "2026-11-30T08:00:00Z"}, // 16 o'clock is after it
		{weekdays, "2026-11-27T09:00:00Z", false, "2026-11-30T08:00:00Z"}, // Friday
		{weekdays, "2026-03-29T10:00:00Z", false, "2026-03-30T07:00:00Z"}, // the Sunday that has 23 hours
		{nights, "2026-11-30T22:45:00Z", true, "2026-12-04T22:30:00Z"},    // Monday, until midnight
		{nights, "2026-11-30T23:00:00Z", false, "2026-12-04T22:30:00Z"},   // Tuesday
	} {
		if open := test.window.Open(at(test.at)); open != test.open {
			t.Errorf("%s at %s: open %v", test.window.Text, test.at, open)
		}
		if next := test.window.Next(at(test.at)); !next.Equal(at(test.next)) {
			t.Errorf("%s after %s: %s, want %s", test.window.Text, test.at, next, test.next)
		}
	}
}
