package engine

import (
	"runtime/debug"
	"testing"
)

func TestVersionOfACLI(t *testing.T) {
	ours := &debug.BuildInfo{
		Path: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
		Deps: []*debug.Module{{Path: "github.com/pulumi/pulumi/sdk/v3", Version: "v3.1.0"}, {Path: "github.com/pulumi/pulumi/pkg/v3", Version: "v3.230.0"}},
	}
	if got, ok := builtVersion(ours); !ok || got.String() != "3.230.0" {
		t.Errorf("got %s, %t", got, ok)
	}
	official := &debug.BuildInfo{Path: ours.Path, Main: debug.Module{Path: "github.com/pulumi/pulumi/pkg/v3", Version: "(devel)"}}
	another := &debug.BuildInfo{Path: "example.com/pulumi", Deps: ours.Deps}
	for _, info := range []*debug.BuildInfo{official, another, {}} {
		if got, ok := builtVersion(info); ok {
			t.Errorf("%s has version %s", info.Path, got)
		}
	}
}
