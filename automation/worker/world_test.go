package worker

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/jonboulle/clockwork"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

const released = `{"type":"result","code":0,"data":{"outcome":"released","release":{"commit":"` + commit + `","tag":"` + commit + `","digest":"sha256:aa"}}}`

// world is a worker between a CodePipeline, a bucket and a Jenkins.
type world struct {
	t        *testing.T
	pipeline *pipelines
	bucket   *bucket
	jenkins  *host
	settings Settings
	aws      aws.Config
	clock    clockwork.Clock
	adjust   func(*Worker)
	log      *lines
	stop     func() // the worker, and waits for it
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, jenkins: newHost(t), log: &lines{}, clock: clockwork.NewRealClock()}
	w.pipeline = &pipelines{t: t, calls: map[string]int{}, lose: map[string]int{}, refuse: map[string]int{}, reject: map[string]int{},
		keys: map[string]any{"accessKeyId": "ASIAFIRST", "secretAccessKey": "artifact-secret", "sessionToken": "artifact-token"}}
	w.bucket = &bucket{object: archive(t, map[string]string{"Pulumi.yaml": "name: slipway\n", "images/app/Dockerfile": "FROM scratch\n"}), valid: "ASIAFIRST"}
	server := httptest.NewServer(http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.pipeline.ServeHTTP(to, r)
			return
		}
		w.bucket.ServeHTTP(to, r)
	}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	password := filepath.Join(dir, "password")
	w.write(password, "first-password\n")
	w.settings = Settings{
		Region: "eu-central-1", JenkinsURL: "http://" + w.jenkins.address, User: "worker", PasswordFile: password, Job: "slipway",
		Provider: "slipway", Version: "1", Dir: filepath.Join(dir, "work"), Health: "127.0.0.1:0",
		Poll: 10 * time.Millisecond, Idle: 10 * time.Millisecond, Jobs: 2, Deadline: time.Minute,
	}
	w.aws = aws.Config{
		Region: w.settings.Region, BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("AKIDWORKER", "worker-secret", ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond })
		},
	}
	return w
}

func (w *world) write(path, text string) {
	w.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// start runs a worker until stop is called or the test ends.
func (w *world) start() *Worker {
	w.t.Helper()
	worker, err := New(w.settings, Options{AWS: w.aws, Log: slog.New(slog.NewJSONHandler(w.log, nil)), Clock: w.clock, Version: "v1"})
	if err != nil {
		w.t.Fatal(err)
	}
	worker.pace.retry, worker.pace.slowest, worker.pace.patience = 5*time.Millisecond, 20*time.Millisecond, 20*time.Second
	if w.adjust != nil {
		w.adjust(worker)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- worker.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				w.t.Errorf("the worker ended with %v", err)
			}
		case <-time.After(20 * time.Second):
			w.t.Errorf("the worker does not stop; its log:\n%s", w.log)
		}
	})
	w.t.Cleanup(w.stop)
	return worker
}

// until waits for something that must come true.
func (w *world) until(what string, is func() bool) {
	w.t.Helper()
	deadline := time.After(20 * time.Second)
	for tick := time.NewTicker(2 * time.Millisecond); ; {
		if is() {
			tick.Stop()
			return
		}
		select {
		case <-deadline:
			tick.Stop()
			w.t.Fatalf("waited in vain: %s; the worker's log:\n%s", what, w.log)
		case <-tick.C:
		}
	}
}

// builds waits for so many builds.
func (w *world) builds(n int) {
	w.t.Helper()
	w.until(fmt.Sprint(n, " builds"), func() bool { return w.jenkins.count() == n })
}

// held waits until a job is acknowledged.
func (w *world) held(id string) {
	w.t.Helper()
	w.until("job "+id+" held", func() bool { return w.pipeline.job(id).status == inProgress })
}

// success waits for a job's report and answers it.
func (w *world) success(id string) map[string]any {
	w.t.Helper()
	w.until("success of "+id, func() bool { j := w.pipeline.job(id); return j.success != nil || j.failure != nil })
	j := w.pipeline.job(id)
	if j.success == nil {
		w.t.Fatalf("job %s failed: %v", id, j.failure)
	}
	return j.success
}

// failure waits for a job's failure and answers its type and message.
func (w *world) failure(id string) (kind, message string) {
	w.t.Helper()
	w.until("failure of "+id, func() bool { j := w.pipeline.job(id); return j.success != nil || j.failure != nil })
	j := w.pipeline.job(id)
	if j.failure == nil {
		w.t.Fatalf("job %s succeeded: %v", id, j.success)
	}
	return j.failure["type"].(string), j.failure["message"].(string)
}

// left waits until no job's state is on the disk, and nothing of a source.
func (w *world) nothingLeft() {
	w.t.Helper()
	w.until("nothing left on the disk", func() bool {
		for _, pattern := range []string{"jobs/*", "sources/*", "downloads/*"} {
			if found, _ := filepath.Glob(filepath.Join(w.settings.Dir, pattern)); len(found) > 0 {
				return false
			}
		}
		return true
	})
}

func archive(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range files {
		f, err := z.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
