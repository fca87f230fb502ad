package project

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func write(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		full := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFindLooksUpward(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{
		"Pulumi.yaml":            "name: slipway\nruntime: go\n",
		"infra/other/a.go":       "",
		"vendor/Pulumi.yaml":     "name: another\nruntime: go\n",
		"vendor/deep/file":       "",
		"vendor/deep/Pulumi.dev": "",
	})
	t.Setenv(Variable, "")
	for from, want := range map[string][2]string{".": {".", "slipway"}, "infra/other": {".", "slipway"}, "vendor/deep": {"vendor", "another"}} {
		t.Chdir(filepath.Join(root, from))
		p, err := Find("")
		if err != nil {
			t.Fatalf("from %s: %v", from, err)
		}
		if got, _ := filepath.EvalSymlinks(p.Root); got != mustEval(t, filepath.Join(root, want[0])) || p.Name != want[1] {
			t.Errorf("from %s: root is %s, its name is %s", from, p.Root, p.Name)
		}
	}
}

func mustEval(t *testing.T, path string) string {
	t.Helper()
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	return real
}

func TestFindRefuses(t *testing.T) {
	empty := t.TempDir()
	if _, err := Find(empty); !errors.Is(err, ErrNotFound) {
		t.Errorf("Find(%s): %v", empty, err)
	}
	t.Setenv(Variable, empty)
	if _, err := Find(""); !errors.Is(err, ErrNotFound) {
		t.Errorf("%s=%s: %v", Variable, empty, err)
	}
}

func TestStacksAndConfig(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{
		"Pulumi.yaml":          "name: slipway\nruntime: go\n",
		"Pulumi.staging.yaml":  "config:\n  slipway:kind: environment\n  slipway:count: 010\n  slipway:on: true\n",
		"Pulumi.dev.yaml":      "",
		"Pulumi.-rf.yaml":      "",
		"Pulumi.dev.yaml.save": "",
	})
	p, err := At(root)
	if err != nil {
		t.Fatal(err)
	}
	stacks, err := p.Stacks()
	if err != nil || !reflect.DeepEqual(stacks, []string{"dev", "staging"}) {
		t.Errorf("stacks: %v, %v", stacks, err)
	}
	want := map[string]string{"slipway:kind": "environment", "slipway:count": "8", "slipway:on": "true"}
	if got, err := p.StackConfig("staging"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("config: %v, %v", got, err)
	}
	for _, stack := range []string{"dev", "none"} {
		if got, err := p.StackConfig(stack); err != nil || len(got) != 0 {
			t.Errorf("config of %s: %v, %v", stack, got, err)
		}
	}
	write(t, root, map[string]string{"Pulumi.broken.yaml": "config: [\n"})
	if _, err := p.StackConfig("broken"); err == nil || !strings.Contains(err.Error(), "Pulumi.broken.yaml") {
		t.Errorf("config of a broken file: %v", err)
	}
}

func TestCheckStackName(t *testing.T) {
	good := []string{"dev", "prod-eu", "a.b", "_x", "9", strings.Repeat("a", 100)}
	bad := []string{"", ".", "..", "../dev", "a/b", `a\b`, "-rf", "--yes", "a b", "a;b", "$(id)", "a\nb", "dev\x00", "é", strings.Repeat("a", 101)}
	for _, name := range good {
		if err := CheckStackName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range bad {
		var wrong *BadStackName
		if err := CheckStackName(name); !errors.As(err, &wrong) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func FuzzCheckStackName(f *testing.F) {
	for _, seed := range []string{"dev", "../x", "-x", "a\x00", "ü", "a.b-c_d"} {
		f.Add(seed)
	}
	p := &Project{Root: "/project"}
	f.Fuzz(func(t *testing.T, name string) {
		if CheckStackName(name) != nil {
			return
		}
		if filepath.Dir(p.StackFile(name)) != p.Root || filepath.Base(p.Dir("work", name)) != name {
			t.Errorf("%q leaves the project", name)
		}
		if strings.HasPrefix(name, "-") || strings.ContainsAny(name, "/\\ \t\n\x00;&|<>$`'\"(){}*?[]~#!") {
			t.Errorf("%q was accepted", name)
		}
	})
}
