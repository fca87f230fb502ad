package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// foreignApp is an app of somebody else, in e2e/gallery.
type foreignApp struct {
	name  string
	init  []string // flags
	keys  string   // what the environments' files say besides
	image string   // what slipway:build says besides
	page  string   // a part of what it answers
	run   []string // a command for a task of its own
	says  string   // what that prints, and exec too
	exec  []string // the same for a task that runs, with its flags
	never string   // why exec cannot run it there
	logs  string   // what it logs at its start, or at a request
	build func(w *world)
	also  func(w *world) // what is tried once it runs
}

const withExec = "  slipway:exec: true\n"

// With apps of more than one folder (TestTwoProjectsOfOneRepository) and with secrets and a policy (TestAppWithKeys) they
// are the gallery.
var foreignApps = []foreignApp{
	{name: "static", keys: withExec, page: "static", run: []string{"/static", "read"}, exec: []string{"--plain", "--", "/static", "read"}, says: "static",
		build: staticPage, also: besides},
	{name: "php", init: []string{"--port", "80"}, keys: withExec, page: "php 8.", run: []string{"php", "-r", "echo 6*7;"},
		exec: []string{"--", "php", "-r", "echo 6*7;"}, says: "42", logs: "somebody came"},
	{name: "slow", init: []string{"--port", "80"}, keys: withExec + "  slipway:healthGrace: 60\n", page: "awake at last",
		run: []string{"sh", "-c", "echo $SLIPWAY_DIGEST"}, exec: []string{"--", "sh", "-c", "echo $SLIPWAY_DIGEST"}, says: "sha256:", logs: "warming up"},
	{name: "closed", keys: "  slipway:readonlyRootFilesystem: true\n  slipway:dropCapabilities: ALL\n  slipway:capacity: fargate\n", page: "closed",
		run: []string{"read"}, says: "closed", never: "ECS Exec is not on", build: staticPage},
	{name: "stages", init: []string{"--port", "3000"}, keys: withExec, image: "\n      target: run\n      arguments: {STAGE: production}", page: "stages",
		run: []string{"/app", "env", "STAGE"}, exec: []string{"--plain", "--", "/app", "env", "STAGE"}, says: "production", build: staticPage},
	{name: "migrates", keys: withExec + "  slipway:before: [/static, migrate]\n", page: "migrates", run: []string{"/static", "migrate"},
		exec: []string{"--plain", "--", "/static", "migrate"}, says: "migrated", logs: "migrated", build: staticPage},
}

// staticPage is what the apps from scratch hold: a page that says which of them it is.
func staticPage(w *world) {
	copyFile(w.t, built.static, filepath.Join(w.app, "static"), 0o755)
	w.write("index.html", filepath.Base(w.project))
}

// Apps that know nothing of Slipway, each a project and a repository of its own, go from their Dockerfile to a proved
// release, by hand and by a push, into a second environment, and away again. Each has an account of its
// own, which has room for the networks of one app.
func TestForeignApps(t *testing.T) {
	t.Parallel()
	for _, app := range foreignApps {
		t.Run(app.name, func(t *testing.T) {
			t.Parallel()
			appAlone(t).tries(app)
		})
	}
}

func (w *world) tries(app foreignApp) {
	t := w.t
	w.project = filepath.Join(t.TempDir(), app.name)
	w.app, w.outputs = w.project, map[string]map[string]any{}
	if err := os.CopyFS(w.project, os.DirFS(filepath.Join("gallery", app.name))); err != nil {
		t.Fatal(err)
	}
	if app.build != nil {
		app.build(w)
	}
	w.git("init", "--quiet", "--initial-branch=main")
	w.must(append([]string{"init", w.project, "--yes"}, app.init...)...)
	for _, environment := range []string{"dev", "staging"} {
		w.append("Pulumi."+environment+".yaml", app.keys)
	}
	w.replace("Pulumi.yaml", "context: .", "context: ."+app.image)
	w.append("Pulumi.delivery.yaml", onlyDev)
	w.commitAll("as it is")
	w.up("delivery")
	w.up("dev")
	r := w.released("deploy", "dev", "--json")
	if r.Data.Proof.Basis != "health" || r.Data.Proof.ServedIsRequested {
		t.Errorf("it is proved so: %+v", r.Data.Proof)
	}
	if name := w.output("delivery", "RepositoryName"); name != app.name {
		t.Errorf("the registry is called %s", name)
	}
	if text := page(t, r.Data.AppURL); !strings.Contains(text, app.page) {
		t.Errorf("it answers %q", text)
	}
	w.works(app)
	if app.also != nil {
		app.also(w)
	}

	w.write("pushed.txt", "by the pipeline")
	commit := w.commitAll("one file more")
	a := w.remote()
	a.send()
	pushed := a.ends(commit, "Succeeded").Variable("ImageDigest")
	if text := page(t, r.Data.AppURL); pushed == "" || pushed == r.Data.Release.Digest || !strings.Contains(text, app.page) {
		t.Errorf("pushed %s, and it answers %q", pushed, text)
	}

	w.promotesAndEnds(pushed)
}

// promotesAndEnds brings an image from dev to staging, and both away.
func (w *world) promotesAndEnds(digest string) {
	w.up("staging")
	if p := w.released("promote", "dev", "staging", "--json"); p.Data.Release.Digest != digest || p.step("build") != "skipped" {
		w.t.Errorf("promoted %+v", p.Data)
	}
	w.must("destroy", "staging", "--yes")
	w.must("destroy", "dev", "--yes")
}

// works looks into the app's log, and runs a command beside and inside of it.
func (w *world) works(app foreignApp) {
	t := w.t
	if logs := w.must("logs", "dev").stdout; !strings.Contains(logs, app.logs) {
		t.Errorf("it logs\n%s", logs)
	}
	if run := w.run(append([]string{"run", "dev", "--"}, app.run...)...); run.code != 0 || !strings.Contains(run.stdout, app.says) {
		t.Errorf("%q: %+v", app.run, run)
	}
	if app.never != "" {
		if inside := w.run("exec", "dev", "--", "ls"); inside.code == 0 || !strings.Contains(inside.stderr, app.never) {
			t.Errorf("exec where it cannot be: %+v", inside)
		}
		return
	}
	if inside := w.run(append([]string{"exec", "dev"}, app.exec...)...); inside.code != 0 || !strings.Contains(inside.stdout, app.says) {
		t.Errorf("%q: %+v", app.exec, inside)
	}
	if inside := w.run("exec", "dev", "--", "ls"); app.build != nil && (inside.code == 0 || !strings.Contains(inside.stderr, "its shell did not start")) {
		t.Errorf("exec where there is no shell: %+v", inside)
	}
}
