package codecommit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/codecommit"
	"slipway/sandbox/resource"
	"slipway/sandbox/sigv4"
	"slipway/sandbox/store"
)

const token = "aws:codecommit/repository:Repository"

// rig is a service behind a real server, with the events that it has published.
type rig struct {
	*codecommit.Service
	t      *testing.T
	dir    string
	keys   *sigv4.Keys
	store  *store.Store
	server *httptest.Server
	events events
}

// events remembers what was published, and refuses while it is told to.
type events struct {
	mu    sync.Mutex
	all   []string
	fails error

	published chan struct{} // gets one for each, where it is not nil
}

func (e *events) Publish(_ context.Context, source, detailType string, resources []string, detail any) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fails != nil {
		return e.fails
	}
	b, err := json.Marshal(map[string]any{"source": source, "type": detailType, "resources": resources, "detail": detail})
	e.all = append(e.all, string(b))
	if e.published != nil {
		e.published <- struct{}{}
	}
	return err
}

// took returns the details of the events since it was last called.
func (e *events) took(t *testing.T) (all []map[string]string) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, text := range e.all {
		var one struct{ Detail map[string]string }
		if err := json.Unmarshal([]byte(text), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one.Detail)
	}
	e.all = nil
	return all
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir()}
	r.start()
	t.Cleanup(r.stop)
	return r
}

// start opens the service on the rig's folder, again after a stop.
func (r *rig) start() {
	r.t.Helper()
	var err error
	if r.store, err = store.Open(filepath.Join(r.dir, "state.db")); err != nil {
		r.t.Fatal(err)
	}
	if r.keys, err = sigv4.New(r.store, sigv4.Root{AccessKeyID: "AKIAOWNER", SecretAccessKey: "secret"}, nil); err != nil {
		r.t.Fatal(err)
	}
	r.server = httptest.NewUnstartedServer(nil)
	if r.Service, err = codecommit.New(r.store, "eu-west-1", codecommit.Options{
		Dir: filepath.Join(r.dir, "git"), URL: "http://" + r.server.Listener.Addr().String(), Keys: r.keys, Events: &r.events,
		Log: slog.New(slog.NewTextHandler(r.t.Output(), nil)),
	}); err != nil {
		r.t.Fatal(err)
	}
	r.server.Config.Handler = r.Handler()
	r.server.Start()
}

func (r *rig) stop() {
	r.server.Close()
	r.store.Close()
}

func inputs(m map[string]any) resource.Properties { return property.NewPropertyMapFromMap(m) }

// repository makes a repository.
func (r *rig) repository(name string) resource.Properties {
	r.t.Helper()
	_, out, err := r.Behaviours()[token].Create(context.Background(), inputs(map[string]any{"repositoryName": name}))
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// url is a repository's URL with these credentials.
func (r *rig) url(name, credentials string) string {
	return strings.Replace(r.server.URL, "http://", "http://"+credentials+"@", 1) + "/v1/repos/" + name
}

// owner is the sandbox's user, as a URL names it.
const owner = "AKIAOWNER:secret"

// clone is a folder of somebody who works on a repository.
type clone struct {
	t      *testing.T
	folder string
}

func (r *rig) clone(name string) clone {
	r.t.Helper()
	c := clone{r.t, filepath.Join(r.t.TempDir(), "clone")}
	if out, err := git("", "clone", "--quiet", r.url(name, owner), c.folder); err != nil {
		r.t.Fatalf("cloning %s: %v: %s", name, err, out)
	}
	return c
}

// git runs git as somebody without any settings.
func git(folder string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = folder
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0", "HOME=/nonexistent",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.org", "GIT_AUTHOR_DATE=1700000000 +0200",
		"GIT_COMMITTER_NAME=Bob", "GIT_COMMITTER_EMAIL=bob@example.org", "GIT_COMMITTER_DATE=1700000060 +0000",
	}
	out, err := cmd.CombinedOutput()
	return string(bytes.TrimSpace(out)), err
}

func (c clone) git(args ...string) string {
	c.t.Helper()
	out, err := git(c.folder, args...)
	if err != nil {
		c.t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out
}

// commit writes a file and commits it, and returns the commit's id.
func (c clone) commit(name, content string) string {
	c.t.Helper()
	path := filepath.Join(c.folder, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
		c.t.Fatal(err)
	}
	c.git("add", "--all")
	c.git("commit", "--quiet", "--message", "change "+name)
	return c.git("rev-parse", "HEAD")
}

// code is the code of an error that AWS has.
func code(err error) string {
	var known *awsapi.Error
	if errors.As(err, &known) {
		return known.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
