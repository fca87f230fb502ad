package ecr

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/resource"
	"slipway/sandbox/store"
)

// stand is a registry with its store, running until the test ends or stop is called.
type stand struct {
	*Service
	t    *testing.T
	stop func()
}

func start(t *testing.T, dir, addr string) *stand {
	t.Helper()
	st, err := store.Open(filepath.Join(dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(st, "eu-west-1", Options{Dir: filepath.Join(dir, "registry"), Addr: addr})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stopped := false
	x := &stand{s, t, func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}}
	t.Cleanup(x.stop)
	return x
}

func (x *stand) create(token string, in map[string]any) (resource.Properties, error) {
	p, err := resource.Encode(in)
	if err != nil {
		x.t.Fatal(err)
	}
	_, out, err := x.Behaviours()[token].Create(context.Background(), p)
	return out, err
}

func (x *stand) repo(repository string, more map[string]any) {
	x.t.Helper()
	in := map[string]any{"name": repository, "imageTagMutability": immutable}
	for k, v := range more {
		in[k] = v
	}
	out, err := x.create("aws:ecr/repository:Repository", in)
	if err != nil {
		x.t.Fatal(err)
	}
	if url := out["repositoryUrl"].StringValue(); url != x.Addr()+"/"+repository {
		x.t.Errorf("repositoryUrl %s", url)
	}
}

func (x *stand) ref(text string) name.Reference {
	x.t.Helper()
	r, err := name.ParseReference(x.Addr() + "/" + text)
	if err != nil {
		x.t.Fatal(err)
	}
	return r
}

func (x *stand) login() remote.Option {
	u, p, ok := x.Auth(x.Addr() + "/any:tag")
	if !ok {
		x.t.Fatal("no login for an image of the registry")
	}
	return remote.WithAuth(&authn.Basic{Username: u, Password: p})
}

func (x *stand) push(text string) (v1.Image, string) {
	x.t.Helper()
	i := randomImage(x.t)
	if err := remote.Write(x.ref(text), i, x.login()); err != nil {
		x.t.Fatal(err)
	}
	d, _ := i.Digest()
	return i, d.String()
}

func randomImage(t *testing.T) v1.Image {
	t.Helper()
	i, err := random.Image(1024, 2)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func fails(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
}

// sdk is the AWS SDK's client of the registry's API.
func (x *stand) sdk() *client.Client {
	api := httptest.NewServer(awsapi.NewHandler(x.log, x.API()))
	x.t.Cleanup(api.Close)
	return client.New(client.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(api.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "sandbox", SecretAccessKey: "sandbox"}, nil
		}),
	})
}
