package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/project"
)

// run executes the command line in a project with the given stack files, where nobody can be asked.
func run(t *testing.T, root string, args ...string) (code int, out, talk string) {
	t.Helper()
	return execute(t, root, New(), args...)
}

// with is the command line with one command more.
func with(extra *cobra.Command) *cobra.Command {
	top := New()
	top.AddCommand(extra)
	return top
}

func execute(t *testing.T, root string, top *cobra.Command, args ...string) (code int, out, talk string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	s := &Session{In: strings.NewReader(""), Out: &stdout, Talk: &stderr}
	s.guard()
	s.flags(top)
	top.SetOut(s.Out)
	top.SetErr(s.Talk)
	code = s.run(t.Context(), top, append([]string{"--project", root}, args...))
	return code, stdout.String(), stderr.String()
}

func newRoot(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	files["Pulumi.yaml"] = "name: slipway\nruntime: go\n"
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestBadInput(t *testing.T) {
	t.Setenv(project.Variable, "")
	root := newRoot(t, map[string]string{
		"Pulumi.dev.yaml":      "config:\n  slipway:kind: environment\n",
		"Pulumi.delivery.yaml": "config:\n  slipway:kind: delivery\n",
		"Pulumi.images.yaml":   "config:\n  slipway:kind: environment\n",
		"Pulumi.other.yaml":    "config:\n  slipway:kind: environment\n  slipway:deliveryStack: organization/shop/delivery\n  aws:region: us-east-1\n",
		"Pulumi.role.yaml":     "config:\n  slipway:kind: environment\n  aws:region: us-east-1\n  aws:assumeRole: [a]\n",
		"Pulumi.bad.yaml":      "config:\n  slipway:kind: environment\n  slipway:zones: \"77\"\n  slipway:desiredCuont: 2\n",
		"Pulumi.broken.yaml":   "config: [\n",
		"Pulumi.hidden.yaml":   "config:\n  slipway:kind: environment\n  slipway:appName:\n    secure: v1:x\n",
		"Pulumi.nokey.yaml":    "config:\n  slipway:kind: environment\n  slipway:secretsProvider: alias/x\n",
	})
	tests := []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"a command that is nearly one", []string{"deplyo"}, 2, []string{`no command "deplyo"`, "did you mean deploy?"}},
		{"no such command", []string{"frobnicate"}, 2, []string{`no command "frobnicate"`, "slipway --help"}},
		{"no stack", []string{"up"}, 2, []string{"give the name of one stack"}},
		{"two stacks", []string{"preview", "dev", "prod"}, 2, []string{`"prod" is one argument too many`}},
		{"unknown flag", []string{"deploy", "--fast"}, 2, []string{"unknown flag: --fast", "slipway deploy --help"}},
		{"flag of another type", []string{"deploy", "--wait-lock", "soon"}, 2, []string{"--wait-lock"}},
		{"negative wait", []string{"deploy", "--wait-lock", "-1s"}, 2, []string{"must not be negative"}},
		{"no time", []string{"preview", "dev", "--timeout", "0s"}, 2, []string{"--timeout must be more than 0"}},
		{"negative list", []string{"status", "-n", "-1"}, 2, []string{"must not be negative"}},
		{"nobody to ask", []string{"up", "dev"}, 2, []string{"this is no terminal", "--yes"}},
		{"nobody to ask before deleting", []string{"destroy", "dev"}, 2, []string{"this is no terminal", "--yes"}},
		{"path as stack", []string{"up", "../dev", "--yes"}, 2, []string{`"../dev" is not a stack name`}},
		{"shell as stack", []string{"destroy", "$(id)", "--yes"}, 2, []string{`"$(id)" is not a stack name`}},
		{"flag as stack", []string{"deploy", "--", "--yes"}, 2, []string{`"--yes" is not a stack name`}},
		{"unknown stack", []string{"up", "prod", "--yes"}, 2, []string{"no Pulumi.prod.yaml", "bad, broken, delivery, dev, hidden, images, nokey, other, role"}},
		{"every wrong key", []string{"up", "bad", "--yes"}, 2, []string{`slipway:zones = "77"`, "slipway:desiredCuont", "desiredCount"}},
		{"a reserved name", []string{"up", "images", "--yes"}, 2, []string{`the name "images" is reserved`, "give Pulumi.images.yaml another name"}},
		{"the registry of another project", []string{"promote", "dev", "other"}, 2, []string{`slipway:deliveryStack = "organization/shop/delivery"`, "by its name alone, in Pulumi.other.yaml"}},
		{"a role that is none", []string{"promote", "dev", "role"}, 2, []string{"aws:assumeRole", "write it as a mapping with roleArn"}},
		{"broken file", []string{"preview", "broken"}, 2, []string{"Pulumi.broken.yaml"}},
		{"an encrypted key", []string{"up", "hidden", "--yes"}, 2, []string{"slipway:appName is encrypted", "Pulumi.hidden.yaml"}},
		{"no secrets provider", []string{"up", "nokey", "--yes"}, 2, []string{`slipway:secretsProvider = "alias/x"`, "awskms:///ARN"}},
		{"release to delivery", []string{"deploy", "delivery"}, 2, []string{"delivery is no environment"}},
		{"shell as commit", []string{"deploy", "dev", "--commit", "$(id)", "--app", root}, 2, []string{`"$(id)" does not name a commit`}},
		{"flag as commit", []string{"deploy", "dev", "--commit=--all", "--app", root}, 2, []string{`"--all" does not name a commit`}},
		{"no app", []string{"deploy", "dev"}, 2, []string{filepath.FromSlash("images/app")}},
		{"app without git", []string{"deploy", "dev", "--app", t.TempDir()}, 2, []string{"not a git repository"}},
		{"an archive without a full commit", []string{"deploy", "dev", "--unpacked", "--commit", "4f2c1e9", "--app", root}, 2, []string{`--unpacked needs --commit with the full hash of a commit, not "4f2c1e9"`}},
		{"promote from nowhere", []string{"promote", "dev"}, 2, []string{"give two environments"}},
		{"promote to itself", []string{"promote", "dev", "dev"}, 2, []string{`FROM and TO are both "dev"`}},
		{"promote from delivery", []string{"promote", "delivery", "dev"}, 2, []string{"delivery is no environment"}},
		{"promote to delivery", []string{"promote", "dev", "delivery"}, 2, []string{"delivery is no environment"}},
		{"promote to an unknown stack", []string{"promote", "dev", "prod"}, 2, []string{"no Pulumi.prod.yaml"}},
		{"an empty commit", []string{"deploy", "dev", "--commit", "", "--app", root}, 2, []string{`--commit is empty: leave it out, or give it a value`}},
		{"an empty release to return to", []string{"rollback", "dev", "--to=", "--yes"}, 2, []string{`--to is empty`}},
		{"shell as promoted commit", []string{"promote", "dev", "prod", "--commit", "$(id)"}, 2, []string{`"$(id)" is no commit hash`}},
		{"no project", []string{"--project", t.TempDir(), "up", "dev", "--yes"}, 2, []string{"no Pulumi.yaml", "--project"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, out, talk := run(t, root, test.args...)
			if code != test.code || out != "" || strings.Count(talk, "error: ") != 1 {
				t.Errorf("code %d, stdout %q, stderr\n%s", code, out, talk)
			}
			for _, want := range test.says {
				if !strings.Contains(talk, want) {
					t.Errorf("%q is not in\n%s", want, talk)
				}
			}
		})
		t.Run(test.name+", as JSON", func(t *testing.T) {
			code, out, talk := run(t, root, append([]string{"--json"}, test.args...)...)
			result := lastResult(t, out)
			if code != test.code || result.OK || result.Code != code || result.Data.Error.Cause == "" && result.Data.Error.Op == "" {
				t.Errorf("code %d, stdout\n%s", code, out)
			}
			if talk != "" {
				t.Errorf("stderr has %q", talk)
			}
		})
	}
}

