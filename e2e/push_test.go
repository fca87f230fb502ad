package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slipway/automation/pipeline"
)

// onlyDev ends the pipeline where the app is live.
const onlyDev = "  slipway:environments: dev\n  slipway:approvals: none\n"

// author is a person with a clone of the pipeline's repository: a world whose commits are pushed.
type author struct {
	*world
	url string // of the repository
}

// newAuthor brings up delivery, with more configuration, and the environments, and clones the repository.
func newAuthor(t testing.TB, configuration string, environments ...string) *author {
	t.Helper()
	return newWorld(t).author(configuration, environments...)
}

// author is newAuthor in a world whose sandbox runs.
func (w *world) author(configuration string, environments ...string) *author {
	t := w.t
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.project, "Pulumi.delivery.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	w.stackFile("delivery", string(text)+configuration)
	for _, stack := range append([]string{"delivery"}, environments...) {
		w.up(stack)
	}
	a := &author{world: w, url: w.output("delivery", "SourceCloneURL")}
	clone := filepath.Join(t.TempDir(), "clone")
	helper := "!'" + w.slipway + "' credential-helper"
	a.shell("git", "clone", "--quiet", "--config", "credential.helper=", "--config", "credential.helper="+helper,
		"--config", "credential.UseHttpPath=true", a.url, clone)
	a.fill(clone)
	return a
}

// output is an output of a stack as `up` answered it.
func (w *world) output(stack, name string) string {
	w.t.Helper()
	value, _ := w.outputs[stack][name].(string)
	if value == "" {
		w.t.Fatalf("stack %s has no output %s: %v", stack, name, w.outputs[stack])
	}
	return value
}

