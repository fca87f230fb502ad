package scripts

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// sources is a small project that source-hash reads.
var sources = map[string]string{
	"go.mod": "module m\n", "go.sum": "sums\n",
	"automation/main.go": "package main\n", "automation/main_test.go": "package main\n",
	"infra/a b.go": "package infra\n", "infra/testdata/golden": "golden\n",
	"images/image.go": "package images\n", "images/app/public/index.php": "<?php\n",
	"images/jenkins/templates/job.sh": "true\n", "images/jenkins/templates/app/x": "x\n",
	"sandbox/schema/aws.json": "{}\n", "sandbox/.swp": "editor\n",
	"docs/a.md": "text\n", "main.go": "package main\n", "Pulumi.dev.yaml": "config: {}\n",
}

// newSources writes the project, and returns where it stands.
func newSources(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range sources {
		writeSource(t, root, name, text)
	}
	script, err := os.ReadFile("source-hash")
	if err != nil {
		t.Fatal(err)
	}
	writeSource(t, root, "scripts/source-hash", string(script))
	return root
}

func writeSource(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

var hashForm = regexp.MustCompile(`\A[0-9a-f]{64}\n\z`)

// sourceHash runs the script of a project as a build does: with sh, whatever its mode is.
func sourceHash(t *testing.T, root string, variables ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "scripts/source-hash")
	cmd.Dir, cmd.Env = root, append(os.Environ(), variables...)
	out, err := cmd.Output()
	if err != nil || !hashForm.Match(out) {
		t.Fatalf("source-hash printed %q: %v", out, err)
	}
	return string(out)
}

func TestSourceHashTellsWhatMatters(t *testing.T) {
	root := newSources(t)
	was := sourceHash(t, root)
	for name, matters := range map[string]bool{
		"go.mod": true, "go.sum": true, "automation/main.go": true, "infra/a b.go": true, "images/image.go": true,
		"images/jenkins/templates/job.sh": true, "images/jenkins/templates/app/x": true, "sandbox/schema/aws.json": true,
		"automation/new.go": true, "sandbox/new/file.html": true,
		"automation/main_test.go": false, "infra/testdata/golden": false, "images/app/public/index.php": false, "images/app/new.go": false,
		"sandbox/.swp": false, "docs/a.md": false, "main.go": false, "Pulumi.dev.yaml": false, "scripts/setup": false,
	} {
		writeSource(t, root, name, "changed\n")
		if changed := sourceHash(t, root) != was; changed != matters {
			t.Errorf("%s: changed is %t", name, changed)
		}
		if text, ok := sources[name]; ok {
			writeSource(t, root, name, text)
		} else if err := os.Remove(filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
		if sourceHash(t, root) != was {
			t.Errorf("%s: the hash is not what it was", name)
		}
	}
	if err := os.Rename(filepath.Join(root, "images/image.go"), filepath.Join(root, "images/renamed.go")); err != nil {
		t.Fatal(err)
	}
	if sourceHash(t, root) == was {
		t.Error("a renamed file changed nothing")
	}
}

func TestSourceHashIsTheSameElsewhere(t *testing.T) {
	root, other := newSources(t), newSources(t)
	was := sourceHash(t, root)
	for name := range sources {
		path, long := filepath.Join(other, name), time.Unix(0, 0)
		if err := errors.Join(os.Chmod(path, 0o777), os.Chtimes(path, long, long)); err != nil {
			t.Fatal(err)
		}
	}
	if got := sourceHash(t, other, "LC_ALL=C.UTF-8", "LANG=C.UTF-8"); got != was {
		t.Errorf("in another place with other modes, times and locale: %s, not %s", got, was)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(other, "scripts/source-hash"))
	if err := os.Chmod(cmd.Path, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd.Dir = "/"
	if out, err := cmd.Output(); err != nil || string(out) != was {
		t.Errorf("from another folder: %q, %v", out, err)
	}
}

func TestSourceHashOfWhatIsIncomplete(t *testing.T) {
	for _, name := range []string{"go.mod", "go.sum", "automation", "images", "infra", "sandbox"} {
		root := newSources(t)
		if err := os.RemoveAll(filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "sh", filepath.Join(root, "scripts/source-hash")).Output()
		if err == nil || len(out) > 0 {
			t.Errorf("without %s it printed %q: %v", name, out, err)
		}
	}
}

// recorder stands for sha256sum and writes down which files it was given.
const recorder = "#!/bin/sh\nfor f in \"$@\"; do printf '%s\\n' \"$f\" >>\"$READ\"; done\nexec \"$SHA256SUM\" \"$@\"\n"

// Every file of the project that go reads to build the deployer is in the hash.
func TestSourceHashCoversTheDeployer(t *testing.T) {
	real, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "sha256sum"), []byte(recorder), 0o700); err != nil {
		t.Fatal(err)
	}
	record := filepath.Join(bin, "read")
	sourceHash(t, "..", "PATH="+bin+":"+os.Getenv("PATH"), "SHA256SUM="+real, "READ="+record)
	text, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	read := strings.Split(string(text), "\n")
	needed := append(deployerFiles(t), "go.mod", "go.sum")
	for _, name := range needed {
		if !slices.Contains(read, name) {
			t.Errorf("%s goes into the deployer and not into the hash", name)
		}
	}
	if len(needed) < 100 {
		t.Errorf("go named only %d files of the deployer", len(needed))
	}
}

// deployerFiles are those of the module, relative to its root. Files for other systems count: the hash is one for all.
func deployerFiles(t *testing.T) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Dir,GoFiles,IgnoredGoFiles,EmbedFiles", "./automation")
	cmd.Dir = ".."
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath, Dir                     string
			GoFiles, IgnoredGoFiles, EmbedFiles []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return files
		} else if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(p.ImportPath, "slipway/") {
			continue
		}
		dir, err := filepath.Rel(root, p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range append(append(p.GoFiles, p.IgnoredGoFiles...), p.EmbedFiles...) {
			if !strings.HasSuffix(name, "_test.go") {
				files = append(files, filepath.Join(dir, name))
			}
		}
	}
}
