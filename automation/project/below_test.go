package project

import (
	"os/exec"
	"path/filepath"
	"testing"
)

func TestBelow(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{
		"Pulumi.yaml": projectHead, "services/api/Pulumi.yaml": projectHead, "services/new/Pulumi.yaml": projectHead,
	})
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "Pulumi.yaml", "services/api"}} {
		if out, err := exec.Command("git", append([]string{"-C", root}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	outside := t.TempDir()
	write(t, outside, map[string]string{"Pulumi.yaml": projectHead})
	for folder, want := range map[string]string{root: "", filepath.Join(root, "services/api"): "services/api", filepath.Join(root, "services/new"): "", outside: ""} {
		p, err := At(folder)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Below(t.Context()); got != want {
			t.Errorf("%s: %q, want %q", folder, got, want)
		}
	}
}
