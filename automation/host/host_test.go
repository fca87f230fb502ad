package host

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/jonboulle/clockwork"

	"slipway/automation/fault"
	"slipway/automation/ui"
)

// bucket is S3 with one bucket, on a clock that goes on by what is waited for.
type bucket struct {
	mu      sync.Mutex
	clock   *clockwork.FakeClock
	begun   time.Time
	objects map[string]object
	later   []event
	status  int // of every answer, when not 0
	calls   int
}

type object struct {
	text string
	at   time.Time
}

type event struct {
	after     time.Duration
	key, text string
}

func newBucket(t *testing.T, later ...event) (*bucket, Host) {
	t.Helper()
	clock := clockwork.NewFakeClock()
	b := &bucket{clock: clock, begun: clock.Now(), objects: map[string]object{}, later: later}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	client := s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: &server.URL, UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""),
	})
	return b, Host{Bucket: "artifacts", Instance: "i-1", Objects: client}
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if b.status != 0 {
		w.WriteHeader(b.status)
		_, _ = io.WriteString(w, `<Error><Code>AccessDenied</Code><Message>no</Message></Error>`)
		return
	}
	for len(b.later) > 0 && b.clock.Since(b.begun) >= b.later[0].after {
		b.objects["readiness/i-1/"+b.later[0].key] = object{b.later[0].text, b.begun.Add(b.later[0].after)}
		b.later = b.later[1:]
	}
	if prefix := r.URL.Query().Get("prefix"); prefix != "" {
		out := "<ListBucketResult>"
		for key, o := range b.objects {
			if strings.HasPrefix(key, prefix) {
				out += "<Contents><Key>" + key + "</Key><LastModified>" + o.at.UTC().Format(time.RFC3339) + "</LastModified></Contents>"
			}
		}
		_, _ = io.WriteString(w, out+"</ListBucketResult>")
		return
	}
	_, _ = io.WriteString(w, b.objects[strings.TrimPrefix(r.URL.Path, "/artifacts/")].text)
}

// talk keeps what was reported, as lines of a log show it.
type talk struct{ strings.Builder }

func (t *talk) Event(e ui.Event) { ui.NewPlain(t, false).Event(e) }

const (
	packages = `{"step":"packages","number":2,"of":9,"at":"2026-01-02T03:04:05Z"}`
	plugins  = `{"step":"plugins","number":5,"of":9,"at":"2026-01-02T03:06:05Z"}`
	failed   = "plugins: jenkins-plugin-manager ended with 1\nline 1\nline 2\n"
)

func TestUntil(t *testing.T) {
	tests := []struct {
		name  string
		later []event
		usual time.Duration
		says  []string // talk
		fails []string // the error
	}{
		{"ready at once", []event{{0, "ok", `{"seconds":240}`}}, 0, []string{"host i-1 is ready"}, nil},
		{"steps, then ready", []event{{time.Minute, "progress", packages}, {3 * time.Minute, "progress", plugins}, {5 * time.Minute, "ok", "{}"}},
			4 * time.Minute, []string{"host i-1: 2/9 packages  1m", "left", "host i-1: 5/9 plugins  3m", "host i-1 is ready  5m"}, nil},
		{"fails", []event{{time.Minute, "progress", plugins}, {2 * time.Minute, "failed", failed}}, 0, []string{"5/9 plugins"},
			[]string{"plugins: jenkins-plugin-manager ended with 1", "line 2", "aws ssm start-session --target i-1", "slipway up delivery makes the host anew"}},
		{"failed, and then a later boot worked", []event{{0, "failed", failed}, {0, "progress", plugins}}, 0, nil, []string{"ended with 1"}},
		{"never says anything", nil, 0, nil, []string{"not ready after 20m", "it has not begun to report its boot"}},
		{"stays at a step", []event{{time.Minute, "progress", packages}}, 0, []string{"2/9 packages"}, []string{"step 2 of 9, packages, began 19m"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, h := newBucket(t, test.later...)
			heard := &talk{}
			w := &Wait{Stack: "delivery", Sink: heard, Clock: stepping{b.clock}, Begun: b.clock.Now(), Usual: test.usual, Deadline: Deadline}
			err := w.Until(t.Context(), h)
			var out strings.Builder
			fault.Print(&out, err)
			if (err != nil) != (test.fails != nil) {
				t.Errorf("ended with %v", err)
			}
			for _, want := range test.fails {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not in\n%s", want, out.String())
				}
			}
			for _, want := range test.says {
				if !strings.Contains(heard.String(), want) {
					t.Errorf("%q was not said in\n%s", want, heard.String())
				}
			}
		})
	}
}

// stepping moves a fake clock by what is waited for, at once.
type stepping struct{ *clockwork.FakeClock }

func (s stepping) After(d time.Duration) <-chan time.Time {
	s.Advance(d)
	now := make(chan time.Time, 1)
	now <- s.Now()
	return now
}

// The newer of ok and failed counts, and a host that is ready costs one call.
func TestLook(t *testing.T) {
	b, h := newBucket(t)
	early, late := b.clock.Now().Truncate(time.Second), b.clock.Now().Truncate(time.Second).Add(time.Minute)
	tests := []struct {
		name       string
		ok, failed time.Time
		want       State
		calls      int
	}{
		{"neither", time.Time{}, time.Time{}, Silent, 1},
		{"ok", early, time.Time{}, Ready, 1},
		{"ok after a failure", late, early, Ready, 1},
		{"a failure after ok", early, late, Failed, 2},
	}
	for _, test := range tests {
		b.objects, b.calls = map[string]object{}, 0
		for key, at := range map[string]time.Time{"ok": test.ok, "failed": test.failed} {
			if !at.IsZero() {
				b.objects["readiness/i-1/"+key] = object{failed, at}
			}
		}
		b.objects["readiness/i-10/failed"] = object{failed, late.Add(time.Hour)} // another host's
		look, err := h.Look(t.Context())
		if err != nil || look.State != test.want || b.calls != test.calls {
			t.Errorf("%s: %+v after %d calls, %v", test.name, look, b.calls, err)
		}
	}
	b.objects = map[string]object{"readiness/i-1/ok": {`{"at":"x","seconds":241.5}`, late}}
	if took := h.BootTime(t.Context()); took != 241500*time.Millisecond {
		t.Errorf("boot took %s", took)
	}
}

func TestBucketThatMayNotBeRead(t *testing.T) {
	b, h := newBucket(t)
	b.status = http.StatusForbidden
	w := &Wait{Stack: "delivery", Sink: ui.Discard, Clock: stepping{b.clock}, Begun: b.clock.Now(), Deadline: Deadline}
	err := w.Until(t.Context(), h)
	var said *fault.Error
	if !errors.As(err, &said) || said.Code != fault.NotReady || !strings.Contains(said.Next, "kms:Decrypt") || b.calls != lost {
		t.Errorf("after %d calls: %v", b.calls, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Until(ctx, h); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
