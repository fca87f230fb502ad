package sandbox

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An hour with boto3 and one with the aws CLI, of this machine.
func TestAnHourOfScripts(t *testing.T) {
	h := newHour(t)
	key := h.services.config.Key
	var environment []string
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); !strings.HasPrefix(name, "AWS_") && !strings.HasSuffix(strings.ToLower(name), "_proxy") {
			environment = append(environment, variable)
		}
	}
	environment = append(environment, "AWS_ENDPOINT_URL="+*h.config.BaseEndpoint, "AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID="+key.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+key.SecretAccessKey,
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_PAGER=")
	run := func(t *testing.T, command ...string) string {
		t.Helper()
		c := exec.CommandContext(t.Context(), command[0], command[1:]...)
		c.Env, c.Dir = environment, t.TempDir()
		out, err := c.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", strings.Join(command, " "), err, out)
		}
		return string(out)
	}
	t.Run("boto3", func(t *testing.T) {
		if err := exec.Command("python3", "-c", "import boto3").Run(); err != nil {
			t.Skip("python3 has no boto3 here")
		}
		script, err := filepath.Abs("testdata/hour.py")
		if err != nil {
			t.Fatal(err)
		}
		if out := run(t, "python3", script, "eu-west-1"); !strings.HasSuffix(out, "done\n") {
			t.Errorf("it says %s", out)
		}
	})
	t.Run("aws CLI", func(t *testing.T) {
		if _, err := exec.LookPath("aws"); err != nil {
			t.Skip("there is no aws CLI here")
		}
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, call := range []struct{ command, within string }{
			{"s3 mb s3://hour-cli", "make_bucket: hour-cli"},
			{"s3 cp " + file + " s3://hour-cli/folder/ --no-progress", "upload: "},
			{"s3 ls s3://hour-cli --recursive --human-readable", "folder/file"},
			{"s3 rb s3://hour-cli --force", "remove_bucket: hour-cli"},
			{"ecs create-cluster --cluster-name cli --query cluster.status --output text", "ACTIVE\n"},
			{"ecs list-clusters --page-size 1 --query clusterArns[] --output text", "cluster/cli"},
			{"ecs describe-clusters --clusters cli --output table", "|  status"},
			{"ssm put-parameter --name /cli --value v --type String", `"Version": 1`},
			{"sts get-caller-identity --query Arn --output text", "user/sandbox\n"},
		} {
			if out := run(t, append([]string{"aws"}, strings.Fields(call.command)...)...); !strings.Contains(out, call.within) {
				t.Errorf("aws %s says %s", call.command, out)
			}
		}
	})
}
