package diagnose

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/automation/cloud"
)

var rewrite = flag.Bool("update", false, "write the golden files anew")

// recording is what AWS showed of one rollout; Broken names the calls that do not answer.
type recording struct {
	SaidService cloud.Service       `json:"service"`
	Running     []cloud.Task        `json:"running"`
	Stopped     []cloud.Task        `json:"stopped"`
	SaidTargets []cloud.Target      `json:"targets"`
	Logs        map[string][]string `json:"logs"`
	Broken      []string            `json:"broken"`
}

func (r recording) broken(call string) error {
	for _, b := range r.Broken {
		if b == call {
			return errors.New("AccessDeniedException: not allowed to call " + call + " with token=abcdefgh")
		}
	}
	return nil
}

func (r recording) Service(context.Context, string, string) (cloud.Service, error) {
	return r.SaidService, r.broken("DescribeServices")
}

func (r recording) Tasks(_ context.Context, _, _ string, stopped bool) ([]cloud.Task, error) {
	if stopped {
		return r.Stopped, r.broken("DescribeTasks")
	}
	return r.Running, r.broken("DescribeTasks")
}

func (r recording) Targets(context.Context, string) ([]cloud.Target, error) {
	return r.SaidTargets, r.broken("DescribeTargetHealth")
}

func (r recording) Definition(_ context.Context, arn string) (cloud.Definition, error) {
	return cloud.Definition{ARN: arn, Containers: []cloud.Template{{Name: "app", LogPrefix: "app"}}}, r.broken("DescribeTaskDefinition")
}

func (r recording) LastLines(_ context.Context, _, stream string, n int) ([]string, error) {
	lines := r.Logs[stream]
	return lines[max(0, len(lines)-n):], r.broken("GetLogEvents")
}

var request = Request{
	Environment: "dev", Cluster: "dev", Service: "app", TaskDefinition: "slipway-dev:8", Deployment: "ecs-svc/8",
	LogGroup: "/slipway/dev", TargetGroup: "tg",
}

// TestCollect replays each testdata/*.json and compares the text and the JSON that
// come of it with the golden files beside it.
func TestCollect(t *testing.T) {
	recordings, err := filepath.Glob("testdata/*.json")
	if err != nil || len(recordings) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, path := range recordings {
		if strings.HasSuffix(path, ".golden.json") {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			report := Collect(context.Background(), read(t, path), request)
			golden(t, strings.TrimSuffix(path, ".json")+".golden", []byte(report.String()))
			if path == "testdata/crash.json" {
				text, err := json.MarshalIndent(report, "", "  ")
				if err != nil {
					t.Fatal(err)
				}
				golden(t, "testdata/crash.golden.json", append(text, '\n'))
			}
		})
	}
}

func read(t *testing.T, path string) recording {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return r
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *rewrite {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs; got\n%s\nwant\n%s", path, got, want)
	}
}

