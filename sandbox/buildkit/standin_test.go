package buildkit

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/image"

	"slipway/sandbox/naming"
)

// A base image that is named by digest is what it says, unless the engine has a stand-in that is labelled as one.
func TestStandIns(t *testing.T) {
	for _, c := range []struct{ name, label, says string }{
		{"a stand-in", "offline-stand-in", ""},
		{"another image under its tag", "something", "@sha256:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := context.Background()
			base := "slipway-test-base-" + naming.Hex(8) + ":v1"
			made := newBench(t, "FROM scratch\nCOPY nonce /base\nLABEL org.slipway.base="+c.label+"\n")
			made.Name = base
			if _, err := made.Build(ctx, made.Image); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _, _ = made.Engine.ImageRemove(ctx, base, image.RemoveOptions{Force: true}) })

			pinned := base + "@sha256:" + strings.Repeat("a", 64)
			b := newBench(t, "FROM "+pinned+" AS base\nCOPY nonce tool /\n")
			if err := os.WriteFile(b.Dockerfile+".dockerignore", []byte("tool\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(b.Dockerfile, []byte("FROM "+pinned+" AS base\nCOPY * /all/\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			var steps []string
			b.Step = func(name string) { steps = append(steps, name) }
			id, err := b.Build(ctx, b.Image)
			if c.says != "" {
				if err == nil {
					t.Fatal("it was built on an image that is not the one of the digest")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if saved := b.saved(ctx, id); !strings.Contains(saved, "base") || strings.Contains(saved, "all/tool") {
				t.Error("it was not built on the stand-in, or without its .dockerignore")
			}
			if !slices.ContainsFunc(steps, func(s string) bool { return strings.Contains(s, "an offline stand-in for "+pinned) }) {
				t.Errorf("the steps do not say so: %q", steps)
			}
		})
	}
}

func TestPinnedBases(t *testing.T) {
	const text = "# FROM a:1@sha256:b\nARG X\nFROM --platform=$BUILDPLATFORM a:1@sha256:b AS one\nRUN echo a@b\nFROM c:2\nFROM one\n"
	if got := pinnedBases([]byte(text)); !slices.Equal(got, []string{"a:1@sha256:b"}) {
		t.Errorf("got %q", got)
	}
}
