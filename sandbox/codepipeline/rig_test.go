package codepipeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/smithy-go"
	"github.com/jonboulle/clockwork"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/codepipeline"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
	"slipway/sandbox/store"
)

const (
	pipelineType = "aws:codepipeline/pipeline:Pipeline"
	actionType   = "aws:codepipeline/customActionType:CustomActionType"
	region       = naming.Region("us-east-1")
)

var began = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// repositories are branches by "repository/branch".
type repositories struct {
	mu    sync.Mutex
	heads map[string]codepipeline.Commit
	gate  chan struct{} // when set, Archive waits until it is closed
	fail  error         // of Archive
}

func (r *repositories) push(message string) codepipeline.Commit {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := codepipeline.Commit{
		ID: naming.Hex(40), Message: message + "\n\nwith a body\n", AuthorDate: began.Add(-time.Hour), CommitterDate: began.Add(-time.Minute),
	}
	r.heads["app/main"] = c
	return c
}

func (r *repositories) Head(_ context.Context, repository, branch string) (codepipeline.Commit, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if repository != "app" {
		return codepipeline.Commit{}, awsapi.Errorf("RepositoryDoesNotExistException", "%s does not exist", repository)
	}
	c, ok := r.heads[repository+"/"+branch]
	if !ok {
		return c, awsapi.Errorf("BranchDoesNotExistException", "the repository is empty")
	}
	return c, nil
}

func (r *repositories) Archive(ctx context.Context, _, commit string, w io.Writer) error {
	r.mu.Lock()
	gate, fail := r.gate, r.fail
	r.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if _, err := io.WriteString(w, "zip of "+commit); err != nil {
		return err
	}
	return fail
}

// bucket holds objects by "bucket/key".
type bucket struct {
	mu      sync.Mutex
	objects map[string][]byte
	fail    error
}

func (b *bucket) Put(_ context.Context, name, key string, r io.Reader) error {
	b.mu.Lock()
	fail := b.fail
	b.mu.Unlock()
	if fail != nil {
		return fail
	}
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[name+"/"+key] = body
	return nil
}

func (b *bucket) get(name, key string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.objects[name+"/"+key])
}

// keys remembers what the last credentials are for.
type keys struct {
	mu          sync.Mutex
	count       int
	read, write []codepipeline.Object
	ttl         time.Duration
}

func (k *keys) Issue(_ context.Context, read, write []codepipeline.Object, ttl time.Duration) (codepipeline.Credentials, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.count++
	k.read, k.write, k.ttl = read, write, ttl
	return codepipeline.Credentials{AccessKeyID: fmt.Sprintf("ASIA%d", k.count), SecretAccessKey: "secret", SessionToken: "token"}, nil
}

// told are the events and the messages of a service, in a line each.
type told struct {
	mu       sync.Mutex
	events   []string
	messages []string
}

func (t *told) Publish(_ context.Context, _, detailType string, _ []string, detail any) error {
	var d struct{ Stage, Action, State string }
	text, err := json.Marshal(detail)
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	kind := strings.Fields(detailType)[1]
	t.events = append(t.events, strings.Join(strings.Fields(kind+" "+d.Stage+" "+d.Action+" "+d.State), " "))
	return err
}

func (t *told) Notify(_ context.Context, topic, message string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.messages = append(t.messages, topic+" "+message)
	return "", nil
}

// all returns what was told since the last time.
func (t *told) all() (events, messages []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	events, messages, t.events, t.messages = t.events, t.messages, nil, nil
	return events, messages
}

// rig is a service that runs, with AWS's own client in front of it.
type rig struct {
	*testing.T
	path   string
	clock  *clockwork.FakeClock
	repos  *repositories
	bucket *bucket
	keys   *keys
	told   *told

	service *codepipeline.Service
	client  *sdk.Client
	halt    func()
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := rigAt(t, filepath.Join(t.TempDir(), "state.db"))
	r.open(t.Context())
	return r
}

// rigAt is a rig that serves nothing before its open.
func rigAt(t *testing.T, path string) *rig {
	t.Helper()
	r := &rig{
		T: t, path: path, clock: clockwork.NewFakeClockAt(began),
		repos:  &repositories{heads: map[string]codepipeline.Commit{}},
		bucket: &bucket{objects: map[string][]byte{}}, keys: &keys{}, told: &told{},
	}
	t.Cleanup(func() { r.halt() })
	return r
}

