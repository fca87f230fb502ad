package image

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
	"github.com/google/go-containerregistry/pkg/registry"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

const password = "a-password-that-nobody-may-see"

// bench is a builder with a registry that wants a login, and a context to build from.
type bench struct {
	images
	t    *testing.T
	host string
	name string // repository of this test alone
	dir  string
}

func newBench(t *testing.T, files map[string]string) *bench {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	store := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u, p, _ := r.BasicAuth(); u != "AWS" || p != password {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		store.ServeHTTP(w, r)
	}))
	host := server.Listener.Addr().String()
	b := &bench{images{s}, t, host, host + "/test-" + naming.Hex(8), t.TempDir()}
	t.Cleanup(func() { b.clear(); server.Close(); _ = s.Close() })
	for path, text := range files {
		b.write(path, text)
	}
	return b
}

// clear removes what the test left on the engine.
func (b *bench) clear() {
	ctx := context.Background()
	all, err := b.s.engine.ImageList(ctx, image.ListOptions{})
	if err != nil {
		b.t.Error(err)
	}
	for _, i := range all {
		for _, name := range append(i.RepoTags, i.RepoDigests...) {
			if strings.HasPrefix(name, b.name) {
				if _, err := b.s.engine.ImageRemove(ctx, name, image.RemoveOptions{Force: true, PruneChildren: true}); err != nil && !errdefs.IsNotFound(err) {
					b.t.Error(err)
				}
			}
		}
	}
}

func (b *bench) write(path, text string) {
	b.t.Helper()
	path = filepath.Join(b.dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// tool puts a static program into the context.
func (b *bench) tool() {
	b.t.Helper()
	cmd := exec.Command("go", "build", "-o", filepath.Join(b.dir, "tool"), "./testdata/tool")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.t.Fatalf("%v\n%s", err, out)
	}
}

func (b *bench) in(settings map[string]any) resource.Properties {
	b.t.Helper()
	build := map[string]any{"context": b.dir}
	for k, v := range settings {
		build[k] = v
	}
	p, err := resource.Encode(map[string]any{
		"imageName": b.name + ":v1", "build": build,
		"registry": map[string]any{"server": b.host, "username": "AWS", "password": password},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// fails builds and wants an error with every one of the texts.
func (b *bench) fails(in resource.Properties, want ...string) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, _, err := b.Create(ctx, in)
	if err == nil {
		b.t.Fatalf("no error, want %q", want)
	}
	for _, text := range want {
		if !strings.Contains(err.Error(), text) {
			b.t.Errorf("%v\nwant %q", err, text)
		}
	}
	if strings.Contains(err.Error(), password) {
		b.t.Errorf("the password is in the error: %v", err)
	}
	return err.Error()
}
