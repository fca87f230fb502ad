package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/automation/fault"
)

// TestASandboxOfAnOlderProgram has a sandbox of a program that kept Pulumi's state in files.
func TestASandboxOfAnOlderProgram(t *testing.T) {
	root := newRoot(t, map[string]string{})
	dir := filepath.Join(root, ".slipway", "sandbox")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	record := `{"id":"0a1b2c3d","region":"us-east-1","speed":10,"ports":{"api":4500},"pid":1,"started":"2026-01-02T03:04:05Z"}`
	if err := os.WriteFile(filepath.Join(dir, "sandbox.json"), []byte(record), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"start", "env", "status"} {
		code, out, talk := run(t, root, "sandbox", command)
		if code != int(fault.NotReady) || out != "" {
			t.Errorf("sandbox %s: exit code %d, %q", command, code, out)
		}
		if command == "start" && (!strings.Contains(talk, dir) || !strings.Contains(talk, "slipway sandbox stop")) {
			t.Errorf("sandbox %s says %s", command, talk)
		}
	}
	if after, err := os.ReadDir(dir); err != nil || len(after) != 1 {
		t.Errorf("its folder holds %v, %v", after, err)
	}
}