func TestRules(t *testing.T) {
	code := func(n int) *int { return &n }
	exited := func(n int, reason string) Report {
		return Report{Stopped: []Stopped{{StopCode: "EssentialContainerExited", ExitCode: code(n), ContainerReason: reason}}}
	}
	cannot := func(reason string) Report {
		return Report{Stopped: []Stopped{{StopCode: "TaskFailedToStart", Reason: reason}}}
	}
	logged := func(r Report, lines ...string) Report {
		r.Logs = []Log{{Container: "app", Stream: "app/app/1", Lines: lines}}
		return r
	}
	on := func(port int, r Report) Report { r.Port = port; return r }
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	unhealthy := func(grace float64, lived time.Duration) Report {
		code := 143
		return Report{Grace: grace, Port: 8080, Stopped: []Stopped{{
			Task: "1", Started: began, At: began.Add(lived), StopCode: "ServiceSchedulerInitiated", ExitCode: &code,
			Reason: "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-east-1:0:targetgroup/dev/1)",
		}}}
	}
	stopped := func(code int, stopCode, reason string) Report {
		return Report{Stopped: []Stopped{{Task: "1", StopCode: stopCode, Reason: reason, ExitCode: &code}}}
	}
	event := func(text string) Report { return Report{Events: []cloud.Event{{Message: text}}} }
	target := func(reason, description string) Report {
		return Report{Targets: []cloud.Target{{ID: "i-1", Port: 32768, State: "unhealthy", Reason: reason, Description: description}}}
	}
	tests := []struct {
		name   string
		report Report
		rule   string
		want   string
	}{
		{"exit 1", exited(1, ""), "crash loop", "exits soon after its start with code 1"},
		{"exit 0", exited(0, ""), "crash loop", "it ended by itself"},
		{"command not found", exited(127, ""), "crash loop", "its command was not found"},
		{"out of memory", exited(137, "OutOfMemoryError: Container killed due to memory usage"), "out of memory", "used more memory than it may"},
		{"killed", exited(137, ""), "killed", "does not say that it was for memory"},
		{"wrong architecture", logged(exited(255, ""), "exec /usr/local/bin/start: exec format error"), "architecture", "another CPU architecture"},
		{"port taken", logged(exited(1, ""), "(98)Address already in use: AH00072"), "port in use", "its port is taken"},
		{"no such image", cannot("CannotPullContainerError: pull image manifest has been retried 1 time(s): r@sha256:aa: not found"), "image missing", "not in the registry"},
		{"denied", cannot("CannotPullContainerError: 403 Forbidden"), "pull denied", "may not pull"},
		{"unreachable registry", cannot("CannotPullContainerError: dial tcp 10.0.0.1:443: i/o timeout"), "no route", "cannot reach the registry"},
		{"other pull", cannot("CannotPullContainerError: toomanyrequests"), "pull", "cannot pull the image"},
		{"secret missing on ec2", cannot("Fetching secret data from SSM Parameter Store in us-east-1: invalid parameters: /app/token"), "secret missing", "does not exist"},
		{"secret missing on fargate", cannot("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: " +
			"service call has been retried 1 time(s): invalid ssm parameters: /app/token"), "secret missing", "does not exist"},
		{"secret denied", cannot("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: " +
			"service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/x/y is not authorized to perform: ssm:GetParameters"), "secret denied", "may not read"},
		{"initialization", cannot("ResourceInitializationError: unable to pull secrets or registry auth"), "initialization", "could not prepare the task"},
		{"missing command", cannot("CannotStartContainerError: Error response from daemon: exec: \"start\": executable file not found in $PATH"), "cannot start", "cannot be started"},
		{"code 500", target("Target.ResponseCodeMismatch", "Health checks failed with these codes: [500]"), "health check", "answered with 500"},
		{"timeout", target("Target.Timeout", "Request timed out"), "health timeout", "does not answer the health check in time"},
		{"refused", target("Target.FailedHealthChecks", "Health checks failed: connection refused"), "not listening", "nothing listens"},
		{"failed checks", target("Target.FailedHealthChecks", "Health checks failed"), "health check failed", "does not pass"},
		{"the app's own connection", logged(target("Target.Timeout", "Request timed out"), "mysql: connection refused"), "health timeout", "in time"},
		{"container health", Report{Stopped: []Stopped{{StopCode: "ServiceSchedulerInitiated", Reason: "Task failed container health checks"}}}, "container health check", "container's own health check"},
		{"no room", Report{Events: []cloud.Event{{Message: "service app was unable to place a task because no container instance met all of its requirements."}}}, "no capacity", "no host has room"},
		{"no host", event("service app was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster."), "no host", "no host"},
		{"no Fargate capacity", cannot("Capacity is unavailable at this time. Please try again later or in a different availability zone"), "no capacity", "no host has room"},
		{"disk full when pulling", cannot("CannotPullContainerError: failed to register layer: write /app/x: no space left on device"), "disk full", "the disk is full"},
		{"disk full in the app", logged(exited(1, ""), "write /tmp/x: no space left on device"), "disk full", "the disk is full"},
		{"execution role", cannot("ECS was unable to assume the role 'arn:aws:iam::0:role/x' that was provided for this task."), "role missing", "may not use a role"},
		{"service role", event("service app failed to assume role arn:aws:iam::0:role/x"), "role missing", "may not use a role"},
		{"no route on fargate", cannot("ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr registry auth: RequestError: send request failed caused by: dial tcp 1.2.3.4:443: i/o timeout"), "no route", "no route"},
		{"ignores SIGTERM", stopped(137, "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/8)"), "ignores SIGTERM", "does not end on SIGTERM"},
		{"ends on SIGTERM", stopped(143, "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/8)"), "", "not clear"},
		{"unhealthy and killed", logged(on(8080, stopped(137, "ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group x)")), "listening on 127.0.0.1:8080"), "listens elsewhere", "127.0.0.1:8080"},
		{"localhost", logged(on(8080, target("Target.FailedHealthChecks", "Health checks failed")), "app: listening on 127.0.0.1:8080"), "listens elsewhere", "127.0.0.1:8080, which nothing outside"},
		{"localhost by name", logged(on(5000, target("Target.Timeout", "Request timed out")), " * Running on http://localhost:5000"), "listens elsewhere", "localhost:5000"},
		{"another port", logged(on(8080, target("Target.FailedHealthChecks", "Health checks failed")), "Server listening at http://0.0.0.0:3000"), "listens elsewhere", "port 3000, and the load balancer asks port 8080"},
		{"another port, in words", logged(on(8080, target("Target.Timeout", "Request timed out")), "Example app listening on port 3000"), "listens elsewhere", "port 3000"},
		{"php", logged(on(8080, target("Target.Timeout", "Request timed out")), "[Fri] PHP 8.4.1 Development Server (http://127.0.0.1:8080) started"), "listens elsewhere", "127.0.0.1:8080"},
		{"the right port, and a database elsewhere", logged(on(8080, target("Target.Timeout", "Request timed out")), "connected to localhost:5432", "listening on :8080"), "health timeout", "in time"},
		{"the right port beside a local one", logged(on(8080, target("Target.Timeout", "Request timed out")), "metrics listening on 127.0.0.1:9090", "listening on 0.0.0.0:8080"), "health timeout", "in time"},
		{"no path", target("Target.ResponseCodeMismatch", "Health checks failed with these codes: [404]"), "health check", "has no such path"},
		{"redirect", target("Target.ResponseCodeMismatch", "Health checks failed with these codes: [301]"), "health check", "redirects"},
		{"Host refused by Django", logged(target("Target.ResponseCodeMismatch", "Health checks failed with these codes: [400]"), "Invalid HTTP_HOST header: '10.0.1.7:8080'. You may need to add '10.0.1.7' to ALLOWED_HOSTS."), "health check", "refuses the Host"},
		{"Host refused by Rails", logged(target("Target.ResponseCodeMismatch", "Health checks failed with these codes: [403]"), "[ActionDispatch::HostAuthorization::DefaultResponseApp] Blocked hosts: 10.0.1.7"), "health check", "refuses the Host"},
		{"starts slowly", logged(unhealthy(30, 41*time.Second), "warming up", "loading 3 of 9"), "slow start", "longer than the grace period"},
		{"unhealthy after it listened", logged(unhealthy(30, 41*time.Second), "listening on :8080"), "health check failed", "does not pass"},
		{"nothing known", Report{}, "", "not clear"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.report.conclude()
			if !strings.Contains(tt.report.Cause, tt.want) {
				t.Errorf("cause %q, want %q", tt.report.Cause, tt.want)
			}
			if tt.report.Rule != tt.rule {
				t.Errorf("rule %q, want %q", tt.report.Rule, tt.rule)
			}
			if tt.report.Clear != (len(tt.report.Because) > 0 && tt.report.Because[0] != "") {
				t.Errorf("shown by %q", tt.report.Because)
			}
			if tt.report.Next == "" {
				t.Error("no next step")
			}
			if tt.report.Clear != (tt.rule != "") {
				t.Errorf("clear is %v", tt.report.Clear)
			}
		})
	}
}

