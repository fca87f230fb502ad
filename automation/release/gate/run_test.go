package gate

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/cloud"
	"slipway/automation/ui"
	"slipway/infra/config"
)

func TestSmoke(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow":
			<-r.Context().Done()
		case "/gone":
			http.Redirect(w, r, "/", http.StatusFound)
		default:
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = fmt.Fprint(w, `{"database":{"ready":true},"queues":[{"length":0}],"name":"shop"}`)
		}
	}))
	defer app.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	release := asked
	release.AppURL = app.URL + "/"
	for name, c := range map[string]struct {
		test config.SmokeTest
		want string
	}{
		"all of it":    {config.SmokeTest{Path: "/", Status: "200", Headers: map[string]string{"content-type": "json"}, Text: "shop", JSON: map[string]string{"database.ready": "true", "queues.0.length": "0", "name": "shop"}}, ""},
		"status":       {config.SmokeTest{Path: "/gone", Status: "200-299"}, "GET /gone: status 302, not 200-299"},
		"a redirect":   {config.SmokeTest{Path: "/gone", Status: "302", Headers: map[string]string{"Location": "/"}}, ""},
		"header":       {config.SmokeTest{Path: "/", Status: "200", Headers: map[string]string{"Content-Type": "html"}}, `header Content-Type is "application/json; charset=utf-8", which does not contain "html"`},
		"text":         {config.SmokeTest{Path: "/", Status: "200", Text: "Sign in"}, `the body does not contain "Sign in": "{\"database\"`},
		"field":        {config.SmokeTest{Path: "/", Status: "200", JSON: map[string]string{"database.ready": "false"}}, `field database.ready is "true", not "false"`},
		"no field":     {config.SmokeTest{Path: "/", Status: "200", JSON: map[string]string{"queues.1.length": "0"}}, "no field queues.1.length"},
		"no JSON":      {config.SmokeTest{Path: "/gone", Status: "302", JSON: map[string]string{"a": "1"}}, "the body is no JSON"},
		"no answer":    {config.SmokeTest{Path: "/slow", Status: "200", TimeLimit: 50 * time.Millisecond}, "no whole answer within 50ms"},
		"a path below": {config.SmokeTest{Path: "/name?x=1", Status: "200", Text: "ready"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if c.test.TimeLimit == 0 {
				c.test.TimeLimit = 10 * time.Second
			}
			v, err := Smoke([]config.SmokeTest{c.test}, client)(t.Context(), release)
			wants(t, v, err, c.want != "", c.want)
		})
	}
}

// command runs a line of shell as a program of the user's.
func command(t *testing.T, limit time.Duration, line string) (Verdict, []string, error) {
	t.Helper()
	var printed []string
	c := Command{Line: []string{"/bin/sh", "-c", line}, Dir: t.TempDir(), Limit: limit, Print: func(line string) { printed = append(printed, line) }}
	release := asked
	release.AppURL = "http://app.example"
	v, err := c.Ask(t.Context(), release)
	return v, printed, err
}

func TestCommand(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "hidden")
	v, printed, err := command(t, time.Minute, `env | grep -v ^PATH= | sort; echo to stderr >&2`)
	wants(t, v, err, false, "/bin/sh ended with 0")
	text := strings.Join(printed, "\n")
	for _, want := range []string{"SLIPWAY_COMMIT=abc1234", "SLIPWAY_DIGEST=sha256:aa", "SLIPWAY_ENVIRONMENT=prod", "SLIPWAY_IMAGE=r/shop@sha256:aa", "SLIPWAY_URL=http://app.example", "to stderr"} {
		if !slices.Contains(printed, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "hidden") {
		t.Errorf("it got a secret of the deployer's:\n%s", text)
	}
	v, _, err = command(t, time.Minute, `for i in $(seq 30); do echo line $i; done; exit 3`)
	wants(t, v, err, true, "/bin/sh ended with exit status 3", "line 30", "line 11")
	if strings.Contains(err.Error(), "line 10\n") {
		t.Errorf("more than the last lines: %v", err)
	}
	v, err = Command{Line: []string{"./nothing"}, Dir: t.TempDir(), Limit: time.Minute, Print: func(string) {}}.Ask(t.Context(), asked)
	wants(t, v, err, true, "./nothing cannot be run", "slipway:verifyCommand")
}

