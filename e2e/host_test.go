package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// poison is what a user's shell may hold and what no build may see.
func poison(dir string) []string {
	return []string{
		"AWS_ACCESS_KEY_ID=poison", "AWS_SECRET_ACCESS_KEY=poison", "AWS_SESSION_TOKEN=poison", "AWS_PROFILE=poison",
		"AWS_ENDPOINT_URL=http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED=true",
		"PULUMI_CONFIG_PASSPHRASE=poison", "PULUMI_ACCESS_TOKEN=poison", "PULUMI_BACKEND_URL=file:///poison",
		"HTTP_PROXY=http://127.0.0.1:9", "HTTPS_PROXY=http://127.0.0.1:9", "http_proxy=http://127.0.0.1:9",
		"GIT_DIR=" + dir, "GIT_INDEX_FILE=" + filepath.Join(dir, "index"), "BASH_ENV=" + filepath.Join(dir, "bash"), "ENV=" + filepath.Join(dir, "sh"),
		"LD_LIBRARY_PATH=" + dir, "HOME=" + dir, "DOCKER_CONFIG=" + dir, "SLIPWAY_COMMIT=poison",
	}
}

// lent is what stands in for the network of AWS, and Go's caches; docs/sandbox.md gives the reasons.
var lent = strings.Fields(`
	AWS_EC2_METADATA_SERVICE_ENDPOINT AWS_ENDPOINT_URL PULUMI_DEBUG_PROVIDERS SLIPWAY_CONSOLE_URL
	DOCKER_HOST DOCKER_TLS_VERIFY DOCKER_CERT_PATH DOCKER_API_VERSION
	GOCACHE GOFLAGS GOMODCACHE GONOPROXY GONOSUMDB GOPRIVATE GOPROXY GOSUMDB GOTOOLCHAIN`)

// ofJenkins is what Jenkins gives to every build, and its job to each of its own; the shell adds the last line.
var ofJenkins = strings.Fields(`
	BUILD_DISPLAY_NAME BUILD_ID BUILD_NUMBER BUILD_TAG BUILD_URL CI EXECUTOR_NUMBER HUDSON_HOME HUDSON_URL JENKINS_HOME
	JENKINS_NODE_COOKIE JENKINS_URL JOB_BASE_NAME JOB_NAME JOB_URL NODE_LABELS NODE_NAME WORKSPACE
	COMMIT ENVIRONMENT EXECUTION FROM JOB OPERATION SOURCE
	HOME LANG LOGNAME PATH USER
	OLDPWD PWD SHLVL _`)

// A sandbox that was started from a shell full of surprises releases all the same, and its builds have what a host on
// AWS would give them, the credentials of its role among it, and nothing of that shell.
func TestBuildsHaveNothingOfTheUser(t *testing.T) {
	t.Parallel()
	w := bareWorld(t)
	clean := w.env
	w.env = append(slices.Clone(clean), poison(t.TempDir())...)
	umask := syscall.Umask(0o077)
	_, wait := w.start("sandbox", "start", "--port", "0", "--http-port", "0")
	syscall.Umask(umask)
	if a := wait(); a.code != 0 {
		t.Fatalf("sandbox start: exit code %d\n%s", a.code, a.stderr)
	}
	w.env = clean
	w.stopLater()
	w.reach()
	a := w.author(onlyDev, "dev")
	commit := a.push("slow to answer", behaviour{Colour: "blue", Delay: time.Second})
	build := a.process("slipway", "deploy")
	a.within(build, slices.Concat(ofJenkins, lent, a.unit("deploy.env"), a.unit("../systemd/system/jenkins.service.d/slipway.conf")))
	worker := a.process("slipway", "worker")
	a.within(worker, slices.Concat(strings.Fields("HOME LANG LOGNAME PATH USER OLDPWD PWD SHLVL _ JENKINS_NODE_COOKIE SLIPWAY_WORKER_POLL"), lent, a.unit("worker.env")))
	a.ends(commit, "Succeeded")
	a.serves("dev", commit)
	a.role(build)
}

