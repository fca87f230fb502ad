package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"slipway/automation/project"
)

// The file of --result holds the same object as --json ends with, also when the command did not work.
func TestResultFile(t *testing.T) {
	t.Setenv(project.Variable, "")
	root := newRoot(t, map[string]string{"Pulumi.dev.yaml": "config:\n  slipway:kind: environment\n"})
	file := filepath.Join(t.TempDir(), "result.json")
	code, out, talk := run(t, root, "promote", "dev", "prod", "--result", file)
	if code != 2 || out != "" || talk == "" {
		t.Errorf("code %d, stdout %q, stderr %q", code, out, talk)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var result answered
	if err := json.Unmarshal(text, &result); err != nil {
		t.Fatal(err)
	}
	if result.Type != "result" || result.Command != "promote" || result.Code != 2 || result.Data.Error.Cause == "" {
		t.Errorf("result %s", text)
	}
	code, _, talk = run(t, root, "promote", "dev", "prod", "--result", filepath.Join(root, "none", "result.json"))
	if code != 2 {
		t.Errorf("code %d when the result cannot be written: %s", code, talk)
	}
}
