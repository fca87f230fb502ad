package ecr

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"

	types "github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/registry"
	"github.com/docker/docker/client"
	"github.com/docker/docker/pkg/jsonmessage"
)

// engine is the Docker engine of this machine with the login of the registry.
type engine struct {
	*client.Client
	t     *testing.T
	login string
}

func newEngine(t *testing.T, x *stand) engine {
	c, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	login, err := registry.EncodeAuthConfig(registry.AuthConfig{Username: user, Password: x.token, ServerAddress: x.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	return engine{c, t, login}
}

// make imports an image of one file under the name.
func (e engine) make(name, content string) {
	e.t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	_ = w.WriteHeader(&tar.Header{Name: "file", Mode: 0o644, Size: int64(len(content))})
	_, _ = io.WriteString(w, content)
	_ = w.Close()
	answer, err := e.ImageImport(context.Background(), types.ImportSource{Source: &b, SourceName: "-"}, name, types.ImportOptions{})
	e.read(answer, err)
	e.t.Cleanup(func() { e.remove(name) })
}

func (e engine) remove(name string) {
	_, _ = e.ImageRemove(context.Background(), name, types.RemoveOptions{Force: true, PruneChildren: true})
}

func (e engine) push(name string) error {
	answer, err := e.ImagePush(context.Background(), name, types.PushOptions{RegistryAuth: e.login})
	if err != nil {
		return err
	}
	defer answer.Close()
	return messages(answer)
}

func (e engine) read(answer io.ReadCloser, err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
	defer answer.Close()
	if err := messages(answer); err != nil {
		e.t.Fatal(err)
	}
}

func messages(from io.Reader) error {
	for d := json.NewDecoder(from); ; {
		var m jsonmessage.JSONMessage
		if err := d.Decode(&m); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if m.Error != nil {
			return m.Error
		}
	}
}

func TestDockerPushesTwiceAndPullsByDigest(t *testing.T) {
	x := start(t, t.TempDir(), "")
	x.repo("app", nil)
	e := newEngine(t, x)
	tag := x.Addr() + "/app:v1"
	e.make(tag, "one")
	for range 2 {
		if err := e.push(tag); err != nil {
			t.Fatal(err)
		}
	}
	i, found, err := x.find("app", imageID{Tag: "v1"})
	if err != nil || !found || i.Size == 0 {
		t.Fatal(i, err)
	}
	e.remove(tag)
	byDigest := x.Addr() + "/app@" + i.Digest
	answer, err := e.ImagePull(context.Background(), byDigest, types.PullOptions{RegistryAuth: e.login})
	e.read(answer, err)
	t.Cleanup(func() { e.remove(byDigest) })
	if got, err := e.ImageInspect(context.Background(), byDigest); err != nil || len(got.RepoDigests) != 1 || got.RepoDigests[0] != byDigest {
		t.Error(got.RepoDigests, err)
	}
	e.make(tag, "another")
	fails(t, e.push(tag), "The image tag 'v1' already exists in the 'app' repository")
	other := x.Addr() + "/none:v1"
	e.make(other, "one")
	fails(t, e.push(other), "The repository with name 'none' does not exist")
}
