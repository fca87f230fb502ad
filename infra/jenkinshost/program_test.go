package jenkinshost

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"slipway/infra/config"
)

// ownType is an instance type for programs of the machine that runs the test.
func ownType() string {
	if runtime.GOARCH == "arm64" {
		return "t4g.medium"
	}
	return "t3.medium"
}

func TestBinaryIsFoundFromTheProject(t *testing.T) {
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	copyOf := filepath.Join(root, "bin", "slipway")
	content, err := os.ReadFile(own)
	if err == nil {
		err = os.Mkdir(filepath.Dir(copyOf), 0o700)
	}
	if err == nil {
		err = os.WriteFile(copyOf, content, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	found, err := ReadPrograms(root, &config.Config{WorkerBinary: "bin/slipway", PulumiBinary: own, JenkinsInstanceType: ownType()})
	if err != nil || found.Slipway.path != copyOf || found.Pulumi.path != own || found.Slipway.sha256 != hex.EncodeToString(sum[:]) {
		t.Errorf("found %v, %v", found, err)
	}
}

// stamped builds a small slipway in a folder of its own, with the flags of scripts/setup, and returns its path.
func stamped(t *testing.T, hash string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module slipway\n\ngo 1.26\n", "automation/cli/cli.go": "package cli\n\nvar source = \"\"\n\nfunc Source() string { return source }\n",
		"automation/main.go": "package main\n\nimport \"slipway/automation/cli\"\n\nfunc main() { println(cli.Source()) }\n",
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-X slipway/automation/cli.source="+hash, "-o", "slipway", "./automation")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOWORK=off")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return filepath.Join(dir, "slipway")
}

// The same source gives the same program in another folder, and the stack reads in it what it was built from.
func TestProgramSaysItsSource(t *testing.T) {
	hash := strings.Repeat("0f", 32)
	one, other := stamped(t, hash), stamped(t, hash)
	architecture := config.ArchitectureOf(ownType())
	first, err := checkedSum(one, architecture)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := checkedSum(other, architecture); err != nil || second != first {
		t.Errorf("two folders give %s and %s (%v)", first, second, err)
	}
	if got := sourceOf(one); got != hash {
		t.Errorf("it was built from %q", got)
	}
	p := Program{name: "slipway", sha256: first, source: hash, architecture: "x86_64"}
	if want := "slipway/slipway-" + hash + "-x86_64/slipway"; p.key() != want {
		t.Errorf("its key is %s, want %s", p.key(), want)
	}
	p.sha256 = strings.Repeat("1", 64) // as another release of Go would make it
	if p.key() != "slipway/slipway-"+hash+"-x86_64/slipway" {
		t.Errorf("its key is %s", p.key())
	}
	own, err := os.Executable()
	if err != nil || sourceOf(own) != "" || sourceOf("absent") != "" || versionOf("absent") != "" {
		t.Errorf("a program without a stamp was built from %q (%v)", sourceOf(own), err)
	}
}
