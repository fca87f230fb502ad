package codecommit_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/sandbox/naming"
)

// detail is the detail of an event, without what is the same in all of them.
func detail(event, kind, name, commit, old string) map[string]string {
	d := map[string]string{"event": event, "referenceType": kind, "referenceName": name, "referenceFullName": "refs/heads/" + name}
	if kind == "tag" {
		d["referenceFullName"] = "refs/tags/" + name
	}
	for key, id := range map[string]string{"commitId": commit, "oldCommitId": old} {
		if id != "" {
			d[key] = id
		}
	}
	return d
}

func (r *rig) expect(want ...map[string]string) {
	r.t.Helper()
	got := r.events.took(r.t)
	if len(got) != len(want) {
		r.t.Fatalf("the events are %v, not %v", got, want)
	}
	for i := range got {
		if got[i]["repositoryName"] != "app" || len(got[i]["repositoryId"]) != 36 || got[i]["callerUserArn"] != naming.CallerARN {
			r.t.Errorf("the event is %v", got[i])
		}
		for _, key := range []string{"repositoryName", "repositoryId", "callerUserArn"} {
			delete(got[i], key)
		}
		if !maps.Equal(got[i], want[i]) {
			r.t.Errorf("the event is %v, not %v", got[i], want[i])
		}
	}
}

func TestEveryPushBecomesItsEvents(t *testing.T) {
	r := newRig(t)
	r.repository("app")
	c := r.clone("app")
	one := c.commit("a", "1")
	c.git("push", "--quiet", "origin", "HEAD:main")
	if all := strings.Join(r.events.all, ""); !strings.Contains(all, `"resources":["arn:aws:codecommit:eu-west-1:000000000000:app"],"source":"aws.codecommit","type":"CodeCommit Repository State Change"`) {
		t.Errorf("the event is %s", all)
	}
	r.expect(detail("referenceCreated", "branch", "main", one, ""))
	two := c.commit("a", "2")
	c.git("tag", "v1")
	c.git("tag", "--annotate", "--message", "second", "v2")
	c.git("push", "--quiet", "origin", "HEAD:main", "HEAD:feature/x", "v1", "v2")
	r.expect(
		detail("referenceCreated", "branch", "feature/x", two, ""),
		detail("referenceUpdated", "branch", "main", two, one),
		detail("referenceCreated", "tag", "v1", two, ""),
		detail("referenceCreated", "tag", "v2", two, ""),
	)
	c.git("push", "--quiet", "origin", "--delete", "feature/x")
	r.expect(detail("referenceDeleted", "branch", "feature/x", "", two))
	c.git("push", "--quiet", "--force", "origin", one+":main")
	r.expect(detail("referenceUpdated", "branch", "main", one, two))
	c.git("push", "--quiet", "origin", one+":main")
	c.git("fetch", "--quiet")
	r.expect()
}

