package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/automation/process"
	"slipway/sandbox/s3/s3test"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// newLedger is the ledger of dev in a bucket of its own, on an S3 that really answers.
func newLedger(t *testing.T) Ledger {
	t.Helper()
	return Ledger{Bucket: "records", Environment: "dev", Objects: s3.NewFromConfig(s3test.New(t, "records")), Now: func() time.Time { return noon }}
}

func (l Ledger) begin(t *testing.T, commit string) *Attempt {
	t.Helper()
	a, err := l.Begin(t.Context(), Entry{Kind: Deploy, Commit: commit, Started: noon, Deadline: noon.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *Attempt) end(t *testing.T, outcome string) {
	t.Helper()
	a.Entry.Outcome, a.Entry.Ended = outcome, noon.Add(time.Minute)
	if err := a.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func story(t *testing.T, l Ledger, n int) string {
	t.Helper()
	all, err := l.List(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, e := range all {
		parts = append(parts, fmt.Sprintf("%d %s %s", e.Number, e.Commit, e.Outcome))
	}
	return strings.Join(parts, ", ")
}

func TestReleasesAreListedNewestFirst(t *testing.T) {
	l := newLedger(t)
	if got := story(t, l, 5); got != "" {
		t.Errorf("a new ledger has %q", got)
	}
	for i := range 23 { // more than two pages
		l.begin(t, fmt.Sprintf("c%d", i+1)).end(t, Released)
	}
	if got, want := story(t, l, 2), "23 c23 released, 22 c22 released"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := strings.Count(story(t, l, 0), "released"); got != 23 {
		t.Errorf("%d releases of 23", got)
	}
	other := l
	other.Environment = "de"
	if got := story(t, other, 5); got != "" {
		t.Errorf("another environment has %q", got)
	}
	for _, number := range []int{1, 12, 23} {
		if e, ok, err := l.Read(t.Context(), number); err != nil || !ok || e.Commit != fmt.Sprintf("c%d", number) {
			t.Errorf("number %d: %+v, %v, %v", number, e, ok, err)
		}
	}
	for _, number := range []int{-1, 0, 24, most} {
		if _, ok, err := l.Read(t.Context(), number); ok || err != nil {
			t.Errorf("number %d: %v, %v", number, ok, err)
		}
	}
}

func TestReleaseThatWasNeverFinished(t *testing.T) {
	l := newLedger(t)
	l.begin(t, "killed")
	later := l
	later.Now = func() time.Time { return noon.Add(2 * time.Hour) }
	if got, want := story(t, l, 5), "1 killed in progress"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := story(t, later, 5), "1 killed interrupted"; got != want {
		t.Errorf("after its deadline: got %s, want %s", got, want)
	}
	l.begin(t, "next").end(t, Failed)
	if got, want := story(t, l, 5), "2 next failed, 1 killed interrupted"; got != want {
		t.Errorf("after a newer release: got %s, want %s", got, want)
	}
	if e, ok, err := l.Read(t.Context(), 1); err != nil || !ok || e.Outcome != Interrupted {
		t.Errorf("read: %+v, %v, %v", e, ok, err)
	}
}

func TestReleaseEndsOnce(t *testing.T) {
	l := newLedger(t)
	a := l.begin(t, "c1")
	if err := a.Finish(t.Context()); err == nil {
		t.Error("it ended without an outcome")
	}
	same := *a
	a.end(t, Released)
	same.Entry.Outcome = Failed
	if err := same.Finish(t.Context()); !errors.Is(err, ErrEnded) {
		t.Errorf("a second end: %v", err)
	}
	if got, want := story(t, l, 5), "1 c1 released"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTwoNeverTakeOneNumber(t *testing.T) {
	l := newLedger(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			a, err := l.Begin(context.Background(), Entry{Kind: Deploy, Commit: fmt.Sprintf("c%d", i), Deadline: noon.Add(time.Hour)})
			if err == nil {
				a.Entry.Outcome = Released
				err = a.Finish(context.Background())
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	all, err := l.List(t.Context(), 0)
	if err != nil || len(all) != 8 {
		t.Fatalf("%d releases of 8, %v", len(all), err)
	}
	commits := map[string]bool{}
	for i, e := range all {
		commits[e.Commit] = true
		if e.Number != 8-i {
			t.Errorf("number %d in place %d", e.Number, i)
		}
	}
	if len(commits) != 8 {
		t.Errorf("only %d of 8 are there", len(commits))
	}
}

func TestObjectThatIsNoRelease(t *testing.T) {
	l := newLedger(t)
	l.begin(t, "c1").end(t, Released)
	put := func(key, text string) {
		_, err := l.Objects.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("records"), Key: aws.String(key), Body: strings.NewReader(text)})
		if err != nil {
			t.Fatal(err)
		}
	}
	put("ledger/dev/notes.txt", "a person's")
	if got, want := story(t, l, 5), "1 c1 released"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, text := range []string{
		"", "{", "null", `{"number":2,"environment":"prod","outcome":"released"}`, `{"number":3,"environment":"dev","outcome":"released"}`,
		`{"number":2,"environment":"dev"}`,
	} {
		put(l.key(2), text)
		if _, err := l.List(t.Context(), 5); err == nil || !strings.Contains(err.Error(), "ledger/dev/99999997-2.json") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"number":2,"environment":"dev","outcome":"released","proof":{"a":1},"steps":[{"name":"build"}]}`))
	f.Add([]byte(`{"number":1e9,"environment":"dev","outcome":""}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := parse(text, "dev")
		if err == nil && (e.Environment != "dev" || e.Number < 1 || e.Outcome == "") {
			t.Errorf("%q was taken as %+v", text, e)
		}
	})
}

func FuzzNumberOf(f *testing.F) {
	f.Add("ledger/dev/99999987-12.json")
	f.Add("ledger/dev/99999987-012.json")
	f.Fuzz(func(t *testing.T, key string) {
		number, ok := numberOf(key)
		if want := (Ledger{Environment: "dev"}).key(number); ok && !strings.HasSuffix(want, key[strings.LastIndex(key, "/")+1:]) {
			t.Errorf("%q was taken as number %d, which is %s", key, number, want)
		}
	})
}

func TestEntryIsReadable(t *testing.T) {
	l := newLedger(t)
	l.begin(t, "c1").end(t, Released)
	out, err := l.Objects.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("records"), Key: aws.String("ledger/dev/99999998-1.json")})
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(out.Body)
	if want := []byte("\n  \"outcome\": \"released\",\n"); err != nil || !bytes.Contains(text, want) {
		t.Errorf("%s, %v", text, err)
	}
}

// A release whose deployer was killed on this machine is interrupted at once, and not only after its deadline.
func TestDeployerThatIsGone(t *testing.T) {
	l := newLedger(t)
	l.begin(t, "one")
	if all, err := l.List(t.Context(), 0); err != nil || all[0].Outcome != InProgress {
		t.Fatalf("while it runs: %+v, %v", all, err)
	}
	killed := exec.Command("sleep", "60")
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	begun, err := process.Ticks(killed.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	running := *self()
	running.PID, running.Begun = killed.Process.Pid, begun
	younger, elsewhere, inside := running, running, running
	younger.Begun, elsewhere.Boot, inside.Space = "1", "another", "pid:[1]"
	if running.Gone() || !younger.Gone() {
		t.Error("a process that runs, and one with its number:", running.Gone(), younger.Gone())
	}
	_ = killed.Process.Kill()
	_ = killed.Wait()
	if !running.Gone() || elsewhere.Gone() || inside.Gone() || (*Process)(nil).Gone() {
		t.Error("after its end:", running.Gone(), elsewhere.Gone(), inside.Gone())
	}
	e := Entry{Outcome: InProgress, Deadline: noon.Add(time.Hour), Process: &running}
	if got := e.overtaken(false, noon).Outcome; got != Interrupted {
		t.Error(got)
	}
}

// A hold is no release: what is listed and counted stays as it is.
func TestAHoldIsBesideTheReleases(t *testing.T) {
	l := newLedger(t)
	if h, err := l.Hold(t.Context()); err != nil || h.Held {
		t.Errorf("at first: %+v, %v", h, err)
	}
	if err := l.SetHold(t.Context(), Hold{Held: true, Who: "ann", Reason: "the freeze"}); err != nil {
		t.Fatal(err)
	}
	l.begin(t, "aaa").end(t, Released)
	h, err := l.Hold(t.Context())
	if err != nil || h != (Hold{Environment: "dev", Held: true, Who: "ann", Reason: "the freeze", At: noon}) {
		t.Errorf("held: %+v, %v", h, err)
	}
	if got := story(t, l, 0); got != "1 aaa released" {
		t.Errorf("the ledger has %q", got)
	}
	if err := l.SetHold(t.Context(), Hold{Who: "bo"}); err != nil {
		t.Fatal(err)
	}
	if h, err := l.Hold(t.Context()); err != nil || h.Held || h.Who != "bo" {
		t.Errorf("resumed: %+v, %v", h, err)
	}
	other := l
	other.Environment = "prod"
	other.begin(t, "bbb")
	if names, err := l.Environments(t.Context()); err != nil || strings.Join(names, " ") != "dev prod" {
		t.Errorf("environments %v, %v", names, err)
	}
	if h, err := other.Hold(t.Context()); err != nil || h.Held {
		t.Errorf("another environment: %+v, %v", h, err)
	}
}

// A release that a gate refused says nothing of another one that is in progress.
func TestARefusedReleaseEndsNoOther(t *testing.T) {
	l := newLedger(t)
	l.begin(t, "going")
	refused := l.begin(t, "refused")
	refused.Entry.Gates = []Gate{{Name: "hold", Verdict: Refused}}
	refused.end(t, Failed)
	if got := story(t, l, 0); got != "2 refused failed, 1 going in progress" {
		t.Errorf("the ledger has %q", got)
	}
	next := l.begin(t, "next")
	next.Entry.TaskDefinition, next.Entry.Gates = "app:2", []Gate{{Name: "smoke", Verdict: Refused}}
	next.end(t, RolledBack)
	if got := story(t, l, 0); got != "3 next rolled back, 2 refused failed, 1 going interrupted" {
		t.Errorf("the ledger has %q", got)
	}
}