// What the program started is gone with it: at its limit, and at its end.
func TestCommandLeavesNothingBehind(t *testing.T) {
	left := func(line string, limit time.Duration, refused bool) {
		file := filepath.Join(t.TempDir(), "pid")
		v, _, err := command(t, limit, "sleep 300 & echo $! >"+file+"; "+line)
		wants(t, v, err, refused)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		if !gone(pid) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			t.Errorf("%s left process %d", line, pid)
		}
	}
	left("wait", 300*time.Millisecond, true)
	left("exit 0", time.Minute, false)
}

// gone says whether a process has ended, within a second: it is its parent's to collect.
func gone(pid int) bool {
	for until := time.Now().Add(time.Second); time.Now().Before(until); {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return true
		}
	}
	return false
}

func TestCommandIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := Command{Line: []string{"/bin/sh", "-c", "echo begun; sleep 300"}, Dir: t.TempDir(), Limit: time.Minute, Print: func(string) { cancel() }}
	if _, err := c.Ask(ctx, asked); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// tasks is ECS with one task, which ends with a code.
type tasks struct {
	derived cloud.Derived
	ran     cloud.Single
	code    *int
	reason  string
	refused error
}

func (a *tasks) Derive(_ context.Context, like cloud.Derived) (cloud.Definition, error) {
	a.derived = like
	return cloud.Definition{ARN: "shop-prod-before:1", Containers: []cloud.Template{{Name: "app", LogGroup: "logs", LogPrefix: "app"}}}, nil
}

func (a *tasks) Run(_ context.Context, s cloud.Single) (cloud.Task, error) {
	a.ran = s
	return cloud.Task{ARN: "arn:task/prod/1111", Status: "PROVISIONING"}, a.refused
}

func (a *tasks) Task(context.Context, string, string) (cloud.Task, error) {
	return cloud.Task{ARN: "arn:task/prod/1111", Status: "STOPPED", StopCode: "EssentialContainerExited", StoppedReason: a.reason,
		Containers: []cloud.Container{{Name: "app", ExitCode: a.code}}}, nil
}

func (a *tasks) StopTask(context.Context, string, string, string) error { return nil }

func (a *tasks) Next(_ context.Context, _, _, token string) ([]string, string, error) {
	if token == "end" {
		return nil, token, nil
	}
	return []string{"migrating", "no table orders"}, "end", nil
}

func TestBefore(t *testing.T) {
	zero, one := 0, 1
	for name, c := range map[string]struct {
		ecs     tasks
		refused bool
		words   []string
	}{
		"works":         {tasks{code: &zero}, false, []string{"bin/migrate up ended with 0 in task 1111"}},
		"fails":         {tasks{code: &one}, true, []string{"bin/migrate up (slipway:before) ended with exit code 1; the service was not updated", "no table orders", "slipway logs prod --task 1111"}},
		"never starts":  {tasks{reason: "CannotPullContainerError"}, true, []string{"did not start: CannotPullContainerError"}},
		"has no place":  {tasks{refused: &cloud.NotPlaced{Reasons: []string{"no host has as much memory left"}}}, true, []string{"ECS cannot place", "no host has"}},
		"has no rights": {tasks{refused: errors.New("AccessDenied")}, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			before := Before{From: &c.ecs, Cluster: "prod", Service: "app", Container: "app", Command: []string{"bin/migrate", "up"}, Limit: time.Minute,
				Sink: ui.Discard, Clock: &hasty{clockwork.NewFakeClock()}}
			v, err := before.Ask(t.Context(), asked)
			if name == "has no rights" {
				if err == nil || errors.As(err, new(*Refused)) {
					t.Errorf("got %v", err)
				}
			} else {
				wants(t, v, err, c.refused, c.words...)
			}
			if c.ecs.ran.TaskDefinition != "shop-prod-before:1" ||
				c.ecs.derived.Image != asked.Image || c.ecs.derived.Variables["SLIPWAY_DIGEST"] != asked.Digest {
				t.Errorf("ECS was asked for %+v", c.ecs)
			}
		})
	}
}