// fill puts the project into the clone, with the tests' app in place of its own.
func (a *author) fill(clone string) {
	a.t.Helper()
	files := a.shell("git", "-C", "..", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	for name := range strings.SplitSeq(strings.TrimSuffix(files, "\x00"), "\x00") {
		from, to := filepath.Join("..", name), filepath.Join(clone, name)
		info, err := os.Stat(from)
		if err != nil || strings.HasPrefix(name, "images/app/") {
			continue // deleted and not committed yet, or the app
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			a.t.Fatal(err)
		}
		copyFile(a.t, from, to, info.Mode().Perm())
	}
	app := filepath.Join(clone, "images", "app")
	if err := os.CopyFS(app, os.DirFS(a.app)); err != nil {
		a.t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(app, ".git")); err != nil {
		a.t.Fatal(err)
	}
	a.app = app
	a.git("checkout", "--quiet", "-B", "main")
	a.git("-C", clone, "add", "--all")
}

func (a *author) shell(name string, args ...string) string {
	a.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(a.env, "GIT_TERMINAL_PROMPT=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		a.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// push commits an app with this behaviour, pushes it, and returns the commit.
func (a *author) push(message string, b behaviour) string {
	a.t.Helper()
	hash := a.commit(message, b)
	a.send()
	return hash
}

func (a *author) send() {
	a.t.Helper()
	a.shell("git", "-C", a.app, "push", "--quiet", "origin", "main")
}

// follow follows the execution of a commit until it ends or waits, and returns it with the command's exit code.
func (a *author) follow(commit string) (r pipeline.Result, code int) {
	a.t.Helper()
	answer := a.run("pipeline", "follow", "--commit", commit, "--json")
	return a.execution(answer), answer.code
}

func (a *author) execution(answer answer) pipeline.Result {
	a.t.Helper()
	var result struct {
		Type string
		Data pipeline.Result
	}
	if err := json.Unmarshal([]byte(lastLines(answer.stdout, 1)), &result); err != nil || result.Type != "result" {
		a.t.Fatalf("%v in\n%s\n%s", err, answer.stdout, answer.stderr)
	}
	return result.Data
}

// ends follows a commit and expects this status of its execution.
func (a *author) ends(commit, status string) pipeline.Result {
	a.t.Helper()
	r, code := a.follow(commit)
	want := map[string]int{"Succeeded": 0, "InProgress": 0, "Superseded": 8}
	if expected, known := want[status]; !known {
		expected = 1
	} else if code != expected {
		a.t.Errorf("following an execution that ends as %s: exit code %d", status, code)
	}
	if r.Status != status {
		text, _ := json.MarshalIndent(r, "", "  ")
		a.t.Fatalf("the execution of %s is %s, want %s:\n%s", commit, r.Status, status, text)
	}
	return r
}

// serves checks what an environment answers.
func (a *author) serves(environment, commit string) {
	a.t.Helper()
	res, err := http.Get(a.output(environment, "AppURL") + "/version")
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	var version struct{ Commit string }
	if err := json.NewDecoder(res.Body).Decode(&version); err != nil || version.Commit != commit {
		a.t.Errorf("%s serves %q (status %d, %v), want %s", environment, version.Commit, res.StatusCode, err, commit)
	}
}

// log is the console output of a Jenkins build that an action names.
func (a *author) log(build int) string {
	a.t.Helper()
	file := filepath.Join(a.project, ".slipway", "sandbox", "volumes", "*", "jobs", "*", "builds", fmt.Sprint(build), "log")
	found, _ := filepath.Glob(file)
	if len(found) != 1 {
		a.t.Fatalf("%d logs at %s", len(found), file)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		a.t.Fatal(err)
	}
	return string(text)
}

func TestPushGoesLiveAndIsPromoted(t *testing.T) {
	t.Parallel()
	a := newAuthor(t, "", "dev", "staging")
	commit := a.push("first version", behaviour{Colour: "blue"})
	r := a.ends(commit, "InProgress")
	if r.Waiting == nil || r.Waiting.Stage != "staging" {
		t.Fatalf("it waits for %+v", r.Waiting)
	}
	digest := r.Variable("ImageDigest")
	if !strings.HasPrefix(digest, "sha256:") || r.Variable("ImageTag") != commit {
		t.Errorf("image %s with tag %s", digest, r.Variable("ImageTag"))
	}
	a.serves("dev", commit)
	if log := a.log(1); strings.Contains(log, "building it") || !strings.Contains(log, "ada@example.com") && log == "" {
		t.Errorf("a deployer was built for a change of the app:\n%s", log)
	}

	a.must("pipeline", "approve", "--comment", "seen")
	a.ends(commit, "Succeeded")
	a.serves("staging", commit)
	var status struct {
		Data struct {
			Environments []struct {
				Environment, Digest string
				Releases            []struct{ Commit, Author, Subject, From, Execution string }
			}
		}
	}
	a.json(&status, "status", "--json")
	for _, e := range status.Data.Environments {
		if e.Environment == "prod" {
			continue
		}
		if e.Digest != digest || len(e.Releases) != 1 {
			t.Fatalf("%s runs %s with %d releases, want %s", e.Environment, e.Digest, len(e.Releases), digest)
		}
		release := e.Releases[0]
		from := map[string]string{"dev": "", "staging": "dev"}[e.Environment]
		if release.Commit != commit || release.Author != "Ada <ada@example.com>" || release.Subject != "first version" ||
			release.Execution != r.Execution || release.From != from {
			t.Errorf("%s: release %+v", e.Environment, release)
		}
	}

	rejected := a.push("nobody wants it", behaviour{Colour: "brown"})
	a.ends(rejected, "InProgress")
	a.must("pipeline", "reject", "--comment", "not brown")
	if r := a.ends(rejected, "Failed"); r.Failure() == nil || !strings.Contains(r.Failure().Error+r.Failure().Summary, "not brown") {
		t.Errorf("rejected: %+v", r.Failure())
	}
	a.serves("staging", commit)
	a.fails(3, []string{"waits for none"}, "pipeline", "approve")
}

func TestPushThatDoesNotWork(t *testing.T) {
	t.Parallel()
	a := newAuthor(t, onlyDev, "dev")
	a.must("pipeline", "start")
	empty := a.execution(a.run("pipeline", "follow", "--json"))
	if f := empty.Failure(); empty.Status != "Failed" || f == nil || !strings.Contains(f.Error, "main") {
		t.Fatalf("an empty repository: %+v", empty)
	}
	good := a.push("works", behaviour{Colour: "blue"})
	a.ends(good, "Succeeded")

	dockerfile, err := os.ReadFile(filepath.Join(a.app, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	a.write("Dockerfile", "FROM scratch\nCOPY nothing-of-this-name /\n")
	bad := a.push("does not build", behaviour{Colour: "red"})
	r := a.ends(bad, "Failed")
	if f := r.Failure(); f == nil || f.Stage != "dev" || !strings.Contains(f.Error, "does not build") || !strings.Contains(f.Error, "nothing-of-this-name") {
		t.Errorf("the cause is not in %+v", f)
	}
	a.serves("dev", good)

	a.must("pipeline", "retry", "--execution", r.Execution)
	again := a.execution(a.run("pipeline", "follow", "--execution", r.Execution, "--json"))
	if again.Status != "Failed" || again.Failure().ID == r.Failure().ID {
		t.Errorf("the second try is %+v", again)
	}
	a.write("Dockerfile", string(dockerfile))
	crash := a.push("ends at once", behaviour{Exit: 3})
	if f := a.ends(crash, "Failed").Failure(); f == nil || !strings.Contains(f.Error, "exit code 3") {
		t.Errorf("the cause of the crash is not in %+v", f)
	}
	a.serves("dev", good)
	fixed := a.push("works again", behaviour{Colour: "green"})
	a.killWorker() // while it has the job: the one that takes its place goes on with the build
	a.ends(fixed, "Succeeded")
	a.serves("dev", fixed)
}

func TestWrongGitCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.up("delivery")
	clone := w.output("delivery", "SourceCloneURL")
	for name, user := range map[string]string{"none": "", "unknown": "somebody:secret@", "wrong": w.get("AWS_ACCESS_KEY_ID") + ":wrong@"} {
		cmd := exec.Command("git", "-c", "credential.helper=", "ls-remote", strings.Replace(clone, "http://", "http://"+user, 1))
		cmd.Env = append(w.env, "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=true")
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "403") && !strings.Contains(string(out), "Authentication failed") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	user := url.UserPassword(w.get("AWS_ACCESS_KEY_ID"), w.get("AWS_SECRET_ACCESS_KEY"))
	cmd := exec.Command("git", "ls-remote", strings.Replace(clone, "http://", "http://"+user.String()+"@", 1)+"-none")
	cmd.Env = append(w.env, "GIT_TERMINAL_PROMPT=0")
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "not found") {
		t.Errorf("an unknown repository: %v\n%s", err, out)
	}
}

func TestBranchThatDoesNotExist(t *testing.T) {
	t.Parallel()
	a := newAuthor(t, "  slipway:branch: release\n", "dev")
	a.push("on main, which the pipeline does not follow", behaviour{Colour: "blue"})
	a.must("pipeline", "start")
	r := a.execution(a.run("pipeline", "follow", "--json"))
	if f := r.Failure(); r.Status != "Failed" || f == nil || !strings.Contains(f.Error, "release") {
		t.Fatalf("the branch release: %+v", r)
	}
	a.git("branch", "release")
	a.shell("git", "-C", a.app, "push", "--quiet", "origin", "release")
	commit := strings.TrimSpace(a.git("rev-parse", "HEAD"))
	a.ends(commit, "InProgress")
	a.serves("dev", commit)
}
