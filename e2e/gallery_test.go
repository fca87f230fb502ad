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
	keys  string   // what the environment's file says besides
	page  string   // a part of what it answers
	run   []string // a command for a task of its own; none where the image has no shell
	says  string   // what that prints
	logs  string   // what it logs at its start, or at a request
	build func(w *world)
}

var foreignApps = []foreignApp{
	{name: "php", init: []string{"--port", "80"}, page: "php 8.", run: []string{"php", "-r", "echo 6*7;"}, says: "42", logs: "somebody came"},
	{name: "slow", init: []string{"--port", "80"}, keys: "  slipway:healthGrace: 60\n", page: "awake at last", run: []string{"sh", "-c", "echo $SLIPWAY_DIGEST"}, says: "sha256:", logs: "warming up"},
	{name: "closed", keys: "  slipway:readonlyRootFilesystem: true\n  slipway:dropCapabilities: ALL\n  slipway:capacity: fargate\n", page: "closed",
		build: func(w *world) {
			copyFile(w.t, built.static, filepath.Join(w.app, "static"), 0o755)
			w.write("index.html", "closed")
		}},
}

// Apps that know nothing of Slipway, each a project and a repository of its own, go from their Dockerfile to a proved
// release, into a second environment, and away again. They share the account and the backend.
func TestForeignApps(t *testing.T) {
	t.Parallel()
	first := appAlone(t)
	for _, app := range foreignApps {
		t.Run(app.name, func(t *testing.T) { first.in(t).tries(app) })
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
	w.commitAll("as it is")
	w.up("delivery")
	w.up("dev")
	r := w.released("deploy", "dev", "--json")
	if text := page(t, r.Data.AppURL); !strings.Contains(text, app.page) {
		t.Errorf("it answers %q", text)
	}
	if logs := w.must("logs", "dev").stdout; !strings.Contains(logs, app.logs) {
		t.Errorf("it logs\n%s", logs)
	}
	if len(app.run) > 0 {
		if said := w.must(append([]string{"run", "dev", "--"}, app.run...)...).stdout; !strings.Contains(said, app.says) {
			t.Errorf("it says %q", said)
		}
	}
	w.up("staging")
	if p := w.released("promote", "dev", "staging", "--json"); p.Data.Release.Digest != r.Data.Release.Digest || p.step("build") != "skipped" {
		t.Errorf("promoted %+v", p.Data)
	}
	w.must("destroy", "staging", "--yes")
	w.must("destroy", "dev", "--yes")
}
