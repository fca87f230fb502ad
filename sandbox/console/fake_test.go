package console

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

const (
	first  = "11111111-aaaa-4bbb-8ccc-000000000001"
	second = "22222222-aaaa-4bbb-8ccc-000000000002"
	third  = "33333333-aaaa-4bbb-8ccc-000000000003"
	pink   = "7c3e9d1f00aa4b5c6d7e8f90a1b2c3d4e5f60718"
	blue   = "0a1b2c3d00aa4b5c6d7e8f90a1b2c3d4e5f60718"
	token  = "5f0e1d2c-1a2b-4c3d-9e8f-aabbccddeeff"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// world is a pipeline in memory. It remembers what was pressed.
type world struct {
	mu      sync.Mutex
	p       Pipeline
	changed chan struct{}
	pressed []string
	refuse  error
}

func newWorld() *world { return &world{p: waitingPipeline(), changed: make(chan struct{})} }

func (w *world) Names(context.Context) ([]string, error) { return []string{w.p.Name}, nil }

func (w *world) Pipeline(_ context.Context, name string) (Pipeline, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.copy(), name == w.p.Name, nil
}

// copy gives the stages out as new values: tests change them while pages are made.
func (w *world) copy() Pipeline {
	p := w.p
	p.Stages = append([]Stage(nil), p.Stages...)
	for i := range p.Stages {
		p.Stages[i].Actions = append([]Action(nil), p.Stages[i].Actions...)
	}
	p.Executions = append([]Execution(nil), p.Executions...)
	return p
}

func (w *world) Execution(_ context.Context, _, id string) (Execution, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.copy()
	e, found := p.find(id)
	e.Stages = p.Stages
	return e, found, nil
}

func (w *world) Changed() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed
}

// change changes the pipeline and tells everybody.
func (w *world) change(do func(p *Pipeline)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do(&w.p)
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *world) press(what string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pressed = append(w.pressed, what)
	return w.refuse
}

func (w *world) presses() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.pressed...)
}

func (w *world) Start(context.Context, string) (string, error) { return third, w.press("start") }

func (w *world) Retry(_ context.Context, _, stage, execution string) error {
	return w.press("retry " + stage + " " + execution)
}

func (w *world) Stop(_ context.Context, _, execution, reason string, abandon bool) error {
	how := " wait "
	if abandon {
		how = " abandon "
	}
	return w.press("stop " + execution + how + reason)
}

func (w *world) Decide(_ context.Context, d Decision) error {
	answer, status := "reject ", Failed
	if d.Approved {
		answer, status = "approve ", Succeeded
	}
	if err := w.press(answer + d.Stage + "/" + d.Action + " " + d.Comment); err != nil {
		return err
	}
	err := errors.New("the token is not valid any more")
	w.change(func(p *Pipeline) {
		a := &p.Stages[2].Actions[0]
		if a.Token != d.Token {
			return
		}
		err, a.Token, a.Status, a.End, a.Summary = nil, "", status, noon.Add(4*time.Minute), d.Comment
	})
	return err
}

// serve serves the console of w.
func serve(t *testing.T, w *world) *httptest.Server {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	server := httptest.NewUnstartedServer(New(w, Options{Region: "us-east-1"}).Handler())
	server.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	server.Start()
	t.Cleanup(func() {
		stop() // event streams do not end by themselves, and a page that lost one opens the next at once
		server.CloseClientConnections()
		server.Close()
	})
	return server
}

const view = "/console/codesuite/codepipeline/pipelines/slipway/view?region=us-east-1"

// waitingPipeline has one execution that waits for approval, one behind it and one that is over.
func waitingPipeline() Pipeline {
	after := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	revision := func(id, message string) []Revision {
		return []Revision{{Action: "Source", ID: id, Message: message, Author: "Ann", Date: noon.Add(-time.Hour)}}
	}
	return Pipeline{
		Name: "slipway", Mode: "QUEUED",
		Stages: []Stage{
			{Name: "Source", Status: Succeeded, Execution: third, Actions: []Action{
				{Name: "Source", Category: "Source", Provider: "CodeCommit", RunOrder: 1, Status: Succeeded, Start: after(0), End: after(2), Summary: "change color to pink"},
			}},
			{Name: "dev", Status: Succeeded, Execution: second, Inbound: []string{third}, Actions: []Action{
				{Name: "Deploy", Category: "Build", Provider: "slipway-jenkins", RunOrder: 1, Status: Succeeded, Start: after(3), End: after(65),
					URL: "https://127.9.0.1:8443/job/slipway/12/", Summary: "slipway:7c3e9d1f runs as sha256:9f86d081884c7d65, see https://127.9.0.1:8443/job/slipway/12/console."},
			}},
			{Name: "staging", Status: InProgress, Execution: second, Actions: []Action{
				{Name: "Approve", Category: "Approval", Provider: "Manual", RunOrder: 1, Status: InProgress, Start: after(66), Token: token},
				{Name: "Promote", Category: "Build", Provider: "slipway-jenkins", RunOrder: 2},
			}},
			{Name: "prod", Actions: []Action{{Name: "Promote", Category: "Build", Provider: "slipway-jenkins", RunOrder: 1}}},
		},
		Executions: []Execution{
			{ID: third, Status: Queued, Trigger: "CloudWatchEvent", Start: after(70), Revisions: revision(blue, "change color to blue")},
			{ID: second, Status: InProgress, Trigger: "CloudWatchEvent", Detail: "arn:aws:events:us-east-1:000000000000:rule/slipway", Start: after(0),
				Revisions: revision(pink, "change color to pink\n\nmore about it")},
			{ID: first, Status: Failed, Cause: "Deploy in dev: the image did not build", Trigger: "StartPipelineExecution", Start: after(-3600), End: after(-3500),
				Revisions: revision("ffeeddccbbaa00998877", "first version")},
		},
	}
}

// failedPipeline is one whose deployment did not work.
func failedPipeline() Pipeline {
	p := waitingPipeline()
	p.Executions = p.Executions[1:]
	p.Executions[0].Status, p.Executions[0].End = Failed, noon.Add(time.Minute)
	dev := &p.Stages[1]
	dev.Status, dev.Retryable, dev.Inbound = Failed, true, nil
	dev.Actions[0].Status, dev.Actions[0].ErrorCode, dev.Actions[0].Summary = Failed, "JobFailed", ""
	dev.Actions[0].Error = "building the image: RUN php -l index.php\nPHP Parse error:  syntax error, unexpected token \"}\" in index.php on line 12\nlog: https://127.9.0.1:8443/job/slipway/12/console"
	p.Stages[0].Execution = second
	p.Stages[2] = Stage{Name: "staging", Actions: []Action{{Name: "Approve", Provider: "Manual", RunOrder: 1}, {Name: "Promote", Provider: "slipway-jenkins", RunOrder: 2}}}
	return p
}
