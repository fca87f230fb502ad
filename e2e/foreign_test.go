package e2e

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// staticApp is the app of e2e/gallery/static in the world's app folder, with a page of this text.
func (w *world) staticApp(page string) {
	w.t.Helper()
	copyFile(w.t, built.static, filepath.Join(w.app, "static"), 0o755)
	copyFile(w.t, "gallery/static/Dockerfile", filepath.Join(w.app, "Dockerfile"), 0o644)
	w.write("index.html", page)
}

// An app that says nothing of itself is released, by its tasks, its targets and its answers; so is a project of any name.
func TestAppWithoutVersion(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t)
	w.app = filepath.Join(w.project, "web")
	if err := os.Mkdir(w.app, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"Pulumi.yaml":          "name: corner-shop\nruntime: go\n",
		"Pulumi.delivery.yaml": "config:\n  slipway:kind: delivery\n  slipway:allowedCidr: 127.0.0.1/32\n",
		"Pulumi.dev.yaml":      "config:\n  slipway:kind: environment\n  slipway:containerPort: \"3000\"\n  slipway:healthPath: /\n",
	} {
		if err := os.WriteFile(filepath.Join(w.project, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w.staticApp("hello")
	w.git("init", "--quiet", "--initial-branch=main")
	commit := w.commitAll("a page")
	w.startSandbox()
	w.up("delivery")
	w.up("dev")
	r := w.released(w.deployArgs("--json")...)
	if r.Data.Release.Commit != commit || r.Data.Proof.Basis != "health" || !r.Data.Proof.ServedIsHealthy || r.Data.Proof.ServedIsRequested {
		t.Errorf("%+v", r.Data)
	}
	if text := page(t, r.Data.AppURL); text != "hello" {
		t.Errorf("%s answers %q", r.Data.AppURL, text)
	}
	if name := w.output("delivery", "RepositoryName"); name != "corner-shop" {
		t.Errorf("the registry is called %s", name)
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
