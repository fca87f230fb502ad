package diagnose

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"slipway/automation/cloud"
)

// Each container of the task definition has its own end of the log, and a line for what is left out.
func TestLogsOfEachContainer(t *testing.T) {
	write := func(n int) (lines []string) {
		for i := range n {
			lines = append(lines, fmt.Sprintf("line %d", i+1))
		}
		return lines
	}
	r := recording{Logs: map[string][]string{"app/app/2": write(53), "side/proxy/1": write(2), "many/many/2": write(5000)}}
	definition := cloud.Definition{Containers: []cloud.Template{
		{Name: "app", LogPrefix: "app"}, {Name: "proxy", LogPrefix: "side"}, {Name: "many", LogPrefix: "many"}, {Name: "silent", LogPrefix: "silent"},
	}}
	report := &Report{}
	tasks := []cloud.Task{{ARN: "arn:aws:ecs:us-east-1:0:task/dev/2"}, {ARN: "arn:aws:ecs:us-east-1:0:task/dev/1"}}
	if notes := report.readLogs(t.Context(), r, definition, "/slipway/dev", tasks); len(notes) > 0 || len(report.Logs) != 3 {
		t.Fatalf("notes %q, logs %+v", notes, report.Logs)
	}
	for i, want := range [][]string{
		{"log app/app/2:", "  3 earlier lines omitted", "  line 4"},
		{"log side/proxy/1:", "  line 1", "  line 2"},
		{"log many/many/2:", "  more than 950 earlier lines omitted", "  line 4951"},
	} {
		if got := report.Logs[i].lines(); !slices.Equal(got[:3], want) {
			t.Errorf("got %q, want %q", got[:3], want)
		}
	}
}

func TestPlatformAndPort(t *testing.T) {
	r := &Report{}
	definition := cloud.Definition{Architecture: "ARM64", Containers: []cloud.Template{{Name: "side"}, {Name: "app", Port: 8080}}}
	r.compare(definition, []cloud.Task{{Architecture: ""}, {Architecture: "x86_64"}})
	if r.Port != 8080 || r.Platform != "the task definition is for ARM64, its tasks run on x86_64" {
		t.Errorf("port %d, platform %q", r.Port, r.Platform)
	}
}

func TestLinks(t *testing.T) {
	all := links("arn:aws:ecs:eu-west-1:123456789012:task-definition/slipway-dev:8", "arn:aws:ecs:eu-west-1:123456789012:cluster/dev", "app", "/slipway/dev")
	want := "https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/dev/services/app/events?region=eu-west-1\n" +
		"https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Fslipway$252Fdev"
	if got := strings.Join(all, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if all := links("slipway-dev:8", "dev", "app", ""); all != nil {
		t.Errorf("without an ARN: %q", all)
	}
}
