package cli

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"slipway/automation/project"
)

// The demo works on a copy of an app: a project where it is none, made anew each time, but for what the sandbox keeps there.
func TestCopyOfAnApp(t *testing.T) {
	t.Setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
	dir := folder(t, "shop", map[string]string{"Dockerfile": "FROM scratch\nEXPOSE 3000\n", "page": "one"})
	copied := filepath.Join(dir, ".slipway", "demo", "project")
	again := func() *project.Project {
		t.Helper()
		s := newSession()
		cmd := demoCommand()
		cmd.SetContext(s.within(context.Background()))
		if err := copyOfApp(cmd, dir); err != nil {
			t.Fatal(err)
		}
		p, err := s.Project()
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := again()
	values, err := p.StackConfig("dev")
	if err != nil || p.Root != copied || p.Name != "shop" || values["slipway:containerPort"] != "3000" {
		t.Errorf("%s in %s: %v, %v", p.Name, p.Root, values, err)
	}
	for name, text := range map[string]string{filepath.Join(copied, ".slipway", "state"): "kept", filepath.Join(copied, "old"): "", filepath.Join(dir, "page"): "two"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	again()
	for name, want := range map[string]string{".slipway/state": "kept", "page": "two", "old": ""} {
		if text, _ := os.ReadFile(filepath.Join(copied, name)); string(text) != want {
			t.Errorf("%s holds %q, want %q", name, text, want)
		}
	}
	if exists(filepath.Join(copied, "old")) || exists(filepath.Join(dir, "Pulumi.yaml")) {
		t.Error("the copy keeps what is gone, or the folder itself was changed")
	}
}
