package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/automation/fault"
)

func TestWorkerNamesAllThatIsMissing(t *testing.T) {
	for _, name := range []string{"AWS_REGION", "SLIPWAY_JENKINS_URL", "SLIPWAY_JOB", "SLIPWAY_WORKER_DIR"} {
		t.Setenv(name, "")
	}
	t.Setenv("SLIPWAY_WORKER_HEALTH", "0.0.0.0:8081")
	code, out, talk := run(t, t.TempDir(), "worker")
	if code != fault.BadInput || out != "" {
		t.Errorf("exit code %d, printed %q", code, out)
	}
	for _, want := range []string{"AWS_REGION is not set", "SLIPWAY_JENKINS_URL is not set", "SLIPWAY_JOB is not set",
		"SLIPWAY_WORKER_DIR is not set", `SLIPWAY_WORKER_HEALTH is "0.0.0.0:8081"`} {
		if !strings.Contains(talk, want) {
			t.Errorf("said\n%s\nwithout %s", talk, want)
		}
	}
}

// Every variable that the worker reads is in its help and in its page.
func TestWorkerVariablesAreTold(t *testing.T) {
	_, help, _ := run(t, t.TempDir(), "worker", "--help")
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "worker.md"))
	if err != nil {
		t.Fatal(err)
	}
	settings, err := os.ReadFile(filepath.Join("..", "worker", "settings.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, quoted := range strings.Split(string(settings), `"`) {
		if strings.HasPrefix(quoted, "SLIPWAY_") || quoted == "AWS_REGION" {
			names[quoted] = true
		}
	}
	if len(names) != 12 {
		t.Errorf("%d variables were found", len(names))
	}
	for name := range names {
		if !strings.Contains(help, name) || !strings.Contains(string(page), name) {
			t.Errorf("%s is not told", name)
		}
	}
}

func TestCredentialHelperWithoutCredentials(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{"AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_PROFILE": "",
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
	const codeCommit = "protocol=https\nhost=git-codecommit.eu-west-1.amazonaws.com\npath=v1/repos/a\n\n"
	for _, c := range []struct {
		operation, asked string
		code             int
		says             string
	}{
		{"get", codeCommit, fault.NotReady, "looking for AWS credentials"},
		{"store", codeCommit, fault.OK, ""},
		{"get", "protocol=https\nhost=github.com\npath=a/b.git\n\n", fault.OK, ""},
		{"get", strings.Replace(codeCommit, "https", "http", 1), fault.OK, ""},
	} {
		top := New()
		top.SetIn(strings.NewReader(c.asked))
		code, out, talk := execute(t, t.TempDir(), top, "credential-helper", c.operation)
		if code != c.code || out != "" || !strings.Contains(talk, c.says) || c.says == "" && talk != "" {
			t.Errorf("%s of %q: exit code %d, printed %q, said %q", c.operation, c.asked, code, out, talk)
		}
	}
}
