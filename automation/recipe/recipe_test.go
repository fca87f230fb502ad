package recipe

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/images"
)

func folder(t *testing.T, files map[string]string) project.Context {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "app")
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return project.Context{Folder: dir, Name: "services/api", Tree: "abc"}
}

func TestMake(t *testing.T) {
	of := folder(t, map[string]string{"docker/Dockerfile": "FROM a AS one\nFROM b\n", "docker/Dockerfile.dockerignore": "secret\n"})
	with := images.Settings{Platform: "linux/amd64", Target: "one", Arguments: map[string]string{"A": "1"}}
	r, err := Make(of, "c0ffee", "docker/Dockerfile", with)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(r.Dockerfile)
	if err != nil || !strings.HasPrefix(string(text), "FROM a AS one\nLABEL ") || !strings.HasSuffix(string(text), "\nFROM b\n") {
		t.Errorf("%v: %s", err, text)
	}
	for _, label := range []string{"slipway.tree='abc'", "slipway.folder='services/api'", "org.opencontainers.image.revision='c0ffee'", "target=one"} {
		if !strings.Contains(string(text), label) {
			t.Errorf("%s is not in %s", label, text)
		}
	}
	if ignore, err := os.ReadFile(r.Dockerfile + ignoreSuffix); err != nil || string(ignore) != "secret\n" {
		t.Errorf("the Dockerfile's own .dockerignore: %q, %v", ignore, err)
	}
	again, err := Make(of, "c0ffee", "docker/Dockerfile", with)
	if err != nil || again.Dockerfile != r.Dockerfile || again.Identity != r.Identity {
		t.Errorf("again: %+v, %v", again, err)
	}
	if args := r.Args("host/app"); args.Tag != r.Identity.Tag() || args.Target != "one" {
		t.Errorf("%+v", args)
	}
}

func TestADockerfileThatIsALink(t *testing.T) {
	of := folder(t, map[string]string{"real": "FROM a\n"})
	for link, target := range map[string]string{"Dockerfile": "real", "out": "/etc/hostname", "gone": "nowhere"} {
		if err := os.Symlink(target, filepath.Join(of.Folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Make(of, "c", "Dockerfile", images.Settings{}); err != nil {
		t.Error(err)
	}
	if _, err := Make(of, "c", "out", images.Settings{}); err == nil {
		t.Error("a file of this machine was taken")
	}
	for _, name := range []string{"gone", "none"} {
		var missing *NoDockerfile
		if _, err := Make(of, "c", name, images.Settings{}); !errors.As(err, &missing) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatCannotBeBuiltIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, ignore string
		change       func(*project.Context)
		says         []string // nil: it is built
	}{
		{"a submodule", "", func(c *project.Context) { c.Submodules = []string{"lib"} }, []string{`"services/api/lib" is a submodule`, "git subtree"}},
		{"an LFS pointer", "", func(c *project.Context) { c.Pointers = []string{"logo.png"} }, []string{`"services/api/logo.png" is a pointer of Git LFS`, "git lfs migrate"}},
		{"a name in Latin-1", "", func(c *project.Context) { c.Misnamed = []string{"caf\xe9.txt"} }, []string{`"services/api/caf\xe9.txt" is a name`, "UTF-8", "git mv"}},
		{"all of them", "", func(c *project.Context) {
			c.Submodules, c.Pointers, c.Misnamed = []string{"lib"}, []string{"logo.png"}, []string{"\xff"}
		}, []string{"submodule", "LFS", `\xff`}},
		{"what is ignored", "lib\n*.png\ncaf*\n", func(c *project.Context) {
			c.Submodules, c.Pointers, c.Misnamed = []string{"lib"}, []string{"logo.png"}, []string{"caf\xe9.txt"}
		}, nil},
		{"one that is not ignored", "*.png\n!logo.png\n", func(c *project.Context) { c.Pointers = []string{"logo.png", "other.png"} }, []string{`api/logo.png"`}},
		{"many", "", func(c *project.Context) { c.Pointers = strings.Split("a b c d e f g h i j k l", " ") }, []string{`api/j"`, "… and more"}},
	} {
		of := folder(t, map[string]string{"Dockerfile": "FROM a\n", ".dockerignore": c.ignore})
		c.change(&of)
		_, err := Make(of, "c", "Dockerfile", images.Settings{})
		if c.says == nil {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		var text strings.Builder
		fault.Print(&text, err)
		for _, says := range c.says {
			if fault.CodeOf(err) != fault.BadInput || !strings.Contains(text.String(), says) {
				t.Errorf("%s: no %q in\n%s", c.name, says, text.String())
			}
		}
	}
}

func TestExplain(t *testing.T) {
	of := folder(t, map[string]string{
		"Dockerfile": "FROM a\n", ".dockerignore": "*.key\nvendor\n", "a.key": "", "vendor/x": "", "there": "",
		"Other": "FROM a\n", "Other.dockerignore": "there\n",
	})
	old := `failed to compute cache key: "/%s" not found: not found`
	fresh := `step [2/2] COPY x /: failed to compute cache key: failed to calculate checksum of ref moby::abc: "/%s": not found`
	for _, c := range []struct{ dockerfile, message, name, says string }{
		{"Dockerfile", old, "a.key", "services/api/.dockerignore leaves out services/api/a.key, which the Dockerfile takes: add a line !a.key"},
		{"Dockerfile", fresh, "vendor/x", "services/api/.dockerignore leaves out services/api/vendor/x"},
		{"Dockerfile", fresh, "dist", "the commit has no services/api/dist"},
		{"Dockerfile", fresh, "there", ""},
		{"Dockerfile", "exit code: 1: %s", "a.key", ""},
		{"Other", fresh, "there", "services/api/Other.dockerignore leaves out services/api/there"},
		{"Other", fresh, "a.key", ""},
	} {
		r, err := Make(of, "c", c.dockerfile, images.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		got := r.Explain([]string{"building", fmt.Sprintf(c.message, c.name)})
		if c.says == "" && got != "" || !strings.HasPrefix(got, c.says) {
			t.Errorf("%s of %s: %q, want %q", c.name, c.dockerfile, got, c.says)
		}
	}
}
