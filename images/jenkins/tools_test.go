package jenkins

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/coreos/go-systemd/v22/unit"
	"gopkg.in/yaml.v3"
)

func unpack(t *testing.T, packed []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tool runs a checker of this machine.
func tool(t *testing.T, name string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		t.Fatalf("%s is missing: scripts/setup checkers", name)
	}
	if err != nil {
		t.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

func TestCloudInitTakesTheDocument(t *testing.T) {
	text, err := CloudConfig(valid())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "user-data")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, "cloud-init", "schema", "--config-file", file)
}

// Every file is read by what will read it: its parser in Go, and its checker.
func TestFilesAreWellFormed(t *testing.T) {
	dir := t.TempDir()
	var shell, markup []string
	for name, f := range written(t, valid()) {
		copied := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(copied, []byte(f.Content), 0o600); err != nil {
			t.Fatal(err)
		}
		switch {
		case path.Ext(name) == ".xml":
			markup = append(markup, copied)
			parse(t, name, xml.Unmarshal([]byte(f.Content), new(struct{ XMLName xml.Name })))
		case path.Ext(name) == ".yaml":
			parse(t, name, yaml.Unmarshal([]byte(f.Content), new(map[string]any)))
		case path.Ext(name) == ".json":
			parse(t, name, json.Unmarshal([]byte(f.Content), new(map[string]any)))
		case path.Ext(name) == ".service" || path.Ext(name) == ".timer" || path.Ext(name) == ".conf" || path.Ext(name) == ".repo":
			_, err := unit.DeserializeSections(strings.NewReader(f.Content))
			parse(t, name, err)
		case path.Ext(name) == ".env" || path.Ext(name) == ".txt":
			checkLines(t, name, f.Content)
		case path.Dir(name) == "/etc/logrotate.d":
			rotated(t, f.Content)
		case path.Dir(name) == "/usr/local/libexec/slipway":
			shell = append(shell, copied)
		default:
			t.Errorf("nothing checks %s", name)
		}
	}
	step := filepath.Join(dir, "job.sh")
	if err := os.WriteFile(step, []byte(shellStep(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, "shellcheck", append(shell, step)...)
	tool(t, "xmllint", append([]string{"--noout"}, markup...)...)
}

// rotated reads what logrotate does: blocks of words in braces.
func rotated(t *testing.T, content string) {
	t.Helper()
	if !regexp.MustCompile(`\A(\S+ \{\n(  [a-z]+( \w+)?\n)+\}\n)+\z`).MatchString(content) {
		t.Errorf("logrotate cannot read\n%s", content)
	}
}

func parse(t *testing.T, name string, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// lineForm is a comment, a variable, a plugin with its version, or a file with its checksum.
var lineForm = regexp.MustCompile(`\A(# .*|[A-Z][A-Z0-9_]*=\S.*|[a-z0-9-]+:[0-9][0-9A-Za-z._-]*|[0-9a-f]{64}  \S+)\z`)

func checkLines(t *testing.T, name, content string) {
	t.Helper()
	for line := range strings.Lines(content) {
		if !lineForm.MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("%s: %q", name, line)
		}
	}
}

// option returns the values of a directive, in order.
func option(t *testing.T, content, section, name string) []string {
	t.Helper()
	options, err := unit.DeserializeOptions(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, o := range options {
		if o.Section == section && o.Name == name {
			values = append(values, o.Value)
		}
	}
	return values
}

func TestUnits(t *testing.T) {
	all := written(t, valid())
	jenkins, worker := all["/etc/systemd/system/jenkins.service.d/slipway.conf"].Content, all["/etc/systemd/system/slipway-worker.service"].Content
	ready := all["/etc/systemd/system/slipway-ready.service"].Content
	secrets := all["/etc/systemd/system/slipway-secrets.service"].Content
	for _, c := range []struct{ content, section, name, want string }{
		{jenkins, "Service", "TimeoutStartSec", "600"},
		{jenkins, "Unit", "Requires", "slipway-secrets.service"},
		{jenkins, "Unit", "RequiresMountsFor", "/var/lib/jenkins"},
		{worker, "Service", "ExecStart", "/usr/local/bin/slipway worker"},
		{worker, "Service", "EnvironmentFile", "/etc/slipway/worker.env"},
		{worker, "Service", "User", "jenkins"},
		{worker, "Service", "Restart", "always"},
		{worker, "Service", "ReadWritePaths", "/var/lib/jenkins/slipway"},
		{worker, "Unit", "RequiresMountsFor", "/var/lib/jenkins"},
		{ready, "Service", "ExecStart", "/usr/local/libexec/slipway/boot ready"},
		{ready, "Install", "WantedBy", "multi-user.target"},
		{secrets, "Service", "ExecStart", "/usr/local/libexec/slipway/secrets /usr/local/libexec/slipway/keystore"},
		{secrets, "Service", "EnvironmentFile", "/etc/slipway/host.env"},
	} {
		if got := strings.Join(option(t, c.content, c.section, c.name), " "); got != c.want {
			t.Errorf("%s is %q, want %q", c.name, got, c.want)
		}
	}
	environment := strings.Join(option(t, jenkins, "Service", "Environment"), " ")
	for _, want := range []string{`"JENKINS_LISTEN_ADDRESS=127.0.0.1"`, `"CASC_JENKINS_CONFIG=/etc/slipway/jenkins.yaml"`, "runSetupWizard=false"} {
		if !strings.Contains(environment, want) {
			t.Errorf("%s is not in %s", want, environment)
		}
	}
	for _, script := range append(option(t, secrets, "Service", "ExecStart"), "/usr/local/libexec/slipway/boot") {
		if all[script].Permissions != "0755" {
			t.Errorf("%s cannot be run", script)
		}
	}
}

// The host has the versions that the deployer was built with.
func TestVersionsAreThoseOfTheModule(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	script := written(t, valid())["/usr/local/libexec/slipway/pulumi"].Content
	for module, variable := range map[string]string{
		"github.com/pulumi/pulumi-aws/sdk/v6": "aws", "github.com/pulumi/pulumi-docker/sdk/v4": "docker",
	} {
		found := regexp.MustCompile(regexp.QuoteMeta(module) + ` v(\S+)`).FindSubmatch(text)
		if found == nil {
			t.Fatalf("%s is not in go.mod", module)
		}
		if want := " " + variable + "=" + string(found[1]); !regexp.MustCompile(regexp.QuoteMeta(want) + `\s`).MatchString(script) {
			t.Errorf("%q is not in the script pulumi", want)
		}
	}
}

// Nothing in the user data may be secret, and no script may put a password on a command line.
func TestConfigurationAsCodeKeepsPeopleOut(t *testing.T) {
	all := written(t, valid())
	var config struct {
		Jenkins struct {
			CrumbIssuer   any `yaml:"crumbIssuer"`
			SlaveAgent    int `yaml:"slaveAgentPort"`
			SecurityRealm struct {
				Local struct {
					AllowsSignup bool                            `yaml:"allowsSignup"`
					Users        []struct{ ID, Password string } `yaml:"users"`
				} `yaml:"local"`
			} `yaml:"securityRealm"`
			Strategy map[string]map[string]bool `yaml:"authorizationStrategy"`
		} `yaml:"jenkins"`
		Unclassified struct {
			Location struct{ URL string } `yaml:"location"`
		} `yaml:"unclassified"`
	}
	if err := yaml.Unmarshal([]byte(all["/etc/slipway/jenkins.yaml"].Content), &config); err != nil {
		t.Fatal(err)
	}
	j := config.Jenkins
	if j.CrumbIssuer != nil || j.SlaveAgent != -1 || j.SecurityRealm.Local.AllowsSignup || len(j.SecurityRealm.Local.Users) != 2 {
		t.Errorf("got %+v", j)
	}
	for _, user := range j.SecurityRealm.Local.Users {
		if want := "${trim:${readFile:/run/slipway/" + user.ID + "}}"; user.Password != want {
			t.Errorf("the password of %s is %q, want %q", user.ID, user.Password, want)
		}
	}
	if anonymous, ok := j.Strategy["loggedInUsersCanDoAnything"]["allowAnonymousRead"]; !ok || anonymous {
		t.Errorf("the strategy is %v", j.Strategy)
	}
	if got := config.Unclassified.Location.URL; got != "https://203.0.113.10:8443/" {
		t.Errorf("the URL is %q", got)
	}
}

// The worker keeps what has to outlive the host on the volume, in the one folder that its unit lets it write to.
func TestWorkerWritesToTheVolume(t *testing.T) {
	all := written(t, valid())
	folder := option(t, all["/etc/systemd/system/slipway-worker.service"].Content, "Service", "ReadWritePaths")
	if len(folder) != 1 || !strings.Contains(all["/etc/slipway/worker.env"].Content, "\nSLIPWAY_WORKER_DIR="+folder[0]+"\n") {
		t.Errorf("it may write to %q", folder)
	}
}

func TestEveryHostHasTheSameName(t *testing.T) {
	text, err := CloudConfig(valid())
	if err != nil || !strings.Contains(text, "\nhostname: slipway-jenkins\nprefer_fqdn_over_hostname: false\n") {
		t.Errorf("the host has another name (%v)", err)
	}
}

// Where Go gets modules is for the stack to say, not for a template.
func TestNoAddressOfAModuleProxy(t *testing.T) {
	args := valid()
	args.GoProxy, args.GoSumDB = "", ""
	for name, f := range written(t, args) {
		for _, word := range []string{"golang.org", "GOPROXY=", "GOSUMDB="} {
			if strings.Contains(f.Content, word) {
				t.Errorf("%s has %s", name, word)
			}
		}
	}
}

// systemd itself has nothing to say against the units.
func TestSystemdTakesTheUnits(t *testing.T) {
	dir := t.TempDir()
	var units []string
	for name, f := range written(t, valid()) {
		if path.Dir(name) != "/etc/systemd/system" {
			continue
		}
		content := regexp.MustCompile(`(?m)^ExecStart=\S+`).ReplaceAllString(f.Content, "ExecStart=/bin/true")
		copied := filepath.Join(dir, strings.Replace(path.Base(name), "@.", "@jenkins.", 1))
		if err := os.WriteFile(copied, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		units = append(units, copied)
	}
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("this machine has no systemd")
	}
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", append([]string{"verify", "--recursive-errors=no"}, units...)...).CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, dir) {
			t.Error(line)
		}
	}
	if err != nil && strings.Contains(string(out), dir) {
		t.Errorf("%v\n%s", err, out)
	}
}
