package image

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func (b *bench) digest(settings map[string]any) string {
	b.t.Helper()
	out, err := b.Check(context.Background(), b.in(settings))
	if err != nil {
		b.t.Fatal(err)
	}
	return out[contextDigest].StringValue()
}

func TestTheDigestSeesWhatTheBuildSees(t *testing.T) {
	b := newBench(t, map[string]string{"Dockerfile": "FROM scratch\n", "a.txt": "a", "b/c.txt": "c", ".dockerignore": "log\n*.md\n!keep.md\n"})
	before := b.digest(nil)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		what    string
		do      func()
		changes bool
	}{
		{"nothing", func() {}, false},
		{"time of a file", func() { must(os.Chtimes(filepath.Join(b.dir, "a.txt"), time.Unix(1, 0), time.Unix(1, 0))) }, false},
		{"ignored folder", func() { b.write("log/today", "x") }, false},
		{"ignored file", func() { b.write("README.md", "x") }, false},
		{"file kept by an exception", func() { b.write("keep.md", "x") }, true},
		{"content", func() { b.write("a.txt", "b") }, true},
		{"new file", func() { b.write("b/d.txt", "") }, true},
		{"mode", func() { must(os.Chmod(filepath.Join(b.dir, "a.txt"), 0o755)) }, true},
		{"name", func() { must(os.Rename(filepath.Join(b.dir, "a.txt"), filepath.Join(b.dir, "z.txt"))) }, true},
		{"link", func() { must(os.Symlink("z.txt", filepath.Join(b.dir, "link"))) }, true},
		{"end of a link", func() {
			must(os.Remove(filepath.Join(b.dir, "link")))
			must(os.Symlink("b", filepath.Join(b.dir, "link")))
		}, true},
		{"Dockerfile", func() { b.write("Dockerfile", "FROM scratch\n\n") }, true},
	} {
		c.do()
		after := b.digest(nil)
		if (before != after) != c.changes {
			t.Errorf("%s: changed %t, want %t", c.what, before != after, c.changes)
		}
		before = after
	}
	if b.digest(map[string]any{"args": map[string]any{"A": "1"}}) != before {
		t.Error("an argument is compared for itself, it is not part of the digest")
	}
}

func TestCheckKeepsUnknownValuesAndSecrets(t *testing.T) {
	b := newBench(t, map[string]string{"Dockerfile": "FROM scratch\n"})
	in := b.in(nil)
	in["registry"] = presource.MakeComputed(presource.NewProperty(""))
	in["build"] = presource.MakeSecret(in["build"])
	out, err := b.Check(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if !out["registry"].IsComputed() || !out["build"].IsSecret() || !out[contextDigest].IsString() {
		t.Errorf("%v", out)
	}
	in["build"] = presource.MakeComputed(presource.NewProperty(""))
	if out, err = b.Check(context.Background(), in); err != nil || out.HasValue(contextDigest) {
		t.Errorf("%v %v", out, err)
	}
}
