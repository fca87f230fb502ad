package config

import (
	"errors"
	"strings"
	"testing"
)

// Each problem within an object names its key, its value and what is allowed.
func TestProblemsWithinObjects(t *testing.T) {
	_, err := Parse(map[string]string{
		"kind": "environment", "variables": `{"PORT":3000,"SLIPWAY_X":"y"}`, "healthCheck": `{"intervall":5,"timeout":1}`,
		"build": `{"arguments":{"A-B":"c"},"platforms":["linux/arm64"],"secret":[]}`, "command": `["serve",8080]`, "secrets": `A=b`,
	})
	var problems *Error
	if !errors.As(err, &problems) {
		t.Fatalf("got %v", err)
	}
	want := `reading the configuration: 9 problem(s)
  slipway:build.platforms = "[\"linux/arm64\"]": unknown key: an image is built for one platform, that of slipway:architecture (x86_64 or arm64)
  slipway:build.secret = "[]": unknown key; the nearest is slipway:build.secrets
  slipway:build.arguments.A-B = "c": a name of letters, digits and underscores
  slipway:variables.PORT = "3000": text: a number, true, false or a date in quotes
  slipway:variables.SLIPWAY_X = "y": another name: those that begin with SLIPWAY_ are set for every task
  slipway:secrets = "A=b": a mapping from names to parameters of SSM or ARNs of Secrets Manager
  slipway:command.2 = "8080": text: a number, true, false or a date in quotes
  slipway:healthCheck.intervall = "5": unknown key; the nearest is slipway:healthCheck.interval
  slipway:healthCheck.timeout = "1": seconds from 2 to 120, fewer than the interval`
	if err.Error() != want {
		t.Errorf("got:\n%s\nwant:\n%s", err, want)
	}
}

func TestLongValuesAreCut(t *testing.T) {
	_, err := Parse(map[string]string{"kind": "environment", "variables": `{"A":["` + strings.Repeat("é", 5000) + `"]}`})
	if err == nil || len(err.Error()) > 400 || !strings.Contains(err.Error(), "…") {
		t.Errorf("got %v", err)
	}
}

// Both keys of the health check's path are one value.
func TestHealthPathHasTwoKeys(t *testing.T) {
	for name, c := range map[string]struct {
		raw  map[string]string
		want string
	}{
		"neither": {map[string]string{}, "/healthz"},
		"the old": {map[string]string{"healthPath": "/up"}, "/up"},
		"the new": {map[string]string{"healthCheck": `{"path":"/up"}`}, "/up"},
		"both":    {map[string]string{"healthPath": "/up", "healthCheck": `{"path":"/up"}`}, "/up"},
	} {
		c.raw["kind"] = KindEnvironment
		if got, err := Parse(c.raw); err != nil || got.HealthPath != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestHealthyStatus(t *testing.T) {
	h := HealthCheck{Matcher: "200,301-302"}
	for status, want := range map[int]bool{200: true, 201: false, 300: false, 301: true, 302: true, 303: false} {
		if h.Healthy(status) != want {
			t.Errorf("%d: %v", status, !want)
		}
	}
}

func TestParseSecret(t *testing.T) {
	const arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:app/db-AbCdEf"
	for text, want := range map[string]Secret{
		"/app/x":              {Parameter: "/app/x"},
		"x":                   {Parameter: "x"},
		arn:                   {Arn: arn},
		arn + ":password::":   {Arn: arn, Part: ":password::"},
		arn + "::AWSPENDING:": {Arn: arn, Part: "::AWSPENDING:"},
		"arn:aws:ssm:us-east-1:000000000000:parameter/x": {Arn: "arn:aws:ssm:us-east-1:000000000000:parameter/x"},
	} {
		if got, ok := ParseSecret(text); !ok || got != want {
			t.Errorf("%s: %+v, %v", text, got, ok)
		}
	}
}
