package provider_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"slipway/sandbox/provider"
	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
	"slipway/sandbox/store"
)

// fake is a behaviour that answers what it is told and remembers what it was asked.
type fake struct {
	id      string
	out     properties
	err     error
	gone    bool
	waits   chan struct{} // when set, Create says here that it waits, and waits for its context
	panics  bool
	in      properties
	deleted []string
	removed chan string // when set, Delete says here what it deleted
}

var _ resource.Reader = (*fake)(nil)

func (f *fake) Create(ctx context.Context, in properties) (string, properties, error) {
	if f.waits != nil {
		f.waits <- struct{}{}
		<-ctx.Done()
		return f.id, f.out, errors.New("no task became healthy")
	}
	if f.panics {
		panic("boom")
	}
	f.in = in
	return f.id, f.out, f.err
}

func (f *fake) Update(_ context.Context, _ string, in properties) (properties, error) {
	f.in = in
	return f.out, f.err
}

func (f *fake) Delete(_ context.Context, id string) error {
	f.deleted = append(f.deleted, id)
	if f.removed != nil {
		f.removed <- id
	}
	return f.err
}

func (f *fake) Read(context.Context, string) (properties, bool, error) {
	return f.out, !f.gone, f.err
}

const cluster, service = "aws:ecs/cluster:Cluster", "aws:ecs/service:Service"

func behaving(t *testing.T, f *fake) *provider.Provider {
	t.Helper()
	return open(t, provider.Options{Behaviours: map[string]resource.Behaviour{service: f}})
}

func TestBehaviourWins(t *testing.T) {
	f := &fake{id: "arn:1", out: properties{"cluster": text("arn:cluster"), "unknown": text("x")}}
	id, out := create(t, behaving(t, f), service, values{"name": "web", "__defaults": []any{"name"}, "desiredCount": presource.MakeSecret(presource.NewProperty(2.0))})
	if id != "arn:1" || !out["cluster"].DeepEquals(text("arn:cluster")) || !out["launchType"].DeepEquals(text("")) {
		t.Errorf("got %s %v", id, out)
	}
	if out.HasValue("unknown") || !out["desiredCount"].IsSecret() {
		t.Errorf("outputs are %v", out)
	}
	if want := (properties{"name": text("web"), "desiredCount": presource.NewProperty(2.0)}); !f.in.DeepEquals(want) {
		t.Errorf("the behaviour got %v, want %v", f.in, want)
	}
}

func TestBehaviourErrors(t *testing.T) {
	ask := func(f *fake, preview bool) error {
		_, err := behaving(t, f).Create(t.Context(), &pulumirpc.CreateRequest{
			Urn: urn(service, "web"), Properties: of(t, values{}), Preview: preview,
		})
		return err
	}
	contains(t, ask(&fake{err: errors.New("no such cluster")}, false), "creating aws:ecs/service:Service (web): no such cluster")
	if err := ask(&fake{err: errors.New("never")}, true); err != nil {
		t.Errorf("a preview ran the behaviour: %v", err)
	}
	err := ask(&fake{id: "arn:1", err: errors.New("not steady")}, false)
	contains(t, err, "(web): not steady")
	details := status.Convert(err).Details()
	if len(details) != 1 || details[0].(*pulumirpc.ErrorResourceInitFailed).GetId() != "arn:1" {
		t.Errorf("details are %v", details)
	}
}

func TestUpdateErrors(t *testing.T) {
	f := &fake{id: "arn:1"}
	p := behaving(t, f)
	_, out := create(t, p, service, values{"name": "web"})
	ask := func() error {
		_, err := p.Update(t.Context(), &pulumirpc.UpdateRequest{
			Id: "arn:1", Urn: urn(service, "web"), Olds: wire(t, out), OldInputs: of(t, values{"name": "web"}), News: of(t, values{"name": "web"}),
		})
		return err
	}
	if err := ask(); err != nil {
		t.Error(err)
	}
	f.err = errors.New("refused")
	if err := ask(); len(status.Convert(err).Details()) != 0 {
		t.Errorf("an update that changed nothing has details: %v", err)
	}
	f.out = properties{"launchType": text("EC2")}
	err := ask()
	contains(t, err, "updating aws:ecs/service:Service (web): refused")
	if len(status.Convert(err).Details()) != 1 {
		t.Errorf("an update that is half done has no details")
	}
}

func TestCancel(t *testing.T) {
	f := &fake{id: "arn:1", waits: make(chan struct{}, 1)}
	p := behaving(t, f)
	go func() {
		<-f.waits
		_, _ = p.Cancel(context.Background(), &emptypb.Empty{})
	}()
	_, err := p.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn(service, "web"), Properties: of(t, values{})})
	contains(t, err, "the update was cancelled: no task became healthy")
	if len(status.Convert(err).Details()) != 1 || len(f.deleted) != 0 {
		t.Errorf("a cancelled service that exists is forgotten")
	}
}

func TestTimeout(t *testing.T) {
	f := &fake{waits: make(chan struct{}, 1)}
	_, err := behaving(t, f).Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn(service, "web"), Properties: of(t, values{}), Timeout: 0.01})
	contains(t, err, "it took longer than the time it was given: no task became healthy")
}

