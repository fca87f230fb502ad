package jenkins

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"text/template"
	"unicode"
)

//go:embed templates
var templates embed.FS

// file is one that cloud-init writes. Its source is in templates: a name that ends in .tmpl is a template of the
// view, every other one is written as it is.
type file struct {
	path       string
	source     string
	executable bool
}

// scripts are in templates/host: one for each step of the boot, those of every boot, and what all of them read.
var scripts = []string{
	"strict.sh", "boot", "report", "logs", "packages", "account", "volume", "jenkins", "pulumi", "deployer", "start", "ready",
	"secrets", "keystore", "daily",
}

// files are what the host is made of.
func files(args Args) []file {
	all := []file{
		{path: "/etc/slipway/host.env", source: "etc/host.env.tmpl"},
		{path: "/etc/slipway/worker.env", source: "etc/worker.env.tmpl"},
		{path: "/etc/slipway/deploy.env", source: "etc/deploy.env.tmpl"},
		{path: "/etc/slipway/jenkins.yaml", source: "etc/jenkins.yaml.tmpl"},
		{path: "/etc/slipway/plugins.txt", source: "etc/plugins.txt"},
		{path: "/etc/slipway/checksums.txt", source: "etc/checksums.txt"},
		{path: "/etc/slipway/home/config.xml", source: "etc/home.xml"},
		{path: "/etc/slipway/jobs/" + args.JobName + "/config.xml", source: "etc/job.xml.tmpl"},
		{path: "/etc/slipway/jenkins.repo", source: "etc/jenkins.repo"},
		{path: "/etc/systemd/system/jenkins.service.d/slipway.conf", source: "etc/jenkins.conf"},
		{path: "/etc/systemd/system/slipway-secrets.service", source: "etc/slipway-secrets.service"},
		{path: "/etc/systemd/system/slipway-worker.service", source: "etc/slipway-worker.service"},
		{path: "/etc/systemd/system/slipway-ready.service", source: "etc/slipway-ready.service"},
		{path: "/etc/systemd/system/slipway-daily.service", source: "etc/slipway-daily.service"},
		{path: "/etc/systemd/system/slipway-daily.timer", source: "etc/slipway-daily.timer"},
	}
	if args.Registry != "" {
		all = append(all, file{path: "/etc/slipway/docker.json", source: "etc/docker.json.tmpl"})
	}
	if args.LogGroup != "" {
		all = append(all, file{path: "/etc/slipway/cloudwatch.json", source: "etc/cloudwatch.json.tmpl"},
			file{path: "/etc/systemd/system/slipway-journal@.service", source: "etc/slipway-journal@.service"},
			file{path: "/etc/logrotate.d/slipway", source: "etc/logrotate"})
	}
	if args.Heartbeat != "" {
		all = append(all, file{path: "/etc/systemd/system/slipway-heartbeat.service", source: "etc/slipway-heartbeat.service"},
			file{path: "/etc/systemd/system/slipway-heartbeat.timer", source: "etc/slipway-heartbeat.timer"},
			file{path: "/usr/local/libexec/slipway/heartbeat", source: "host/heartbeat", executable: true})
	}
	for _, name := range scripts {
		all = append(all, file{path: "/usr/local/libexec/slipway/" + name, source: "host/" + name, executable: name != "strict.sh"})
	}
	return all
}

// view is what a template sees.
type view struct {
	Args
	JenkinsURL string
	Processor  string // as the archives of providers name it
	Parameters []parameter
	Step       string // the job's shell script
}

// processors are the names that Pulumi, after Go, has for the architectures of EC2.
var processors = map[string]string{"x86_64": "amd64", "arm64": "arm64"}

// parameter is one of the Jenkins job.
type parameter struct{ Name, Description string }

// parameters are what the worker hands to a build; a shell step finds each in its environment.
var parameters = []parameter{
	{"OPERATION", "deploy or promote"},
	{"ENVIRONMENT", "The stack to release to"},
	{"FROM", "The stack that a promotion takes its image from"},
	{"COMMIT", "The commit to release, as its full hash"},
	{"EXECUTION", "The execution of the pipeline that this build belongs to"},
	{"JOB", "What stays the same over the jobs of CodePipeline that this build belongs to"},
	{"SOURCE", "The folder on this host that holds the project as of that commit"},
}

// render returns the content of the file.
func (f file) render(args Args) (string, error) {
	text, err := templates.ReadFile(path.Join("templates", f.source))
	if err != nil {
		return "", err
	}
	if !strings.HasSuffix(f.source, ".tmpl") {
		return string(text), nil
	}
	step, err := templates.ReadFile("templates/job.sh")
	if err != nil {
		return "", err
	}
	parsed, err := template.New(f.source).Funcs(template.FuncMap{"quote": quote, "xml": escape}).Option("missingkey=error").Parse(string(text))
	if err != nil {
		return "", err
	}
	var out strings.Builder
	v := view{
		Args: args, JenkinsURL: "https://" + args.PublicAddress + ":8443/", Processor: processors[args.Architecture],
		Parameters: parameters, Step: string(step),
	}
	if err := parsed.Execute(&out, v); err != nil {
		return "", fmt.Errorf("rendering %s: %w", f.path, err)
	}
	return out.String(), nil
}

// quote returns a string of JSON, which is one of YAML too within ASCII. Beyond it YAML has line breaks of its own.
func quote(text string) (string, error) {
	if strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
		return "", fmt.Errorf("%q is more than ASCII", text)
	}
	quoted, err := json.Marshal(text)
	return string(quoted), err
}

// markup is what means something in the text of an XML element.
var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func escape(text string) string { return markup.Replace(text) }