// open serves what is in the store; halt ends that and closes the store, and writes nothing.
func (r *rig) open(ctx context.Context) {
	r.Helper()
	st, err := store.Open(r.path)
	if err != nil {
		r.Fatal(err)
	}
	r.service, err = codepipeline.New(st, region, codepipeline.Options{Source: r.repos, Artifacts: r.bucket, Keys: r.keys, Clock: r.clock, Events: r.told, Topics: r.told})
	if err != nil {
		r.Fatal(err)
	}
	server := httptest.NewServer(awsapi.NewHandler(slog.New(slog.DiscardHandler), r.service.API()))
	c, err := config.LoadDefaultConfig(ctx, config.WithRegion(string(region)), config.WithBaseEndpoint(server.URL),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("sandbox", "sandbox", "")))
	if err != nil {
		r.Fatal(err)
	}
	r.client = sdk.NewFromConfig(c)
	runs, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- r.service.Run(runs) }()
	r.halt = sync.OnceFunc(func() {
		cancel()
		server.Close()
		if err := errors.Join(<-done, st.Close()); err != nil {
			r.Error(err)
		}
	})
}

// restart ends the process's part of the rig and begins again from the store.
func (r *rig) restart() {
	r.Helper()
	r.halt()
	r.open(r.Context())
}

// until waits for a state of the pipeline.
func (r *rig) until(what string, reached func(codepipeline.View) bool) codepipeline.View {
	r.Helper()
	late := time.After(20 * time.Second)
	for {
		changed := r.service.Changes()
		v, _ := r.service.Pipeline("app")
		if reached(v) {
			return v
		}
		select {
		case <-changed:
		case <-late:
			r.Fatalf("never %s: %s", what, describe(v))
		}
	}
}

// await waits for an execution's status.
func (r *rig) await(id, status string) codepipeline.ExecutionView {
	r.Helper()
	var e codepipeline.ExecutionView
	r.until(id+" is "+status, func(codepipeline.View) bool {
		e, _ = r.service.Execution("app", id)
		return e.Status == status
	})
	return e
}

// awaitIn waits for an execution to be in a stage.
func (r *rig) awaitIn(id, stage string) {
	r.Helper()
	r.until(id+" is in "+stage, func(codepipeline.View) bool { return r.where(id) == stage+" InProgress" })
}

// where says where an execution stands: "dev InProgress", "dev waiting", "Superseded".
func (r *rig) where(id string) string {
	e, _ := r.service.Execution("app", id)
	switch {
	case e.Waiting:
		return e.Stage + " waiting"
	case e.Status == codepipeline.InProgress:
		return e.Stage + " InProgress"
	}
	return e.Status
}

func describe(v codepipeline.View) string {
	var b strings.Builder
	for _, e := range v.Executions {
		fmt.Fprintf(&b, "\n%s %s in %s (waiting: %v)", e.ID, e.Status, e.Stage, e.Waiting)
		for _, s := range e.Stages {
			for _, a := range s.Actions {
				fmt.Fprintf(&b, "\n   %s/%s %s %s %s", s.Name, a.Name, a.Status, a.Summary, a.ErrorMessage)
			}
		}
	}
	return b.String()
}

// create makes a resource and returns its id.
func (r *rig) create(token string, in map[string]any) (string, error) {
	r.Helper()
	p, err := resource.Encode(in)
	if err != nil {
		r.Fatal(err)
	}
	id, _, err := r.service.Behaviours()[token].Create(r.Context(), p)
	return id, err
}

// up makes the custom action type and the pipeline of a mode, with one commit pushed. Its first execution has
// ended before: the repository was empty.
func (r *rig) up(mode string) {
	r.Helper()
	if _, err := r.create(actionType, customType()); err != nil {
		r.Fatal(err)
	}
	if _, err := r.create(pipelineType, definition(mode)); err != nil {
		r.Fatal(err)
	}
	v := r.until("ended", func(v codepipeline.View) bool { return v.Executions[0].Status == codepipeline.Failed })
	if message := v.Stages[0].Actions[0].ErrorMessage; !strings.Contains(message, "no branch named main was found in the selected AWS CodeCommit repository app") {
		r.Errorf("the first execution failed because of %q", message)
	}
	r.repos.push("first")
}

func (r *rig) start() string {
	r.Helper()
	out, err := r.client.StartPipelineExecution(r.Context(), &sdk.StartPipelineExecutionInput{Name: aws.String("app")})
	if err != nil {
		r.Fatal(err)
	}
	return *out.PipelineExecutionId
}

var customID = types.ActionTypeId{
	Category: types.ActionCategoryBuild, Owner: types.ActionOwnerCustom, Provider: aws.String("Jenkins"), Version: aws.String("1"),
}

// coded fails the test when an error does not have this code; "" is none.
func coded(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	var own *awsapi.Error
	switch {
	case err == nil && code == "":
	case errors.As(err, &api) && api.ErrorCode() == code:
	case errors.As(err, &own) && own.Code == code:
	default:
		t.Errorf("the error is %v, want %s", err, code)
	}
}
