package image

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/naming"
)

// list names the files of an image.
func list(t *testing.T, i v1.Image) string {
	t.Helper()
	content := mutate.Extract(i)
	defer content.Close()
	var names []string
	for files := tar.NewReader(content); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return strings.Join(names, " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
}

// pull reads an image back from the test's registry.
func (b *bench) pull(reference string) v1.Image {
	b.t.Helper()
	ref, err := name.ParseReference(reference)
	if err != nil {
		b.t.Fatal(err)
	}
	i, err := remote.Image(ref, remote.WithAuth(&authn.Basic{Username: "AWS", Password: password}))
	if err != nil {
		b.t.Fatal(err)
	}
	return i
}

func TestBuildsAndPushes(t *testing.T) {
	b := newBench(t, map[string]string{
		"Dockerfile": "FROM scratch\nARG COMMIT\nLABEL commit=$COMMIT\nCOPY . /\n", "a.txt": "a", "secret/key": "x", ".dockerignore": "secret\n",
	})
	id, out, err := b.Create(context.Background(), b.in(map[string]any{"args": map[string]any{"COMMIT": "abc"}, "platform": "linux/amd64"}))
	if err != nil {
		t.Fatal(err)
	}
	i := b.pull(out["repoDigest"].StringValue())
	d, _ := i.Digest()
	want := map[string]string{
		"imageName": b.name + ":v1", "baseImageName": b.name + ":v1", "registryServer": b.host, "platform": "linux/amd64",
		"context": b.dir, "dockerfile": "Dockerfile", "repoDigest": b.name + "@" + d.String(),
	}
	for k, v := range out {
		if v.StringValue() != want[string(k)] {
			t.Errorf("%s is %s, want %s", k, v.StringValue(), want[string(k)])
		}
	}
	if id != b.name+":v1" || len(out) != len(want) {
		t.Errorf("id %s, %d outputs", id, len(out))
	}
	if c, _ := i.ConfigFile(); c.Config.Labels["commit"] != "abc" {
		t.Errorf("labels %v", c.Config.Labels)
	}
	if files := list(t, i); !strings.Contains(files, "a.txt") || strings.Contains(files, "secret") {
		t.Errorf("files: %s", files)
	}
}

func TestASmallChangeIsBuiltAndPushedQuickly(t *testing.T) {
	b := newBench(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY . /\n", "a.txt": "a"})
	_, first, err := b.Create(context.Background(), b.in(nil))
	if err != nil {
		t.Fatal(err)
	}
	b.write("a.txt", "b")
	began := time.Now()
	second, err := b.Update(context.Background(), b.name+":v1", b.in(nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("build and push of a changed file: %s", time.Since(began).Round(time.Millisecond))
	if first["repoDigest"].StringValue() == second["repoDigest"].StringValue() {
		t.Error("the image did not change")
	}
}

func TestDockerfileOutsideTheContextAndATarget(t *testing.T) {
	b := newBench(t, map[string]string{"a.txt": "a"})
	elsewhere := filepath.Join(t.TempDir(), "My.Dockerfile")
	if err := os.WriteFile(elsewhere, []byte("FROM scratch AS one\nCOPY a.txt /one\nFROM scratch\nCOPY a.txt /two\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, out, err := b.Create(context.Background(), b.in(map[string]any{"dockerfile": elsewhere, "target": "one"}))
	if err != nil {
		t.Fatal(err)
	}
	if files := list(t, b.pull(out["repoDigest"].StringValue())); strings.TrimSpace(files) != "one" {
		t.Errorf("files: %s", files)
	}
}

func TestSkipPushGivesTheImageID(t *testing.T) {
	b := newBench(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY a.txt /\n", "a.txt": "a"})
	in := b.in(nil)
	in["skipPush"] = presource.NewProperty(true)
	_, out, err := b.Create(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if id := out["repoDigest"].StringValue(); !strings.HasPrefix(id, "sha256:") {
		t.Errorf("repoDigest %s", id)
	}
}

func TestAFailingStep(t *testing.T) {
	b := newBench(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY tool /tool\nRUN [\"/tool\", \"3\"]\n"})
	b.tool()
	text := b.fails(b.in(nil), `RUN ["/tool", "3"]`, "exit code: 3", "line 30", "line 11\n")
	if strings.Contains(text, "line 10\n") {
		t.Errorf("more than the last lines: %s", text)
	}
}

func TestBadInput(t *testing.T) {
	b := newBench(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY missing /\n", "file": ""})
	b.fails(b.in(nil), "missing", "COPY missing /")
	b.write("Dockerfile", "FRM scratch\n")
	b.fails(b.in(nil), "unknown instruction: FRM")
	b.fails(b.in(map[string]any{"context": "/does/not/exist"}), "build.context /does/not/exist does not exist")
	b.fails(b.in(map[string]any{"context": filepath.Join(b.dir, "file")}), "is not a folder")
	b.fails(b.in(map[string]any{"context": "."}), "absolute")
	b.fails(b.in(map[string]any{"dockerfile": filepath.Join(b.dir, "None")}), "None does not exist")
	b.fails(b.in(map[string]any{"platform": "plan9/s390x"}), "the engine runs linux/", "no emulation for s390x")
	b.fails(b.in(map[string]any{"builderVersion": "BuilderV1"}), "BuilderV1")
}

func TestAWrongPassword(t *testing.T) {
	b := newBench(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY file /\n", "file": ""})
	in := b.in(nil)
	in["registry"].ObjectValue()["username"] = in["imageName"]
	b.fails(in, "pushing "+b.name+":v1")
}

func TestCancellationStopsTheBuild(t *testing.T) {
	mark := "wait-" + naming.Hex(12)
	b := newBench(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY tool /tool\nRUN [\"/tool\", \"" + mark + "\"]\n"})
	b.tool()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		_, _, err := b.Create(ctx, b.in(nil))
		ended <- err
	}()
	until(t, "the step runs", func() bool { return runs(t, mark) })
	cancel()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("%v", err)
	}
	until(t, "the step is stopped", func() bool { return !runs(t, mark) })
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// runs says whether a process on this machine has the argument.
func runs(t *testing.T, argument string) bool {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		line, _ := os.ReadFile(path)
		if strings.HasPrefix(string(line), "/tool\x00"+argument) {
			return true
		}
	}
	return false
}

// A base image may be in the registry that the image is pushed to.
func TestABaseImageOfTheSameRegistry(t *testing.T) {
	b := newBench(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY a.txt /base.txt\n", "a.txt": "a"})
	_, out, err := b.Create(context.Background(), b.in(nil))
	if err != nil {
		t.Fatal(err)
	}
	base := out["repoDigest"].StringValue()
	b.clear() // the engine has to pull it
	b.write("Dockerfile", "FROM "+base+"\nCOPY a.txt /own.txt\n")
	if _, out, err = b.Create(context.Background(), b.in(nil)); err != nil {
		t.Fatal(err)
	}
	if files := list(t, b.pull(out["repoDigest"].StringValue())); !strings.Contains(files, "base.txt") || !strings.Contains(files, "own.txt") {
		t.Errorf("files: %s", files)
	}
}
