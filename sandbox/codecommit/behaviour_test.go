package codecommit_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
)

func TestARepositorysOutputs(t *testing.T) {
	r := newRig(t)
	out := r.repository("app")
	for key, want := range map[string]string{
		"arn":          "arn:aws:codecommit:eu-west-1:000000000000:app",
		"cloneUrlHttp": r.server.URL + "/v1/repos/app",
		"cloneUrlSsh":  "ssh://git-codecommit.eu-west-1.amazonaws.com/v1/repos/app",
	} {
		if got := out[property.PropertyKey(key)]; got.StringValue() != want {
			t.Errorf("%s is %v, not %s", key, got, want)
		}
	}
}

func TestNamesOfRepositories(t *testing.T) {
	r := newRig(t)
	for name, want := range map[string]string{
		"App_1.x-y": "", "": "RepositoryNameRequiredException", ".": "InvalidRepositoryNameException", "..": "InvalidRepositoryNameException",
		"a/b": "InvalidRepositoryNameException", "../a": "InvalidRepositoryNameException", "a.git": "InvalidRepositoryNameException",
		"a b": "InvalidRepositoryNameException", "ü": "InvalidRepositoryNameException", strings.Repeat("a", 101): "InvalidRepositoryNameException",
	} {
		if _, _, err := r.Behaviours()[token].Create(context.Background(), inputs(map[string]any{"repositoryName": name})); code(err) != want {
			t.Errorf("%q is answered with %v, not %q", name, err, want)
		}
	}
	for want, in := range map[string]map[string]any{
		"RepositoryNameExistsException":         {"repositoryName": "App_1.x-y"},
		"InvalidRepositoryDescriptionException": {"repositoryName": "b", "description": strings.Repeat("a", 1001)},
		"EncryptionKeyInvalidIdException":       {"repositoryName": "b", "kmsKeyId": "not a key"},
		"InvalidBranchNameException":            {"repositoryName": "b", "defaultBranch": "a..b"},
	} {
		if _, _, err := r.Behaviours()[token].Create(context.Background(), inputs(in)); code(err) != want {
			t.Errorf("%v is answered with %v, not %s", in, err, want)
		}
	}
}

func TestARepositoryIsChangedInPlace(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	id := r.repository("app")["repositoryId"].StringValue()
	c := r.clone("app")
	commit := c.commit("a", "1")
	c.git("push", "--quiet", "origin", "HEAD:main", "HEAD:trunk")
	b := r.Behaviours()[token]
	out, err := b.Update(ctx, "app", inputs(map[string]any{"repositoryName": "renamed", "description": "new", "defaultBranch": "trunk"}))
	if err != nil || out["repositoryId"].StringValue() != id || out["cloneUrlHttp"].StringValue() != r.server.URL+"/v1/repos/renamed" {
		t.Fatalf("its outputs are %v: %v", out, err)
	}
	if head, err := r.Head(ctx, "renamed", "main"); err != nil || head.ID != commit {
		t.Errorf("its head is %+v: %v", head, err)
	}
	if _, err := r.Head(ctx, "app", "main"); code(err) != "RepositoryDoesNotExistException" {
		t.Errorf("the old name: %v", err)
	}
	if _, err := b.Update(ctx, "app", inputs(map[string]any{"repositoryName": "renamed", "defaultBranch": "nothing"})); code(err) != "BranchDoesNotExistException" {
		t.Errorf("a default branch that is not there: %v", err)
	}
	if _, _, err := b.Create(ctx, inputs(map[string]any{"repositoryName": "app"})); code(err) != "RepositoryNameExistsException" {
		t.Errorf("another one with the old name: %v", err)
	}
	if _, found, err := b.(resource.Reader).Read(ctx, "app"); !found || err != nil {
		t.Errorf("it reads as %v: %v", found, err)
	}
	for range 2 {
		if err := b.Delete(ctx, "app"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(r.dir, "git", "renamed")); !os.IsNotExist(err) {
		t.Errorf("its folder: %v", err)
	}
	if out, err := git(c.folder, "fetch", r.url("renamed", owner)); err == nil {
		t.Errorf("a deleted repository was fetched: %s", out)
	}
}

func TestADeletedRepositoryLeavesNothingToTheNext(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	first := r.repository("app")["repositoryId"]
	c := r.clone("app")
	c.commit("a", "1")
	c.git("push", "--quiet", "origin", "HEAD:main")
	if err := r.Behaviours()[token].Delete(ctx, "app"); err != nil {
		t.Fatal(err)
	}
	if second := r.repository("app")["repositoryId"]; second.DeepEquals(first) {
		t.Errorf("both have the id %v", first)
	}
	if _, err := r.Head(ctx, "app", "main"); code(err) != "BranchDoesNotExistException" {
		t.Errorf("the new one's head: %v", err)
	}
}

func TestRepositoriesSurviveARestart(t *testing.T) {
	r := newRig(t)
	r.repository("app")
	c := r.clone("app")
	id := c.commit("a", "1")
	c.git("push", "--quiet", "origin", "HEAD:main")
	r.stop()
	r.start()
	if head, err := r.Head(context.Background(), "app", "main"); err != nil || head.ID != id {
		t.Errorf("the head is %+v: %v", head, err)
	}
	if out, err := git("", "ls-remote", r.url("app", owner)); err != nil || !strings.Contains(out, id) {
		t.Errorf("%v: %s", err, out)
	}
}
