package cloud

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"slipway/automation/fault"
)

// endpoint answers as AWS did: one recorded answer for each action, found in the
// way its protocol names actions. Answers in replace stand before recorded ones.
type endpoint struct {
	replace map[string]answer
	calls   atomic.Int32
	mu      sync.Mutex
	asked   map[string][]byte // the last request of each action in JSON
}

type answer struct {
	status int
	body   string
}

var services = map[string]string{
	"AmazonEC2ContainerServiceV20141113": "ecs", "AmazonEC2ContainerRegistry_V20150921": "ecr", "Logs_20140328": "logs",
	"CodeCommit_20150413": "codecommit", "ServiceQuotasV20190624": "quotas", "AmazonSSM": "ssm",
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.calls.Add(1)
	name, form := "", "json"
	if service, action, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		name = services[service] + "." + action
		body, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		e.asked[name] = body
		e.mu.Unlock()
	} else {
		_ = r.ParseForm()
		service := "elb"
		for _, other := range []string{"sts", "ec2"} {
			if strings.Contains(r.Header.Get("Authorization"), "/"+other+"/") {
				service = other
			}
		}
		name, form = service+"."+r.Form.Get("Action"), "xml"
	}
	w.Header().Set("Content-Type", map[string]string{"json": "application/x-amz-json-1.1", "xml": "text/xml"}[form])
	if a, ok := e.replace[name]; ok {
		w.WriteHeader(a.status)
		_, _ = w.Write([]byte(a.body))
		return
	}
	body, err := os.ReadFile(filepath.Join("testdata", name+"."+form))
	if err != nil {
		http.Error(w, "no answer to "+name, http.StatusNotImplemented)
		return
	}
	_, _ = w.Write(body)
}