func TestAPushWhoseEventWasNotStoredIsPublishedLater(t *testing.T) {
	r := newRig(t)
	r.repository("app")
	c := r.clone("app")
	one := c.commit("a", "1")
	r.events.fails = errors.New("killed")
	c.git("push", "--quiet", "origin", "HEAD:main")
	r.expect()
	r.events.fails = nil
	r.events.published = make(chan struct{}, 1)
	r.stop()
	r.start()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	select {
	case <-r.events.published:
	case <-time.After(10 * time.Second):
		t.Error("nothing was published")
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	r.expect(detail("referenceCreated", "branch", "main", one, ""))
}

func TestManyPushAtOnce(t *testing.T) {
	r := newRig(t)
	r.repository("app")
	const many = 6
	var all sync.WaitGroup
	for i := range many {
		c := r.clone("app")
		c.commit(fmt.Sprint(i), "x")
		all.Go(func() {
			if out, err := git(c.folder, "push", "--quiet", "origin", fmt.Sprintf("HEAD:branch-%d", i)); err != nil {
				t.Errorf("push %d: %v: %s", i, err, out)
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, e := range r.events.took(t) {
		if e["event"] != "referenceCreated" || seen[e["referenceName"]] {
			t.Errorf("the event is %v", e)
		}
		seen[e["referenceName"]] = true
	}
	if len(seen) != many {
		t.Errorf("there were events for %v", seen)
	}
}

func TestALargePush(t *testing.T) {
	r := newRig(t)
	r.repository("app")
	c := r.clone("app")
	file, err := os.Create(filepath.Join(c.folder, "large"))
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 1<<20)
	for i := range 24 {
		for j := range block {
			block[j] = byte(j*j*(i+3) + j>>8*31 + i)
		}
		if _, err := file.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	file.Close()
	c.git("config", "core.compression", "0") // so that the request is large and comes in chunks
	id := c.commit("small", "x")
	c.git("push", "--quiet", "origin", "HEAD:main")
	if head, err := r.Head(context.Background(), "app", "main"); err != nil || head.ID != id {
		t.Errorf("the head is %+v: %v", head, err)
	}
	again := r.clone("app")
	if info, err := os.Stat(filepath.Join(again.folder, "large")); err != nil || info.Size() != 24<<20 {
		t.Errorf("the file came back as %v: %v", info, err)
	}
}

func TestEveryProtocolOfGit(t *testing.T) {
	r := newRig(t)
	r.repository("app")
	c := r.clone("app")
	for i := range 40 { // enough negotiation that the request of a fetch is packed
		c.commit("a", fmt.Sprint(i))
	}
	c.git("push", "--quiet", "origin", "HEAD:main")
	for _, version := range []string{"0", "1", "2"} {
		d := r.clone("app")
		d.git("reset", "--quiet", "--hard", "HEAD~20")
		d.commit("b", version)
		c.git("-c", "protocol.version="+version, "fetch", "--quiet", "origin")
		out, err := git("", "-c", "protocol.version="+version, "ls-remote", r.url("app", owner))
		if err != nil || !strings.Contains(out, "refs/heads/main") {
			t.Errorf("protocol %s: %v: %s", version, err, out)
		}
	}
}

func TestWhoAndWhatIsRefused(t *testing.T) {
	r := newRig(t)
	r.repository("app")
	for name, c := range map[string]struct{ url, want string }{
		"a wrong secret":       {r.url("app", "sandbox:x"), "403"},
		"an unknown key":       {r.url("app", "AKIA:x"), "InvalidAccessKeyId"},
		"no credentials":       {r.server.URL + "/v1/repos/app", "could not read Username"},
		"an unknown one":       {r.url("other", owner), "RepositoryDoesNotExistException: other does not exist"},
		"an unknown one, 404":  {r.url("other", owner), "not found"},
		"a path":               {r.url("..%2f..%2fetc", owner), "not found"},
		"the folder itself":    {r.url("..", owner), "not found"},
		"with the file ending": {r.url("app.git", owner), "not found"},
		"no name":              {r.url("", owner), "not found"},
	} {
		if out, err := git("", "ls-remote", c.url); err == nil || !strings.Contains(out, c.want) {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
	for path, want := range map[string]int{
		"/v1/repos/app/HEAD": 404, "/v1/repos/app/objects/info/packs": 404, "/v1/repos/app/info/refs": 404, "/v1/repos/app/config": 404,
		"/v1/repos/app/git-receive-pack": 405, "/v1/repos/app/info/refs?service=git-upload-pack": 200,
		"/v1/repos/app/info/refs/../../config?service=git-upload-pack": 404,
	} {
		req, err := http.NewRequest(http.MethodGet, r.server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.URL.Path, req.URL.RawQuery, _ = strings.Cut(path, "?")
		req.SetBasicAuth("AKIAOWNER", "secret")
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s is answered with %s, not %d", path, answer.Status, want)
		}
	}
}
