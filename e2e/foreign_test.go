package e2e

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// staticApp is the app of e2e/gallery/static in the world's app folder, with a page of this text.
func (w *world) staticApp(page string) {
	w.t.Helper()
	copyFile(w.t, built.static, filepath.Join(w.app, "static"), 0o755)
	copyFile(w.t, "gallery/static/Dockerfile", filepath.Join(w.app, "Dockerfile"), 0o644)
	w.write("index.html", page)
}

// appAlone is a user whose repository holds the static app and what `slipway init` wrote for it, with a sandbox.
func appAlone(t testing.TB) *world {
	t.Helper()
	w := emptyWorld(t)
	w.staticApp("hello")
	w.git("init", "--quiet", "--initial-branch=main")
	w.must("init", "--name", "corner-shop", "--yes")
	w.commitAll("a page")
	w.startSandbox()
	return w
}

// remote makes the pipeline's repository the origin of the world's own.
func (w *world) remote() *author {
	w.t.Helper()
	a := &author{world: w, url: w.output("delivery", "SourceCloneURL")}
	w.git("remote", "add", "origin", a.url)
	w.git("config", "--add", "credential."+a.url+".helper", "") // none of the machine's own
	w.git("config", "--add", "credential."+a.url+".helper", "!'"+w.slipway+"' credential-helper")
	w.git("config", "credential."+a.url+".useHttpPath", "true")
	return a
}

// besides tries other projects on the backend of a world: one of another name shares nothing with it, and one of the same
// name, for another app, changes nothing.
func besides(w *world) {
	t := w.t
	other := w.in(t)
	other.project = t.TempDir()
	other.app = other.project
	other.staticApp("other")
	other.must("init", "--name", "bakery", "--yes")
	var status struct {
		Data struct{ Environments []struct{ Exists bool } }
	}
	other.json(&status, "status", "dev", "--json")
	if len(status.Data.Environments) != 1 || status.Data.Environments[0].Exists {
		t.Errorf("the other project has %+v", status.Data)
	}
	file := filepath.Join(other.project, "Pulumi.yaml")
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(strings.Replace(string(text), "name: bakery", "name: static", 1)+"  slipway:appName: bakery\n"), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"up", "destroy"} {
		other.fails(2, []string{"static/dev in s3://", `of the app "static", and this project's app is "bakery"`, "a name of its own"}, command, "dev", "--yes")
	}
}

// append adds text to a file of the world's project.
func (w *world) append(name, text string) {
	w.t.Helper()
	file, err := os.OpenFile(filepath.Join(w.project, name), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = file.WriteString(text)
	}
	if err := errors.Join(err, file.Close()); err != nil {
		w.t.Fatal(err)
	}
}

// page is what a URL answers with status 200.
func page(t testing.TB, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%s: status %d, %v: %s", url, res.StatusCode, err, text)
	}
	return string(text)
}
