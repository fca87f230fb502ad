package ecr

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"slipway/sandbox/resource"
)

func TestPushAndPullByDigest(t *testing.T) {
	x := start(t, t.TempDir(), "")
	x.repo("team/app", nil)
	_, digest := x.push("team/app:v1")
	got, err := remote.Image(x.ref("team/app@"+digest), x.login())
	if err != nil {
		t.Fatal(err)
	}
	if d, _ := got.Digest(); d.String() != digest {
		t.Errorf("%s, want %s", d, digest)
	}
}

func TestLoginIsRequired(t *testing.T) {
	x := start(t, t.TempDir(), "")
	x.repo("app", nil)
	for _, auth := range []authn.Authenticator{
		authn.Anonymous, &authn.Basic{Username: "AWS", Password: "guess"}, &authn.Basic{Username: "root", Password: x.token},
	} {
		fails(t, remote.Write(x.ref("app:v1"), randomImage(t), remote.WithAuth(auth)), "401")
	}
	resp, err := http.Get(x.endpoint() + "/v2/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if want := `Basic realm="` + x.endpoint() + `/",service="ecr.amazonaws.com"`; resp.Header.Get("WWW-Authenticate") != want {
		t.Errorf("WWW-Authenticate %s", resp.Header.Get("WWW-Authenticate"))
	}
	if _, _, ok := x.Auth("docker.io/library/php"); ok {
		t.Error("a login was given for another registry")
	}
	info, err := os.Stat(filepath.Join(x.root, "token"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

func TestOnlyRepositoriesThatExistAcceptAPush(t *testing.T) {
	x := start(t, t.TempDir(), "")
	err := remote.Write(x.ref("nothing:v1"), randomImage(t), x.login())
	fails(t, err, "NAME_UNKNOWN")
	fails(t, err, "The repository with name 'nothing' does not exist in the registry with id '000000000000'")
}

func TestImmutableTags(t *testing.T) {
	x := start(t, t.TempDir(), "")
	x.repo("app", nil)
	x.repo("free", map[string]any{"imageTagMutability": mutable})
	for _, repository := range []string{"app", "free"} {
		first, digest := x.push(repository + ":v1")
		if err := remote.Write(x.ref(repository+":v1"), first, x.login()); err != nil {
			t.Errorf("%s: the same image again: %v", repository, err)
		}
		err := remote.Write(x.ref(repository+":v1"), randomImage(t), x.login())
		if repository == "free" {
			if err != nil {
				t.Error(err)
			}
			if i, found, _ := x.find("free", imageID{Digest: digest}); !found || len(i.Tags) != 0 {
				t.Errorf("the image that lost its tag: %+v", i)
			}
			continue
		}
		fails(t, err, "TAG_INVALID")
		fails(t, err, "The image tag 'v1' already exists in the 'app' repository and cannot be overwritten because the repository is immutable.")
		if i, _, _ := x.find("app", imageID{Tag: "v1"}); i.Digest != digest {
			t.Error("the tag moved")
		}
	}
}

func TestDataSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	x := start(t, dir, "")
	x.repo("app", nil)
	_, digest := x.push("app:v1")
	token, addr := x.token, x.Addr()
	x.stop()
	y := start(t, dir, addr)
	if y.token != token {
		t.Error("the token changed")
	}
	if _, err := remote.Image(y.ref("app@"+digest), y.login()); err != nil {
		t.Error(err)
	}
	if i, found, err := y.find("app", imageID{Tag: "v1"}); !found || err != nil || i.Digest != digest {
		t.Errorf("%+v %v", i, err)
	}
}

func TestDeletingARepository(t *testing.T) {
	x := start(t, t.TempDir(), "")
	b := repositories{x.Service}
	x.repo("full", nil)
	x.repo("full/below", nil)
	x.push("full:v1")
	_, below := x.push("full/below:v1")
	fails(t, b.Delete(context.Background(), "full"), "RepositoryNotEmptyException")
	p, _ := resource.Encode(map[string]any{"name": "full", "imageTagMutability": immutable, "forceDelete": true})
	if _, err := b.Update(context.Background(), "full", p); err != nil {
		t.Fatal(err)
	}
	if err := b.Delete(context.Background(), "full"); err != nil {
		t.Fatal(err)
	}
	if _, err := remote.Image(x.ref("full:v1"), x.login()); err == nil {
		t.Error("an image outlived its repository")
	}
	if _, err := remote.Image(x.ref("full/below@"+below), x.login()); err != nil {
		t.Error(err)
	}
	x.repo("full", nil)
	if _, err := remote.Image(x.ref("full:v1"), x.login()); err == nil {
		t.Error("a new repository has an old image")
	}
}

func TestARestartDropsBlobsThatNothingNames(t *testing.T) {
	dir := t.TempDir()
	x := start(t, dir, "")
	x.repo("app", nil)
	kept, digest := x.push("app:v1")
	dropped, _ := x.push("app:v2")
	if i, found, err := x.find("app", imageID{Tag: "v2"}); !found || err != nil || x.remove(context.Background(), i, "") != nil {
		t.Fatal(i, err)
	}
	addr := x.Addr()
	x.stop()
	y := start(t, dir, addr)
	if !y.hasLayers(kept) {
		t.Errorf("layers of %s are gone", digest)
	}
	if y.hasLayers(dropped) {
		t.Error("layers of a deleted image are kept")
	}
	if _, err := remote.Image(y.ref("app@"+digest), y.login()); err != nil {
		t.Error(err)
	}
}

// hasLayers says whether the blobs of all of the image's layers are in the registry's folder.
func (x *stand) hasLayers(i v1.Image) bool {
	x.t.Helper()
	layers, err := i.Layers()
	if err != nil {
		x.t.Fatal(err)
	}
	for _, l := range layers {
		d, _ := l.Digest()
		if _, err := os.Stat(filepath.Join(x.root, "docker/registry/v2/blobs/sha256", d.Hex[:2], d.Hex)); err != nil {
			return false
		}
	}
	return true
}
