package events_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/events"
	"slipway/sandbox/resource"
	"slipway/sandbox/store"
)

const (
	ruleType     = "aws:cloudwatch/eventRule:EventRule"
	targetType   = "aws:cloudwatch/eventTarget:EventTarget"
	pipelineARN  = "arn:aws:codepipeline:eu-west-1:000000000000:deploy"
	pushToMain   = `{"source":["aws.codecommit"],"detail-type":["CodeCommit Repository State Change"],"resources":["arn:aws:codecommit:eu-west-1:000000000000:app"],"detail":{"event":["referenceCreated","referenceUpdated"],"referenceType":["branch"],"referenceName":["main"]}}`
	deliveryRole = "arn:aws:iam::000000000000:role/events"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// start is a call of the starter.
type start struct{ pipeline, rule, token string }

// starter tells what was started, and fails as often as it is told to.
type starter struct {
	calls chan start
	mu    sync.Mutex
	fails int
}

func (s *starter) StartByEvent(ctx context.Context, pipeline, rule, token string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.calls <- start{pipeline, rule, token}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if s.fails > 0 {
		s.fails--
		return "", errors.New("the pipeline is busy")
	}
	return "execution of " + pipeline, nil
}

// rig is a service with a starter and a clock of the test's.
type rig struct {
	*events.Service
	t       *testing.T
	path    string
	store   *store.Store
	clock   *clockwork.FakeClock
	starter *starter
	topics  events.Topics
	end     func()
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "state.db"), clock: clockwork.NewFakeClockAt(noon), starter: &starter{calls: make(chan start, 100)}}
	r.open()
	t.Cleanup(r.close)
	return r
}

// open opens the service, again after a close. It delivers nothing before run.
func (r *rig) open() {
	r.t.Helper()
	var err error
	if r.store, err = store.Open(r.path); err != nil {
		r.t.Fatal(err)
	}
	if r.Service, err = events.New(r.store, "eu-west-1", events.Options{Starter: r.starter, Topics: r.topics, Clock: r.clock}); err != nil {
		r.t.Fatal(err)
	}
	r.end = func() {}
}

func (r *rig) close() {
	r.end()
	r.store.Close()
}

// run lets the service deliver until the rig is closed.
func (r *rig) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	r.end = func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	}
}

// rule makes a rule, with a target where an ARN is given.
func (r *rig) rule(name, pattern, arn string) {
	r.t.Helper()
	_, _, err := r.Behaviours()[ruleType].Create(context.Background(), inputs(map[string]any{"name": name, "eventPattern": pattern}))
	if err == nil && arn != "" {
		_, _, err = r.Behaviours()[targetType].Create(context.Background(), inputs(map[string]any{
			"rule": name, "arn": arn, "roleArn": deliveryRole, "targetId": "t",
		}))
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// push publishes what CodeCommit does.
func (r *rig) push(event, branch string) {
	r.t.Helper()
	if err := r.Publish(context.Background(), "aws.codecommit", "CodeCommit Repository State Change",
		[]string{"arn:aws:codecommit:eu-west-1:000000000000:app"}, map[string]string{
			"event": event, "referenceType": "branch", "referenceName": branch,
		}); err != nil {
		r.t.Fatal(err)
	}
}

// started returns the next call of the starter.
func (r *rig) started() start {
	r.t.Helper()
	select {
	case s := <-r.starter.calls:
		return s
	case <-time.After(10 * time.Second):
		r.t.Fatal("nothing was started")
	}
	return start{}
}

// settled waits until nothing is pending, and returns the history.
func (r *rig) settled() []events.Entry {
	r.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 2000 {
		all, err := r.History()
		if err != nil {
			r.t.Fatal(err)
		}
		pending := false
		for _, e := range all {
			for _, d := range e.Deliveries {
				pending = pending || d.State == events.Pending
			}
		}
		if !pending {
			return all
		}
		<-tick.C
	}
	r.t.Fatal("deliveries are pending")
	return nil
}

func inputs(m map[string]any) resource.Properties { return property.NewPropertyMapFromMap(m) }

func code(err error) string {
	var known *awsapi.Error
	if errors.As(err, &known) {
		return known.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
