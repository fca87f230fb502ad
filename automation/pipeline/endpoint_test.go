package pipeline

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/jonboulle/clockwork"

	"slipway/automation/ui"
)

// object is a JSON object as CodePipeline sends and takes it.
type object = map[string]any

// endpoint is CodePipeline with one pipeline: each poll of its execution takes the next of the looks, and the
// last one stays.
type endpoint struct {
	mu      sync.Mutex
	started int // polls for executions until the execution is listed
	looks   []look
	asked   map[string]int
	got     []object // what changes something, with its name under "call"
	fail    func(call string, n int) (status int, code string)
	state   func(n int) object // GetPipelineState's n-th answer, where a test gives its own
}

// look is the execution as one poll finds it.
type look struct {
	status, summary string
	actions         []object // oldest first
	token           string   // of the approval that waits
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	call := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "CodePipeline_20150709.")
	in := object{"call": call}
	_ = json.NewDecoder(r.Body).Decode(&in)
	e.asked[call]++
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if e.fail != nil {
		if status, code := e.fail(call, e.asked[call]); status != 0 {
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(object{"__type": code, "message": "no"})
			return
		}
	}
	_ = json.NewEncoder(w).Encode(e.answer(call, in))
}

func (e *endpoint) answer(call string, in object) object {
	now := e.looks[min(max(e.asked["GetPipelineExecution"], 1), len(e.looks))-1]
	switch call {
	case "ListPipelineExecutions":
		all := []object{{"pipelineExecutionId": "old", "status": "Succeeded", "sourceRevisions": []object{{"actionName": "Source", "revisionId": "c0"}}}}
		if e.asked[call] > e.started {
			all = append([]object{{"pipelineExecutionId": "e1", "status": now.status, "sourceRevisions": []object{{"actionName": "Source", "revisionId": "c1"}}}}, all...)
		}
		return object{"pipelineExecutionSummaries": all}
	case "GetPipelineExecution":
		return object{"pipelineExecution": object{"pipelineName": "p", "pipelineExecutionId": "e1", "status": now.status,
			"statusSummary": now.summary, "artifactRevisions": []object{{"name": "Source", "revisionId": "c1"}}}}
	case "ListActionExecutions":
		newest := []object{}
		for _, a := range now.actions {
			newest = append([]object{a}, newest...)
		}
		return object{"actionExecutionDetails": newest}
	case "GetPipelineState":
		if e.state != nil {
			return e.state(e.asked[call])
		}
		stage := object{"stageName": "staging", "latestExecution": object{"pipelineExecutionId": "e1", "status": "InProgress"},
			"actionStates": []object{{"actionName": "Approve", "latestExecution": object{"actionExecutionId": "a3", "status": "InProgress", "token": now.token}}}}
		return object{"stageStates": []object{{"stageName": "dev", "actionStates": []object{}}, stage}}
	}
	e.got = append(e.got, in)
	return object{"pipelineExecutionId": "e2"}
}

// action is one attempt at an action; it lasts for the given seconds, or still runs when they are negative.
func action(id, stage, name, status string, lasted float64, output object) object {
	const begun = 1763899200
	category := "Build"
	if name == "Approve" {
		category = "Approval"
	}
	return object{"actionExecutionId": id, "stageName": stage, "actionName": name, "status": status, "startTime": begun,
		"lastUpdateTime": begun + max(0, lasted), "output": output,
		"input": object{"actionTypeId": object{"category": category, "owner": "Custom", "provider": "x", "version": "1"}}}
}

// said collects events as people would read them.
type said struct {
	mu    sync.Mutex
	lines []string
}

func (s *said) Event(e ui.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := e.(type) {
	case ui.StepStarted:
		s.lines = append(s.lines, "begin "+e.Name)
	case ui.StepEnded:
		s.lines = append(s.lines, "end "+e.Name+" "+string(e.Outcome)+" "+e.Duration.String()+" "+e.Note)
	case ui.Note:
		s.lines = append(s.lines, "note "+e.Text)
	}
}

// watch returns a client of e on a clock that goes on whenever the client waits.
func watch(t *testing.T, e *endpoint) (*Client, *said) {
	t.Helper()
	e.asked = map[string]int{}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	none := filepath.Join(t.TempDir(), "none")
	for key, value := range map[string]string{
		"AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_PROFILE": "", "AWS_REGION": "us-east-1",
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ENDPOINT_URL": server.URL, "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(key, value)
	}
	heard := &said{}
	settings, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := New(settings, heard)
	clock := clockwork.NewFakeClock()
	c.Clock = clock
	ctx, stop := context.WithCancel(t.Context())
	var going sync.WaitGroup
	going.Go(func() {
		for clock.BlockUntilContext(ctx, 1) == nil {
			clock.Advance(2 * longestPause)
		}
	})
	t.Cleanup(func() { stop(); going.Wait() })
	return c, heard
}

// within is the deadline of a test's calls.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(stop)
	return ctx
}
