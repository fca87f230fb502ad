package jenkins

import (
	"encoding/xml"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// project is what a test reads of the job's config.xml.
type project struct {
	Concurrent bool   `xml:"concurrentBuild"`
	Quiet      string `xml:"quietPeriod"`
	Command    string `xml:"builders>hudson.tasks.Shell>command"`
	Archived   struct {
		Files      string `xml:"artifacts"`
		AllowEmpty bool   `xml:"allowEmptyArchive"`
		Successful bool   `xml:"onlyIfSuccessful"`
	} `xml:"publishers>hudson.tasks.ArtifactArchiver"`
	Parameters []struct {
		Name string `xml:"name"`
	} `xml:"properties>hudson.model.ParametersDefinitionProperty>parameterDefinitions>hudson.model.StringParameterDefinition"`
}

func job(t *testing.T) project {
	t.Helper()
	var p project
	if err := xml.Unmarshal([]byte(written(t, valid())["/etc/slipway/jobs/slipway/config.xml"].Content), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// shellStep is what Jenkins runs: the script as it comes out of the XML.
func shellStep(t *testing.T) string {
	t.Helper()
	return job(t).Command
}

func TestJob(t *testing.T) {
	p := job(t)
	if !p.Concurrent || p.Quiet != "0" || p.Archived.Files != "result-*.json" || !p.Archived.AllowEmpty || p.Archived.Successful {
		t.Errorf("got %+v", p)
	}
	var names []string
	for _, parameter := range p.Parameters {
		names = append(names, parameter.Name)
	}
	if want := []string{"OPERATION", "ENVIRONMENT", "FROM", "COMMIT", "EXECUTION", "JOB", "SOURCE"}; !slices.Equal(names, want) {
		t.Errorf("the parameters are %q, want %q", names, want)
	}
	text, err := os.ReadFile("templates/job.sh")
	if err != nil || p.Command != string(text) {
		t.Errorf("the step is not templates/job.sh (%v):\n%s", err, p.Command)
	}
	if !strings.HasPrefix(p.Command, "#!/bin/bash -eu\n") {
		t.Error("the step does not say by which shell it is run")
	}
}

// build is one run of the job's step, on a host whose slipway and go are those in testdata/bin.
type build struct {
	t   *testing.T
	dir string
	env map[string]string
}

// goMod names a provider and a version of Pulumi.
const goMod = `module slipway

go 1.26.0

require (
	github.com/pulumi/pulumi-aws/sdk/v6 v6.83.2
	github.com/pulumi/pulumi/sdk/v3 v3.230.0
)

require github.com/x/y v1.0.0 // indirect

require (
	github.com/pulumi/pulumi/pkg/v3 v3.230.0 // indirect
)
`

const commit = "9f2c4e7a1b3d5068c7e9f0a2b4d6e8013579bdf1"

// newBuild deploys a commit whose source has the hash new; the installed deployer has the given one.
func newBuild(t *testing.T, installed string) *build {
	t.Helper()
	b := &build{t: t, dir: t.TempDir()}
	for _, name := range []string{"source dir/scripts", "source dir/automation", "workspace", "bin"} {
		b.check(os.MkdirAll(b.path(name), 0o755))
	}
	b.write("source dir/scripts/source-hash", "echo new\n")
	b.write("source dir/go.mod", goMod)
	b.write("source dir/automation/main.go", "package main\n")
	b.write("installed", installed)
	b.write("version", "v3.230.0")
	b.check(os.MkdirAll(b.path("pulumi/plugins/resource-aws-v6.83.2"), 0o755))
	for to, from := range map[string]string{"bin/slipway": "slipway", "bin/go": "go", "bin/pulumi": "pulumi", "deployer": "slipway"} {
		text, err := os.ReadFile("testdata/bin/" + from)
		b.check(err)
		b.check(os.WriteFile(b.path(to), text, 0o755))
	}
	b.env = map[string]string{
		"PATH": b.path("bin") + ":" + os.Getenv("PATH"), "HOST": b.dir, "WORKSPACE": b.path("workspace"), "BUILD_NUMBER": "7",
		"SOURCE": b.path("source dir"), "OPERATION": "deploy", "ENVIRONMENT": "dev", "FROM": "", "COMMIT": commit,
		"EXECUTION": "3137f7cb-7cf7-4abc-8c1a-6d1f2ae93b1c", "JOB": "trace", "PULUMI_HOME": b.path("pulumi"),
	}
	return b
}

func (b *build) check(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *build) path(name string) string { return filepath.Join(b.dir, name) }

func (b *build) write(name, text string) {
	b.t.Helper()
	b.check(os.WriteFile(b.path(name), []byte(text), 0o644))
}

// calls are the command lines of slipway and go that did something, without the path of the command.
func (b *build) calls() []string {
	text, err := os.ReadFile(b.path("calls"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	b.check(err)
	return strings.Split(strings.TrimSpace(strings.ReplaceAll(string(text), b.dir+"/", "")), "\n")
}

// run runs the step as Jenkins does: by the interpreter and the options of its first line.
func (b *build) run() (said string, code int) {
	b.t.Helper()
	b.write("step.sh", shellStep(b.t))
	cmd := exec.CommandContext(b.t.Context(), "/bin/bash", "-eu", b.path("step.sh"))
	cmd.Dir = b.path("workspace")
	for name, value := range b.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		b.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

const (
	deployed = " deploy dev --commit " + commit + " --execution 3137f7cb-7cf7-4abc-8c1a-6d1f2ae93b1c --result workspace/result-7.json --unpacked"
	compiled = "go build -trimpath -buildvcs=false -ldflags -s -w -X slipway/automation/cli.source=new -o workspace/slipway ./automation"
)

func TestStep(t *testing.T) {
	for _, c := range []struct {
		name      string
		installed string
		change    map[string]string
		want      []string
	}{
		{"no Go source changed", "new", nil, []string{"slipway" + deployed}},
		{"Go source changed", "old", nil, []string{compiled, "workspace/slipway" + deployed}},
		{"nothing installed", "", nil, []string{compiled, "workspace/slipway" + deployed}},
		{"infrastructure", "new", map[string]string{"SLIPWAY_DEPLOY_INFRASTRUCTURE": "true"}, []string{"slipway" + deployed + " --allow-infrastructure"}},
		{"no infrastructure", "new", map[string]string{"SLIPWAY_DEPLOY_INFRASTRUCTURE": "false"}, []string{"slipway" + deployed}},
		{
			"promotion", "old", map[string]string{"OPERATION": "promote", "FROM": "dev", "ENVIRONMENT": "staging", "SLIPWAY_DEPLOY_INFRASTRUCTURE": "true"},
			[]string{"slipway promote dev staging --commit " + commit + " --execution 3137f7cb-7cf7-4abc-8c1a-6d1f2ae93b1c --result workspace/result-7.json"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBuild(t, c.installed)
			if c.installed == "" {
				b.check(os.Remove(b.path("bin/slipway")))
			}
			for name, value := range c.change {
				b.env[name] = value
			}
			b.write("workspace/result-6.json", "{}")
			said, code := b.run()
			if got := b.calls(); code != 0 || !slices.Equal(got, c.want) {
				t.Errorf("code %d, calls %q, want %q\n%s", code, got, c.want, said)
			}
			results, err := filepath.Glob(b.path("workspace/result-*.json"))
			if err != nil || !slices.Equal(results, []string{b.path("workspace/result-7.json")}) {
				t.Errorf("there are the results %q (%v)", results, err)
			}
		})
	}
}

// A commit that upgrades Pulumi and a provider brings both along: the next build finds them.
func TestStepInstallsWhatTheCommitNeeds(t *testing.T) {
	b := newBuild(t, "old")
	b.write("source dir/go.mod", strings.NewReplacer("v6.83.2", "v6.84.0", "v3.230.0", "v3.231.0").Replace(goMod))
	b.check(os.MkdirAll(b.path("source dir/images/jenkins/templates/etc"), 0o755))
	pin := strings.Repeat("1", 64)
	b.write("source dir/images/jenkins/templates/etc/checksums.txt", "# pins\n"+pin+"  pulumi-resource-aws-v6.84.0-linux-amd64.tar.gz\n")
	want := []string{
		"pulumi plugin install resource aws v6.84.0 --checksum " + pin,
		"go build -trimpath -buildvcs=false -ldflags -s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.231.0" +
			" -o pulumi/cli/v3.231.0/pulumi github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
		compiled, "workspace/slipway" + deployed,
	}
	said, code := b.run()
	if got := b.calls(); code != 0 || !slices.Equal(got, want) || !strings.Contains(said, "The commit needs the provider aws v6.84.0") {
		t.Errorf("code %d, calls %q, want %q\n%s", code, got, want, said)
	}
	if said, code := b.run(); code != 0 || len(b.calls()) != len(want)+1 {
		t.Errorf("the second time: code %d, calls %q\n%s", code, b.calls(), said)
	}

	b = newBuild(t, "old")
	b.write("source dir/go.mod", strings.ReplaceAll(goMod, "v6.83.2", "v6.84.0"))
	b.write("offline", "")
	said, code = b.run()
	if code != 1 || !strings.Contains(said, "the provider aws v6.84.0, which go.mod names, cannot be installed") {
		t.Errorf("code %d\n%s", code, said)
	}
	b.env["PULUMI_DEBUG_PROVIDERS"] = "aws:4566,docker:4567"
	if said, code = b.run(); code != 0 {
		t.Errorf("a provider that runs is installed: code %d\n%s", code, said)
	}
}

// A commit that holds an app alone is deployed by the installed deployer, whatever the app is made of.
func TestStepDeploysAnAppAlone(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"no Go":                 {"Pulumi.yaml": "name: shop\n"},
		"an app in Go":          {"go.mod": "module example.com/shop\n", "automation/main.go": "package main\n", "scripts/source-hash": "exit 1\n"},
		"an app called slipway": {"go.mod": "module slipway\n"},
	} {
		b := newBuild(t, "old")
		b.check(os.RemoveAll(b.path("source dir")))
		for file, text := range files {
			b.check(os.MkdirAll(filepath.Dir(b.path("source dir/"+file)), 0o755))
			b.write("source dir/"+file, text)
		}
		said, code := b.run()
		if got := b.calls(); code != 0 || !slices.Equal(got, []string{"slipway" + deployed}) {
			t.Errorf("%s: code %d, calls %q\n%s", name, code, got, said)
		}
	}
}

// A project in a folder of the commit is deployed from the folder in which the commit begins.
func TestStepDeploysAProjectInAFolder(t *testing.T) {
	for operation, want := range map[string]string{
		"deploy":  "slipway" + strings.Replace(deployed, " --unpacked", " --project services/api --unpacked", 1),
		"promote": "slipway promote dev staging --commit " + commit + " --execution 3137f7cb-7cf7-4abc-8c1a-6d1f2ae93b1c --result workspace/result-7.json --project services/api",
	} {
		b := newBuild(t, "new")
		b.env["OPERATION"], b.env["SLIPWAY_PROJECT_FOLDER"] = operation, "services/api"
		if operation == "promote" {
			b.env["FROM"], b.env["ENVIRONMENT"] = "dev", "staging"
		}
		b.check(os.MkdirAll(b.path("source dir/services/api"), 0o755))
		b.write("source dir/services/api/Pulumi.yaml", "name: api\n")
		said, code := b.run()
		if got := b.calls(); code != 0 || !slices.Equal(got, []string{want}) {
			t.Errorf("%s: code %d, calls %q, want %q\n%s", operation, code, got, want, said)
		}
	}
}

// What was built for a source is not built again.
func TestStepBuildsOnce(t *testing.T) {
	b := newBuild(t, "old")
	for range 2 {
		if said, code := b.run(); code != 0 {
			t.Fatalf("code %d\n%s", code, said)
		}
	}
	if got, want := b.calls(), []string{compiled, "workspace/slipway" + deployed, "workspace/slipway" + deployed}; !slices.Equal(got, want) {
		t.Errorf("calls %q, want %q", got, want)
	}
}

func TestStepFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*build)
		code   int
		says   string
		calls  int
		result bool
	}{
		{"the deployer fails", func(b *build) { b.write("broken", "6") }, 6, "the rollout did not work", 1, true},
		{"it does not compile", func(b *build) { b.write("installed", "old"); b.write("uncompilable", "") }, 1, "does not build with go1.25.1 (go.mod asks for 1.26.0; slipway:goProxy", 1, false},
		{"no hash", func(b *build) { b.check(os.RemoveAll(b.path("source dir/scripts"))) }, -1, "source-hash", 0, false},
		{"no project", func(b *build) { b.env["SLIPWAY_PROJECT_FOLDER"] = "services/api" }, 2, "no services/api/Pulumi.yaml (slipway:projectFolder", 0, false},
		{"no source", func(b *build) { b.env["SOURCE"] = b.path("absent") }, 1, "absent", 0, false},
		{"empty source", func(b *build) { b.env["SOURCE"] = "" }, -1, "SOURCE", 0, false},
		{"unknown operation", func(b *build) { b.env["OPERATION"] = "destroy" }, 2, `OPERATION is "destroy"`, 0, false},
		{"no environment", func(b *build) { b.env["ENVIRONMENT"] = "" }, 2, `"" is not the name`, 0, false},
		{"an option", func(b *build) { b.env["ENVIRONMENT"] = "--app=/etc" }, 2, "is not the name", 0, false},
		{"a command", func(b *build) { b.env["ENVIRONMENT"] = "dev$(touch owned)" }, 2, "is not the name", 0, false},
		{"promotion from nowhere", func(b *build) { b.env["OPERATION"] = "promote" }, 2, `"" is not the name`, 0, false},
		{"a missing parameter", func(b *build) { delete(b.env, "COMMIT") }, -1, "COMMIT", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBuild(t, "new")
			c.change(b)
			said, code := b.run()
			if code == 0 || c.code > 0 && code != c.code || !strings.Contains(said, c.says) || len(b.calls()) != c.calls {
				t.Errorf("code %d, calls %q\n%s", code, b.calls(), said)
			}
			if _, err := os.Stat(b.path("workspace/result-7.json")); (err == nil) != c.result {
				t.Errorf("the result: %v", err)
			}
		})
	}
}