// answered is the result object, as far as the tests read it.
type answered struct {
	Type, Command string
	OK            bool
	Code          int
	Data          struct {
		Error        struct{ Op, Cause, Next string }
		Environments []struct {
			Environment string
			Exists      bool
		}
	}
}

func lastResult(t *testing.T, out string) answered {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var result answered
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &result); err != nil || result.Type != "result" {
		t.Fatalf("the last line is no result: %v\n%s", err, out)
	}
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %q", line)
		}
	}
	return result
}

func TestHelpNamesEveryCommandAndCode(t *testing.T) {
	code, out, talk := run(t, t.TempDir(), "--help")
	if code != 0 || talk != "" {
		t.Errorf("code %d, stderr %q", code, talk)
	}
	for _, want := range []string{"up ", "deploy ", "preview ", "destroy ", "status ", "version ", "completion ", "demo ", "sandbox ", "Exit codes:", "130  interrupted"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	for _, code := range []int{fault.OK, fault.Unexpected, fault.BadInput, fault.NotReady, fault.BuildFailed, fault.Locked,
		fault.RolledBack, fault.RollbackFailed, fault.Superseded, fault.Interrupted} {
		if !strings.Contains(codes, "  "+itoa(code)+"  ") {
			t.Errorf("exit code %d is not in the help", code)
		}
	}
}

func itoa(n int) string {
	text, _ := json.Marshal(n)
	return string(text)
}

func TestVersionWithoutAProject(t *testing.T) {
	code, out, _ := run(t, t.TempDir(), "version")
	if code != 0 || !strings.Contains(out, "slipway ") || !strings.Contains(out, "go1.") || !strings.Contains(out, "unknown: ") {
		t.Errorf("code %d\n%s", code, out)
	}
}

// local gives the project the repository's pulumi CLI and a state folder.
func local(t *testing.T, root string) {
	t.Helper()
	tools, err := filepath.Abs("../../.slipway/tools")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{".slipway", "state"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(tools, filepath.Join(root, ".slipway", "tools")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PULUMI_BACKEND_URL", "file://"+filepath.Join(root, "state"))
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "a passphrase")
	t.Setenv("PULUMI_HOME", t.TempDir())
	t.Setenv("AWS_REGION", "us-east-1")
}

func TestWhatDoesNotStand(t *testing.T) {
	root := newRoot(t, map[string]string{
		"Pulumi.dev.yaml":      "config:\n  slipway:kind: environment\n",
		"Pulumi.prod.yaml":     "config:\n  slipway:kind: environment\n",
		"Pulumi.delivery.yaml": "config:\n  slipway:kind: delivery\n",
	})
	local(t, root)
	code, out, talk := run(t, root, "status")
	if code != 0 || !strings.Contains(out, "dev does not exist: slipway up dev") || !strings.Contains(out, "prod         absent") || strings.Contains(out, "delivery") {
		t.Errorf("status: code %d\n%s\n%s", code, out, talk)
	}
	code, out, _ = run(t, root, "status", "dev", "--json")
	if result := lastResult(t, out); code != 0 || !result.OK || len(result.Data.Environments) != 1 || result.Data.Environments[0].Exists {
		t.Errorf("status as JSON: code %d\n%s", code, out)
	}
	code, out, talk = run(t, root, "destroy", "dev", "--yes")
	if code != 0 || out != "" || !strings.Contains(talk, "dev: nothing to change") {
		t.Errorf("destroy: code %d\n%s\n%s", code, out, talk)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	leak := func() *cobra.Command {
		return &cobra.Command{Use: "leak", RunE: func(cmd *cobra.Command, _ []string) error {
			From(cmd).Hide("open sesame")
			return &fault.Error{Op: "opening", Cause: "open sesame is wrong", Evidence: []string{"tried open sesame"}, Code: fault.NotReady}
		}}
	}
	for _, flags := range [][]string{{"leak"}, {"leak", "--json"}} {
		code, out, talk := execute(t, t.TempDir(), with(leak()), flags...)
		if code != fault.NotReady || strings.Contains(out+talk, "sesame") || !strings.Contains(out+talk, "[secret] is wrong") {
			t.Errorf("code %d\n%s\n%s", code, out, talk)
		}
	}
}

func TestCompletionKnowsTheStacks(t *testing.T) {
	root := newRoot(t, map[string]string{"Pulumi.dev.yaml": "", "Pulumi.prod.yaml": ""})
	if _, out, _ := run(t, root, "__complete", "deploy", ""); !strings.HasPrefix(out, "dev\nprod\n") {
		t.Errorf("offered:\n%s", out)
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if code, out, _ := run(t, root, "completion", shell); code != 0 || !strings.Contains(out, "slipway") {
			t.Errorf("completion for %s: code %d", shell, code)
		}
	}
}

func TestInterruptedCommand(t *testing.T) {
	stops := &cobra.Command{Use: "stops", RunE: func(*cobra.Command, []string) error { return context.Canceled }}
	if code, _, talk := execute(t, t.TempDir(), with(stops), "stops"); code != fault.Interrupted || !strings.Contains(talk, "interrupted") {
		t.Errorf("code %d\n%s", code, talk)
	}
}

func TestSecondDemoSaysThatOneRuns(t *testing.T) {
	root := newRoot(t, map[string]string{})
	release, err := alone(filepath.Join(root, ".slipway", "demo.lock"), "the demo")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	code, _, talk := run(t, root, "demo")
	if code != fault.Locked || !strings.Contains(talk, "another one runs") {
		t.Errorf("code %d\n%s", code, talk)
	}
	if _, err := os.Stat(filepath.Join(root, ".slipway", "sandbox")); err == nil {
		t.Error("a sandbox was started all the same")
	}
}
