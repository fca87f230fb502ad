package jenkinshost

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The CLI that set-up built says the version that go.mod has.
func TestPulumiSaysItsVersion(t *testing.T) {
	cli, err := filepath.Glob("../../.slipway/tools/bin/pulumi")
	if err != nil || len(cli) == 0 {
		t.Skip("there is none: scripts/setup pulumi")
	}
	want, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Version}}", pulumiModule).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := versionOf(cli[0]); got != strings.TrimSpace(string(want)) {
		t.Errorf("it says %q, and go.mod %s", got, want)
	}
}