// The worker is killed and its host is ended in the middle of a job, behind the deployer's back: with plain pulumi. The
// next host knows the job from the data volume. The action ends, and the next push works.
func TestHostIsLostInMidJob(t *testing.T) {
	t.Parallel()
	a := newAuthor(t, onlyDev, "dev")
	commit := a.push("slow to answer", behaviour{Colour: "blue", Delay: 4 * time.Second})
	before := a.killWorker()
	a.pulumi("destroy", "--yes", "--skip-preview", "--stack", "delivery", "--target", "**aws:ec2/instance:Instance**", "--target-dependents")
	a.up("delivery")
	if after := a.host(); after == before {
		t.Fatal("it is the same host")
	}
	r, _ := a.follow(commit)
	if f := r.Failure(); r.Status != "Succeeded" && (r.Status != "Failed" || f == nil || !strings.Contains(f.Error, "Build #1")) {
		t.Errorf("the execution is %s: %+v", r.Status, f)
	}
	next := a.push("after the move", behaviour{Colour: "green"})
	a.ends(next, "Succeeded")
	a.serves("dev", next)
}

// pulumi runs the CLI on the project, as a person does who has the environment of the sandbox.
func (a *author) pulumi(args ...string) {
	a.t.Helper()
	cli, err := filepath.Abs("../.slipway/tools/bin/pulumi")
	if err != nil {
		a.t.Fatal(err)
	}
	cmd := exec.Command(cli, args...)
	cmd.Dir = a.project
	cmd.Env = append(slices.Clone(a.env), "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER=true", "PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true")
	if out, err := cmd.CombinedOutput(); err != nil {
		a.t.Fatalf("pulumi %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// host is the folder of the one Jenkins host.
func (a *author) host() string {
	a.t.Helper()
	found, _ := filepath.Glob(filepath.Join(a.project, ".slipway", "sandbox", "hosts", "*"))
	if len(found) != 1 {
		a.t.Fatalf("%d hosts", len(found))
	}
	return found[0]
}

// within checks the environment of a process on the host.
func (a *author) within(environment, allowed []string) {
	a.t.Helper()
	for _, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		if !slices.Contains(allowed, name) || strings.Contains(value, "poison") || strings.Contains(value, "127.0.0.1:9/") || strings.HasSuffix(value, "127.0.0.1:9") {
			a.t.Errorf("it has %s", variable)
		}
	}
}

// killWorker kills the worker while a build of it deploys, and returns the host of both.
func (a *author) killWorker() (host string) {
	a.t.Helper()
	a.process("slipway", "deploy")
	host = a.host()
	_, pid := a.found("slipway", "worker")
	if number, err := strconv.Atoi(pid); err != nil || syscall.Kill(number, syscall.SIGKILL) != nil {
		a.t.Fatalf("the worker is process %s", pid)
	}
	return host
}

// process waits for a process of this world's sandbox that runs a command, and returns its environment.
func (a *author) process(command ...string) []string {
	a.t.Helper()
	environment, _ := a.found(command...)
	return environment
}

// found waits for such a process and returns its environment and its id.
func (a *author) found(command ...string) (environment []string, pid string) {
	a.t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	late := time.After(commandDeadline)
	for {
		files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, file := range files {
			line, err := os.ReadFile(file)
			words := strings.Split(string(line), "\x00")
			if err != nil || len(words) < len(command) || filepath.Base(words[0]) != command[0] || !slices.Equal(words[1:len(command)], command[1:]) {
				continue
			}
			text, err := os.ReadFile(filepath.Join(filepath.Dir(file), "environ"))
			if err == nil && strings.Contains(string(text), a.project+"/") && strings.Contains(string(text), "JENKINS_NODE_COOKIE=") {
				return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00"), filepath.Base(filepath.Dir(file))
			}
		}
		select {
		case <-ticker.C:
		case <-late:
			a.t.Fatalf("no process runs %s", strings.Join(command, " "))
		}
	}
}

// unit returns the names of the variables in a file of the host, an environment file or a unit.
func (a *author) unit(name string) (names []string) {
	a.t.Helper()
	text, err := os.ReadFile(filepath.Join(a.host(), "root", "etc", "slipway", name))
	if err != nil {
		a.t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)(?:^|["\s])([A-Z][A-Z0-9_]*)=`).FindAllStringSubmatch(string(text), -1) {
		names = append(names, m[1])
	}
	return names
}

// role uses what a build has: git, the registry and STS take the credentials of the host's role.
func (a *author) role(build []string) {
	a.t.Helper()
	value := func(name string) string {
		for _, variable := range build {
			if rest, is := strings.CutPrefix(variable, name+"="); is {
				return rest
			}
		}
		return ""
	}
	c := aws.Config{
		Region: value("AWS_REGION"), BaseEndpoint: aws.String(value("AWS_ENDPOINT_URL")),
		Credentials: a.credentials(value("AWS_EC2_METADATA_SERVICE_ENDPOINT")),
	}
	who, err := sts.NewFromConfig(c).GetCallerIdentity(a.t.Context(), nil)
	form := regexp.MustCompile(`^arn:aws:sts::000000000000:assumed-role/slipway-delivery-jenkins-[0-9a-f]+/i-[0-9a-f]{17}$`)
	if err != nil || !form.MatchString(*who.Arn) {
		a.t.Errorf("the build is %+v, %v", who, err)
	}
	if login, err := ecr.NewFromConfig(c).GetAuthorizationToken(a.t.Context(), nil); err != nil || len(login.AuthorizationData) != 1 {
		a.t.Errorf("logging in to the registry: %+v, %v", login, err)
	}
	git := exec.Command("git", "-c", "credential.helper=!'"+a.slipway+"' credential-helper", "-c", "credential.useHttpPath=true", "ls-remote", a.url)
	git.Env = append(slices.Clone(build), "GIT_TERMINAL_PROMPT=0")
	// The role's key is good for git, and its policies are not: a job gets the commit as an artifact.
	if out, err := git.CombinedOutput(); err == nil || !strings.Contains(string(out), "is not authorized to perform: codecommit:GitPull") {
		a.t.Errorf("git with the role's credentials: %v\n%s", err, out)
	}
	if services, err := ecs.NewFromConfig(c).ListServices(a.t.Context(), nil); err == nil || !strings.Contains(err.Error(), "AccessDeniedException") {
		a.t.Errorf("what no policy of the role allows: %+v, %v", services, err)
	}
}

// credentials asks a metadata service for those of the host's role.
func (a *author) credentials(endpoint string) aws.CredentialsProvider {
	a.t.Helper()
	ask := func(method, path, header, value string) string {
		request, err := http.NewRequestWithContext(a.t.Context(), method, endpoint+path, nil)
		if err != nil {
			a.t.Fatal(err)
		}
		request.Header.Set(header, value)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			a.t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			a.t.Fatalf("%s: %s %v", path, answer.Status, err)
		}
		return string(text)
	}
	const folder, header = "/latest/meta-data/iam/security-credentials/", "X-Aws-Ec2-Metadata-Token"
	token := ask(http.MethodPut, "/latest/api/token", header+"-Ttl-Seconds", "60")
	role := ask(http.MethodGet, folder, header, token)
	var keys struct{ AccessKeyID, SecretAccessKey, Token string }
	if err := json.Unmarshal([]byte(ask(http.MethodGet, folder+role, header, token)), &keys); err != nil {
		a.t.Fatal(err)
	}
	return credentials.NewStaticCredentialsProvider(keys.AccessKeyID, keys.SecretAccessKey, keys.Token)
}
