package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// cloud is a provider of things, which are a name and tags, as a process of its own would serve it.
type cloud struct {
	pulumirpc.UnimplementedResourceProviderServer
	mu     sync.Mutex
	things map[string]*structpb.Struct
	denied []string
	read   []string
	made   int
}

// serveCloud makes the provider of package test the one that engines of this test use.
func serveCloud(t *testing.T) *cloud {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c, server := &cloud{things: map[string]*structpb.Struct{}}, grpc.NewServer()
	pulumirpc.RegisterResourceProviderServer(server, c)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	t.Setenv("PULUMI_DEBUG_PROVIDERS", fmt.Sprintf("test:%d", listener.Addr().(*net.TCPAddr).Port))
	t.Setenv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true")
	return c
}

// things registers one thing per name.
func things(names ...string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		for _, name := range names {
			in := pulumi.Map{"name": pulumi.String(name), "tags": pulumi.StringMap{"Name": pulumi.String(name), "stack": pulumi.String("dev")}}
			if err := ctx.RegisterResource("test:index:Thing", name, in, &pulumi.CustomResourceState{}); err != nil {
				return err
			}
		}
		return nil
	}
}

func (c *cloud) deny(names ...string) { c.denied = names }

func (c *cloud) put(name string, tags map[string]any) {
	c.things[name], _ = structpb.NewStruct(map[string]any{"name": name, "tags": tags})
}

func (c *cloud) reads() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.read)
}

func (c *cloud) creations() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made
}

func (c *cloud) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "1.0.0"}, nil
}

func (c *cloud) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (c *cloud) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{Schema: `{"name":"test","version":"1.0.0"}`}, nil
}

func (c *cloud) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.News}, nil
}

func (c *cloud) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (c *cloud) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{SupportsPreview: true}, nil
}

func (c *cloud) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.News}, nil
}

func (c *cloud) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (c *cloud) Create(_ context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := r.Properties.Fields["name"].GetStringValue()
	if !r.Preview {
		c.made++
		c.things[name] = r.Properties
	}
	return &pulumirpc.CreateResponse{Id: name, Properties: r.Properties}, nil
}

func (c *cloud) Read(_ context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = append(c.read, r.Id)
	if slices.Contains(c.denied, r.Id) {
		return nil, errors.New("AccessDenied: reading " + r.Id)
	}
	thing, there := c.things[r.Id]
	if !there {
		return &pulumirpc.ReadResponse{}, nil
	}
	return &pulumirpc.ReadResponse{Id: r.Id, Properties: thing, Inputs: thing}, nil
}
