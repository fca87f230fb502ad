package buildkit

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"

	"slipway/sandbox/naming"
)

const secret = "secret-of-a-build-0123456789"

// bench is an engine, and a context that holds the tool and a Dockerfile.
type bench struct {
	Builder
	t *testing.T
	Image
}

func newBench(t *testing.T, dockerfile string) *bench {
	t.Helper()
	engine, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Builder{engine}, t, Image{Name: "slipway-test-" + naming.Hex(8) + ":v1", Context: t.TempDir()}}
	b.Dockerfile = filepath.Join(b.Context, "Dockerfile")
	t.Cleanup(func() {
		_, _ = engine.ImageRemove(context.Background(), b.Name, image.RemoveOptions{Force: true}) // a build that failed made none
		_ = engine.Close()
	})
	for name, text := range map[string]string{"Dockerfile": dockerfile, "nonce": b.Name} { // no step comes out of the cache
		if err := os.WriteFile(filepath.Join(b.Context, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-o", filepath.Join(b.Context, "tool"), "./testdata/tool")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return b
}

// A step has a secret while it runs. The image, its history and the build's cache have none of it.
func TestSecrets(t *testing.T) {
	ctx := context.Background()
	b := newBench(t, `FROM scratch
COPY tool nonce /
RUN --mount=type=secret,id=TOKEN,required=true ["/tool", "sum", "/run/secrets/TOKEN"]
LABEL told=by-itself
`)
	var steps []string
	b.Step = func(name string) { steps = append(steps, name) }
	b.Secrets = map[string][]byte{"TOKEN": []byte(secret)}
	id, err := b.Build(ctx, b.Image)
	if err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(steps, "\n"); !strings.Contains(all, "COPY tool nonce /") || strings.Contains(all, "[internal]") {
		t.Errorf("told of the steps\n%s", all)
	}
	saved := b.saved(ctx, id)
	if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(secret))); !strings.Contains(saved, sum) {
		t.Error("the step did not have the secret")
	}
	history, err := b.Engine.ImageHistory(ctx, id)
	if err != nil || len(history) == 0 {
		t.Fatal(history, err)
	}
	usage, err := b.Engine.DiskUsage(ctx, types.DiskUsageOptions{Types: []types.DiskUsageObject{types.BuildCacheObject}})
	if err != nil || len(usage.BuildCache) == 0 {
		t.Fatal(usage.BuildCache, err)
	}
	for place, text := range map[string]string{"image": saved, "history": asJSON(t, history), "cache": asJSON(t, usage.BuildCache)} {
		if strings.Contains(text, secret) {
			t.Errorf("the secret is in the %s", place)
		}
	}
}

// saved is the image with its layers, as an archive.
func (b *bench) saved(ctx context.Context, id string) string {
	b.t.Helper()
	archive, err := b.Engine.ImageSave(ctx, []string{id})
	if err != nil {
		b.t.Fatal(err)
	}
	defer archive.Close()
	text, err := io.ReadAll(archive)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(text)
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestStepsThatFailWithASecret(t *testing.T) {
	for _, c := range []struct {
		name, step string
		want       []string
	}{
		{"one that is not there", `RUN --mount=type=secret,id=OTHER,required=true ["/tool", "sum", "/run/secrets/OTHER"]`, []string{"secret OTHER"}},
		{"one that is printed", `RUN --mount=type=secret,id=TOKEN ["/tool", "print", "/run/secrets/TOKEN"]`, []string{"it is [secret]", "exit code: 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, "FROM scratch\nCOPY tool nonce /\n"+c.step+"\n")
			b.Secrets = map[string][]byte{"TOKEN": []byte(secret + "\n")}
			_, err := b.Build(context.Background(), b.Image)
			if err == nil || strings.Contains(err.Error(), secret) {
				t.Fatalf("%v", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nwant %q", err, want)
				}
			}
		})
	}
}
