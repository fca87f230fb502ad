package diagnose

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"slipway/automation/cloud"
)

// Whatever ECS, the load balancer and an app say, a diagnosis comes to a conclusion with a next step, shows no key of AWS,
// and reads back from the ledger as it was written.
func FuzzDiagnosis(f *testing.F) {
	for _, seed := range []struct{ reason, target, event, log string }{
		{"Essential container in task exited", "", "", "PHP Fatal error: \x1b[2J"},
		{"CannotPullContainerError: 403 Forbidden", "", "", "\xff\xfe"},
		{"", "Health checks failed with these codes: [404, 500]", "", "listening on [::1]:99999999999999999999"},
		{"Task failed ELB health checks", "Request timed out", "", "Running on http://localhost:5000"},
		{"", "", "service app was unable to place a task", "AWS_SECRET_ACCESS_KEY=abc AKIAIOSFODNN7EXAMPLE"},
		{"invalid ssm parameters: ", "", "", "started ((((((:(((((:"},
	} {
		f.Add(seed.reason, seed.target, seed.event, seed.log, 137)
	}
	f.Fuzz(func(t *testing.T, reason, target, event, log string, code int) {
		r := recording{
			SaidService: cloud.Service{Events: []cloud.Event{{Message: event}}},
			Stopped: []cloud.Task{{
				ARN: "arn:aws:ecs:us-east-1:0:task/dev/1", TaskDefinition: request.TaskDefinition, StopCode: "EssentialContainerExited", StoppedReason: reason,
				Containers: []cloud.Container{{Name: "app", ExitCode: &code, Reason: target}},
			}},
			SaidTargets: []cloud.Target{{ID: "i-1", State: "unhealthy", Description: target}},
			Logs:        map[string][]string{"app/app/1": strings.Split(strings.ToValidUTF8(log+" AKIAIOSFODNN7EXAMPLE", "?"), "\n")},
		}
		report := Collect(t.Context(), r, request)
		if report.Cause == "" || report.Next == "" || report.Clear != (report.Rule != "") || report.Clear && len(report.Because) == 0 {
			t.Errorf("%+v", report.Finding)
		}
		if strings.Contains(report.String(), " AKIAIOSFODNN7EXAMPLE") {
			t.Errorf("shows a key:\n%s", report)
		}
		text, err := json.Marshal(report)
		var again Report
		if err == nil {
			err = json.Unmarshal(text, &again)
		}
		if err != nil || !reflect.DeepEqual(again.Logs, report.Logs) {
			t.Errorf("read back: %v\n%+v\n%+v", err, again.Logs, report.Logs)
		}
	})
}