func open(t *testing.T, replace map[string]answer) (*Cloud, *endpoint) {
	t.Helper()
	e := &endpoint{replace: replace, asked: map[string][]byte{}}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	isolate(t)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_REGION", "us-east-1")
	c, err := connect(context.Background(), Place{}, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	return c, e
}

// isolate keeps the configuration of the machine out of the test.
func isolate(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	for key, value := range map[string]string{
		"AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_PROFILE": "", "AWS_REGION": "", "AWS_DEFAULT_REGION": "",
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(key, value)
	}
}

func at(seconds float64) time.Time { return time.UnixMilli(int64(seconds * 1000)).UTC() }

func TestAnswers(t *testing.T) {
	c, _ := open(t, nil)
	ctx := context.Background()
	zero := 0
	task := Task{
		ARN: "arn:aws:ecs:us-east-1:000000000000:task/dev/1111", StartedBy: "ecs-svc/8", Status: "STOPPED", Desired: "STOPPED",
		TaskDefinition: "arn:aws:ecs:us-east-1:000000000000:task-definition/slipway-dev:8",
		StopCode:       "EssentialContainerExited", StoppedReason: "Essential container in task exited",
		Created: at(1763899201), Started: at(1763899202), Stopped: at(1763899203), Health: "UNHEALTHY", Architecture: "x86_64",
		Containers: []Container{{Name: "app", Image: "r/slipway@sha256:aa", Digest: "sha256:aa", ExitCode: &zero, Health: "UNHEALTHY",
			Addresses: []string{"10.0.1.5"}, HostPorts: []int{32768}}},
	}
	onHost := task
	onHost.Host = "i-0abc"
	tests := []struct {
		name string
		ask  func() (any, error)
		want any
	}{
		{"identity", func() (any, error) { return c.Identity(ctx) }, Identity{"000000000000", "arn:aws:iam::000000000000:user/ann", "us-east-1"}},
		{"image", func() (any, error) { i, _, err := c.Image(ctx, "slipway", "abc"); return i, err },
			Image{Digest: "sha256:aa", Tags: []string{"abc"}, Pushed: at(1763899200), Bytes: 190000000}},
		{"stopped tasks", func() (any, error) { return c.Tasks(ctx, "dev", "app", true) }, []Task{task}},
		{"running tasks", func() (any, error) { return c.Tasks(ctx, "dev", "app", false) }, []Task{onHost}},
		{"definition", func() (any, error) { return c.Definition(ctx, "slipway-dev:8") },
			Definition{ARN: "slipway-dev:8", Architecture: "ARM64", Containers: []Template{{Name: "app", Image: "r/slipway@sha256:aa", Port: 8080, LogGroup: "/slipway/dev", LogPrefix: "app", Memory: 256, Stop: 20 * time.Second}}}},
		{"targets", func() (any, error) { return c.Targets(ctx, "tg") }, []Target{
			{ID: "i-0abc", Port: 32768, State: "unhealthy", Reason: "Target.ResponseCodeMismatch", Description: "Health checks failed with these codes: [500]"},
			{ID: "i-0abc", Port: 32769, State: "healthy"}}},
		{"commit", func() (any, error) {
			author, subject, when, err := c.Commit(ctx, "slipway", "0101010101010101010101010101010101010101")
			return []any{author, subject, when}, err
		}, []any{"Ann <a@example>", "change color to pink", at(1763899260)}},
		{"log", func() (any, error) { return c.LastLines(ctx, "/slipway/dev", "app/app/1111", 20) }, []string{"starting", "Fatal error: no"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.ask()
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestService(t *testing.T) {
	c, _ := open(t, nil)
	s, err := c.Service(context.Background(), "dev", "app")
	if err != nil {
		t.Fatal(err)
	}
	if p := s.Primary(); p.ID != "ecs-svc/8" || p.Failed != 1 || p.RolloutState != "IN_PROGRESS" || !p.Created.Equal(at(1763899200.5)) {
		t.Errorf("primary deployment %+v", p)
	}
	if len(s.Deployments) != 2 || s.Desired != 2 || s.Running != 3 || s.Pending != 1 || len(s.Events) != 1 {
		t.Errorf("service %+v", s)
	}
}

func TestErrors(t *testing.T) {
	c, e := open(t, map[string]answer{
		"ecr.DescribeImages":    {400, `{"__type":"ImageNotFoundException","message":"no"}`},
		"ecs.DescribeServices":  {200, `{"services":[],"failures":[{"arn":"a","reason":"MISSING"}]}`},
		"ecs.DescribeTasks":     {400, `{"__type":"ClusterNotFoundException","message":"Cluster not found."}`},
		"sts.GetCallerIdentity": {403, `<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>`},
		"logs.GetLogEvents":     {500, `{"__type":"InternalFailure"}`},
	})
	ctx := context.Background()
	if _, found, err := c.Image(ctx, "slipway", "abc"); found || err != nil {
		t.Errorf("a missing image: found %v, error %v", found, err)
	}
	if _, err := c.Service(ctx, "dev", "app"); err == nil || !strings.Contains(err.Error(), "MISSING") {
		t.Errorf("a missing service: %v", err)
	}
	if _, err := c.Tasks(ctx, "dev", "app", true); err == nil || !strings.Contains(err.Error(), "Cluster not found") {
		t.Errorf("a missing cluster: %v", err)
	}
	if _, err := c.Identity(ctx); fault.CodeOf(err) != fault.NotReady {
		t.Errorf("wrong credentials: exit code %d, %v", fault.CodeOf(err), err)
	}
	before := e.calls.Load()
	if _, err := c.LastLines(ctx, "g", "s", 1); err == nil {
		t.Error("a broken service answered")
	}
	if n := e.calls.Load() - before; n != attempts {
		t.Errorf("%d tries, want %d", n, attempts)
	}
}

func TestNoRegion(t *testing.T) {
	isolate(t)
	_, err := New(context.Background(), Place{})
	if fault.CodeOf(err) != fault.NotReady || !strings.Contains(err.Error(), "no region") {
		t.Errorf("without a region: %v", err)
	}
}
