package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"slipway/automation/cloud"
	"slipway/automation/diagnose"
	"slipway/automation/release/ledger"
)

func TestKeptDiagnosis(t *testing.T) {
	report := diagnose.Report{Environment: "dev", Service: "app", Logs: []diagnose.Log{{Stream: "app/app/1", Lines: []string{"\x1b[2Jgone"}}}}
	report.Finding = diagnose.Finding{Rule: "crash loop", Cause: "the container exits", Next: "mend it", Because: []string{"exit code 1"}}
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	found, ok, err := kept(ledger.Entry{Number: 7, Environment: "dev", Outcome: ledger.RolledBack, Report: text})
	if err != nil || !ok || found.Report.Rule != "crash loop" {
		t.Fatalf("%+v, %v, %v", found, ok, err)
	}
	var out strings.Builder
	printDiagnosis(&out, found)
	for _, words := range []string{"release 7, rolled back:\n", "cause  the container exits", "shown by  exit code 1", "next   mend it", `\x1b[2Jgone`} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("printed\n%s\nwithout %q", out.String(), words)
		}
	}
	if _, ok, err := kept(ledger.Entry{Number: 8}); ok || err != nil {
		t.Errorf("an entry without a report: %v, %v", ok, err)
	}
	if _, _, err := kept(ledger.Entry{Number: 9, Environment: "dev", Report: []byte(`["no report"]`)}); err == nil || !strings.Contains(err.Error(), "release 9 of dev") {
		t.Errorf("what is no report: %v", err)
	}
}

func TestWellNow(t *testing.T) {
	service := func(state string, running, desired int) cloud.Service {
		return cloud.Service{Running: running, Desired: desired, Deployments: []cloud.Deployment{{ID: "1", Status: "PRIMARY", RolloutState: state}}}
	}
	healthy, unhealthy := cloud.Target{State: "healthy"}, cloud.Target{State: "unhealthy"}
	for _, test := range []struct {
		name    string
		service cloud.Service
		targets []cloud.Target
		want    bool
	}{
		{"well", service("COMPLETED", 1, 1), []cloud.Target{healthy}, true},
		{"in a rollout", service("IN_PROGRESS", 1, 1), []cloud.Target{healthy}, false},
		{"a task is missing", service("COMPLETED", 1, 2), []cloud.Target{healthy, healthy}, false},
		{"unhealthy", service("COMPLETED", 1, 1), []cloud.Target{unhealthy}, false},
		{"an old target beside a healthy one", service("COMPLETED", 1, 1), []cloud.Target{unhealthy, healthy}, true},
		{"no deployment", cloud.Service{}, nil, false},
	} {
		if got := wellNow(test.service, test.targets); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