// TestEngineGone kills the engine that creates: what it made must not stay without an owner.
func TestEngineGone(t *testing.T) {
	f := &fake{id: "arn:1", waits: make(chan struct{}, 1)}
	p := behaving(t, f)
	ctx, kill := context.WithCancel(t.Context())
	go func() {
		<-f.waits
		kill()
	}()
	_, err := p.Create(ctx, &pulumirpc.CreateRequest{Urn: urn(service, "web"), Properties: of(t, values{})})
	contains(t, err, "the engine has gone")
	if len(f.deleted) != 1 || f.deleted[0] != "arn:1" {
		t.Errorf("deleted %v", f.deleted)
	}
	r, err := p.Read(t.Context(), &pulumirpc.ReadRequest{Id: "arn:1", Urn: urn(service, "web")})
	if err != nil || r.GetId() != "" {
		t.Errorf("read %v, %v", r, err)
	}
}

func TestRead(t *testing.T) {
	f := &fake{id: "arn:1"}
	p := behaving(t, f)
	in := values{"name": "web", "desiredCount": 2}
	_, out := create(t, p, service, in)
	ask := func(req *pulumirpc.ReadRequest) *pulumirpc.ReadResponse {
		req.Id, req.Urn = "arn:1", urn(service, "web")
		r, err := p.Read(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := ask(&pulumirpc.ReadRequest{}); !back(t, r.GetProperties()).DeepEquals(out) || !back(t, r.GetInputs()).DeepEquals(presource.NewPropertyMapFromMap(in)) {
		t.Errorf("an import reads %v", r)
	}
	f.out = properties{"desiredCount": presource.NewProperty(5.0)}
	r := ask(&pulumirpc.ReadRequest{Inputs: of(t, in), Properties: wire(t, out)})
	if n := back(t, r.GetInputs())["desiredCount"]; n.NumberValue() != 5 {
		t.Errorf("after a change by another the input is %v", n)
	}
	f.gone = true
	if r := ask(&pulumirpc.ReadRequest{Inputs: of(t, in), Properties: wire(t, out)}); r.GetId() != "" {
		t.Errorf("a service that is gone is %v", r)
	}
}

// TestRevisions replaces a task definition: the new revision has the id of the old one and must survive its deletion.
func TestRevisions(t *testing.T) {
	const token = "aws:ecs/taskDefinition:TaskDefinition"
	p := open(t, provider.Options{})
	id, first := create(t, p, token, values{"family": "web", "containerDefinitions": "[]"})
	_, second := create(t, p, token, values{"family": "web", "containerDefinitions": "[{}]"})
	if second["revision"].NumberValue() != 2 || !strings.HasSuffix(second["arn"].StringValue(), "/web:2") {
		t.Errorf("the second revision is %v", second)
	}
	if _, err := p.Delete(t.Context(), &pulumirpc.DeleteRequest{Id: id, Urn: urn(token, "it"), Properties: wire(t, first)}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		out  properties
		want string
	}{"first": {first, ""}, "second": {second, id}} {
		r, err := p.Read(t.Context(), &pulumirpc.ReadRequest{Id: id, Urn: urn(token, "it"), Properties: wire(t, c.out)})
		if err != nil || r.GetId() != c.want {
			t.Errorf("the %s revision reads %q, %v", name, r.GetId(), err)
		}
	}
}

func TestNothingRuns(t *testing.T) {
	p := open(t, provider.Options{Schema: schema.Docker()})
	_, err := p.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn("docker:index/image:Image", "app"), Properties: of(t, values{"imageName": "app"})})
	contains(t, err, "docker:index/image:Image (app): nothing here runs it")
}

func TestSecretsAreNotWritten(t *testing.T) {
	const secret = "hunter2hunter2"
	for name, key := range map[string][]byte{"dropped": nil, "sealed": []byte("passphrase")} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			s, err := store.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			aws, err := provider.New(provider.Options{Store: s, Region: region, Secret: key, Schema: schema.AWS()})
			if err != nil {
				t.Fatal(err)
			}
			_, out := create(t, aws, "aws:ssm/parameter:Parameter", values{"name": "/db", "type": "SecureString", "value": secret})
			if !out["value"].IsSecret() {
				t.Errorf("value is %v", out["value"])
			}
			create(t, aws, cluster, values{"name": "dev", "tags": presource.MakeSecret(presource.NewProperty(properties{"a": text(secret)}))})
			docker, err := provider.New(provider.Options{
				Store: s, Secret: key, Schema: schema.Docker(), Behaviours: map[string]resource.Behaviour{"docker:index/image:Image": &fake{id: "sha256:1"}},
			})
			if err != nil {
				t.Fatal(err)
			}
			create(t, docker, "docker:index/image:Image", values{"imageName": "app", "registry": values{"password": secret}})
			b, err := os.ReadFile(path)
			if err != nil || strings.Contains(string(b), secret) {
				t.Errorf("the file holds the secret (%v)", err)
			}
			r, err := aws.Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: "aws:ssm/getParameter:getParameter", Args: of(t, values{"name": "/db"})})
			if key == nil {
				contains(t, err, "is a secret and is not kept here")
			} else if v := schema.Plain(back(t, r.GetReturn())["value"]); v.StringValue() != secret {
				t.Errorf("the parameter reads %v, %v", v, err)
			}
		})
	}
}