func TestRedact(t *testing.T) {
	tests := []struct{ line, want string }{
		{"key AKIAIOSFODNN7EXAMPLE used", "key [hidden] used"},
		{"AWS_SECRET_ACCESS_KEY=abc/def+ghi next", "AWS_SECRET_ACCESS_KEY=[hidden] next"},
		{`{"dbPassword": "p w", "user": "ann"}`, `{"dbPassword": [hidden], "user": "ann"}`},
		{"export API_TOKEN='a b'", "export API_TOKEN=[hidden]"},
		{"Authorization: Bearer abcdef123456", "Authorization: Bearer [hidden]"},
		{"mysql://ann:secret1@db:3306/x", "mysql://ann:[hidden]@db:3306/x"},
		{"jwt eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.abc_def", "jwt [hidden]"},
		{"using ghp_0123456789abcdef", "using [hidden]"},
		{"PHP Fatal error: Uncaught Error in /app/index.php:12", "PHP Fatal error: Uncaught Error in /app/index.php:12"},
		{"commit abababababababababababababababababababab", "commit abababababababababababababababababababab"},
	}
	for _, tt := range tests {
		if got := Redact(tt.line); got != tt.want {
			t.Errorf("Redact(%q) = %q, want %q", tt.line, got, tt.want)
		}
	}
}
