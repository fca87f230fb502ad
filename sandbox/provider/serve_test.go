package provider_test

import (
	"context"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"slipway/sandbox/provider"
	"slipway/sandbox/resource"
)

const deadline = 10 * time.Second

// engine returns a connection as an engine opens it.
func engine(t *testing.T, port string) (*grpc.ClientConn, pulumirpc.ResourceProviderClient) {
	t.Helper()
	c, err := grpc.NewClient("127.0.0.1:"+port, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c, pulumirpc.NewResourceProviderClient(c)
}

// TestTwoEngines gives two engines different tags, and cancels one of them.
func TestTwoEngines(t *testing.T) {
	f := &fake{waits: make(chan struct{}, 2)}
	port := serve(t, provider.Options{Behaviours: map[string]resource.Behaviour{service: f}})
	_, red := engine(t, port)
	_, blue := engine(t, port)
	for colour, c := range map[string]pulumirpc.ResourceProviderClient{"red": red, "blue": blue} {
		if _, err := c.Configure(t.Context(), &pulumirpc.ConfigureRequest{Args: of(t, values{"defaultTags": values{"tags": values{"colour": colour}}})}); err != nil {
			t.Fatal(err)
		}
	}
	for colour, c := range map[string]pulumirpc.ResourceProviderClient{"red": red, "blue": blue} {
		r, err := c.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn("aws:ec2/vpc:Vpc", "x"), News: of(t, values{})})
		if err != nil {
			t.Fatal(err)
		}
		if tags := back(t, r.GetInputs())["tagsAll"]; !same(tags.ObjectValue().Mappable(), values{"colour": colour}) {
			t.Errorf("%s has the tags %v", colour, tags)
		}
	}
	ended := make(chan error, 2)
	ask := func(c pulumirpc.ResourceProviderClient) {
		_, err := c.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn(service, "x"), Properties: of(t, values{})})
		ended <- err
	}
	go ask(red)
	go ask(blue)
	await(t, f.waits)
	await(t, f.waits)
	if _, err := red.Cancel(t.Context(), &emptypb.Empty{}); err != nil {
		t.Fatal(err)
	}
	contains(t, await(t, ended), "the update was cancelled")
	select {
	case err := <-ended:
		t.Errorf("the other engine's work ended too: %v", err)
	default:
	}
	if _, err := blue.Cancel(t.Context(), &emptypb.Empty{}); err != nil {
		t.Fatal(err)
	}
	contains(t, await(t, ended), "the update was cancelled")
}

// TestEngineKilled closes the connection of an engine that waits: what was made for it goes away.
func TestEngineKilled(t *testing.T) {
	f := &fake{id: "arn:1", waits: make(chan struct{}, 1), removed: make(chan string, 1)}
	conn, c := engine(t, serve(t, provider.Options{Behaviours: map[string]resource.Behaviour{service: f}}))
	ended := make(chan error, 1)
	go func() {
		_, err := c.Create(context.Background(), &pulumirpc.CreateRequest{Urn: urn(service, "x"), Properties: of(t, values{})})
		ended <- err
	}()
	await(t, f.waits)
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if id := await(t, f.removed); id != "arn:1" {
		t.Errorf("removed %s", id)
	}
	await(t, ended)
}

func await[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(deadline):
		t.Fatal("nothing happened in time")
		panic("unreachable")
	}
}

func TestHandshake(t *testing.T) {
	_, c := engine(t, serve(t, provider.Options{}))
	h, err := c.Handshake(t.Context(), &pulumirpc.ProviderHandshakeRequest{})
	if err != nil || !h.GetAcceptSecrets() || !h.GetAcceptResources() || h.GetAcceptOutputs() {
		t.Errorf("handshake: %v, %v", h, err)
	}
	if _, err := c.Attach(t.Context(), &pulumirpc.PluginAttach{Address: "127.0.0.1:1"}); err != nil {
		t.Error(err)
	}
	if info, err := c.GetPluginInfo(t.Context(), &emptypb.Empty{}); err != nil || info.GetVersion() != "6.83.2" {
		t.Errorf("plugin info: %v, %v", info, err)
	}
	if s, err := c.GetSchema(t.Context(), &pulumirpc.GetSchemaRequest{}); err != nil || s.GetSchema() != `{"name":"aws","version":"6.83.2"}` {
		t.Errorf("schema: %v, %v", s, err)
	}
	for changes, news := range map[pulumirpc.DiffResponse_DiffChanges]values{
		pulumirpc.DiffResponse_DIFF_NONE: {"region": "us-east-1"}, pulumirpc.DiffResponse_DIFF_SOME: {},
	} {
		d, err := c.DiffConfig(t.Context(), &pulumirpc.DiffRequest{OldInputs: of(t, values{"region": "us-east-1"}), News: of(t, news)})
		if err != nil || d.GetChanges() != changes || len(d.GetReplaces()) > 0 {
			t.Errorf("difference to %v: %v, %v", news, d, err)
		}
	}
}

// A request that no engine sends, and a behaviour that fails badly, are errors of their calls alone.
func TestAPanicEndsOneCall(t *testing.T) {
	port := serve(t, provider.Options{Behaviours: map[string]resource.Behaviour{service: &fake{panics: true}}})
	_, c := engine(t, port)
	if _, err := c.Create(t.Context(), &pulumirpc.CreateRequest{}); status.Code(err) != codes.InvalidArgument {
		t.Errorf("a request without a URN: %v", err)
	}
	if _, err := c.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn(service, "x"), Properties: of(t, values{})}); status.Code(err) != codes.Internal {
		t.Errorf("a panic: %v", err)
	}
	if _, err := c.GetPluginInfo(t.Context(), &emptypb.Empty{}); err != nil {
		t.Errorf("the next call: %v", err)
	}
}
