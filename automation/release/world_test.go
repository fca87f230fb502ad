package release

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/cloud"
	"slipway/automation/engine"
	"slipway/automation/release/ledger"
	"slipway/automation/ui"
	"slipway/images"
)

const (
	repository = "registry.example/slipway"
	definition = "arn:aws:ecs:us-east-1:000000000000:task-definition/slipway-dev:%d"
	oldCommit  = "0101010101010101010101010101010101010101"
	newCommit  = "abababababababababababababababababababab"
	midCommit  = "5555555555555555555555555555555555555555"
)

var (
	oldImage = imageOf('1', oldCommit)
	newImage = imageOf('a', newCommit)
	midImage = imageOf('5', midCommit)
)

func imageOf(digit byte, commit string) Image {
	return Image{repository, "sha256:" + strings.Repeat(string(digit), 64), commit}
}

func arn(revision int) string { return fmt.Sprintf(definition, revision) }

// steppingClock moves by exactly what is waited for, at once.
type steppingClock struct {
	*clockwork.FakeClock
	step func()
}

func (c *steppingClock) After(d time.Duration) <-chan time.Time {
	c.Advance(d)
	if c.step != nil {
		c.step()
	}
	now := make(chan time.Time, 1)
	now <- c.Now()
	return now
}

// frame is what AWS shows from a time after an update on, until the next frame.
type frame struct {
	at      time.Duration
	service cloud.Service
	running []cloud.Task
	stopped []cloud.Task
	targets []cloud.Target
	serves  Image
}

// script is what ECS does after an update to an image: recorded frames for the
// task definition that the update made.
type script func(own, before int, image Image) []frame

// world is one environment in memory: its stack, its registry and its service.
type world struct {
	*testing.T
	mu       sync.Mutex
	clock    *steppingClock
	server   *httptest.Server
	sink     *sink
	registry map[string]cloud.Image
	labels   map[string]map[string]string // by digest
	lines    []string                     // of every log stream
	scripts  map[string]script
	answer   func(Image) map[string]string // of the version path; nil for an app that has none
	health   int                           // status of every other path
	who      string                        // ARN of the credentials

	outputs   map[string]any
	revision  int
	book      ledger.Ledger
	plan      engine.Changes // what a preview holds beside the image
	previewE  error
	updateE   map[string]error // by commit; taken before anything changes
	halfway   error            // the update changes things, then ends so
	stale     int              // so many updates find that the stack is not what was previewed
	onPreview func()
	onUpdate  func(commit string)
	updates   []map[string]string // configuration of each
	earlier   map[string]string   // that of the update before the release
	buildE    error
	built     int
	pingE     error
	imageE    map[string]error        // of the registry, by digest or tag
	asking    sync.Mutex              // one look asks side by side
	cloudE    func(call string) error // of Service and Tasks

	frames []frame
	since  time.Time
	served Image // by the task definitions from before
}

// newWorld is an environment that runs oldImage with two tasks.
func newWorld(t *testing.T) *world {
	w := &world{
		T: t, clock: &steppingClock{FakeClock: clockwork.NewFakeClock()}, sink: &sink{}, registry: map[string]cloud.Image{},
		labels:  map[string]map[string]string{},
		scripts: map[string]script{}, updateE: map[string]error{}, revision: 7, health: 200,
	}
	w.answer = func(i Image) map[string]string {
		return map[string]string{"commit": i.Commit, "digest": i.Digest, "task": "t"}
	}
	w.server = httptest.NewServer(http.HandlerFunc(w.version))
	t.Cleanup(w.server.Close)
	w.push(oldImage)
	w.outputs = map[string]any{
		"AppURL": w.server.URL, "Cluster": "dev", "Service": "app", "TargetGroup": "tg", "LogGroup": "logs",
		"TaskDefinition": arn(7), "Image": oldImage.Ref(), "Commit": oldImage.Commit,
	}
	w.book = newLedger(t, w.clock.Now)
	w.record(ledger.Released, oldImage)
	w.served = oldImage
	w.frames, w.since = []frame{{service: steady(7), running: tasks(7, oldImage), targets: targetsOf(7, "healthy"), serves: oldImage}}, w.clock.Now()
	return w
}

// record is a release of before in the ledger.
func (w *world) record(outcome string, image Image) {
	w.Helper()
	definition, _ := w.outputs["TaskDefinition"].(string)
	a, err := w.book.Begin(w.Context(), ledger.Entry{
		TaskDefinition: definition, Kind: ledger.Deploy, Image: image.Ref(), Digest: image.Digest, Commit: image.Commit, Started: w.clock.Now(), Deadline: w.clock.Now().Add(time.Minute),
	})
	if err == nil && outcome != ledger.InProgress {
		a.Entry.Outcome = outcome
		err = a.Finish(w.Context())
	}
	if err != nil {
		w.Fatal(err)
	}
}

// story is the ledger, newest first.
func (w *world) story() string {
	w.Helper()
	all, err := w.book.List(w.Context(), 0)
	if err != nil {
		w.Fatal(err)
	}
	var parts []string
	for _, e := range all {
		parts = append(parts, short(e.Commit)+" "+e.Outcome)
	}
	return strings.Join(parts, ", ")
}

// shows makes AWS show how a rollout ended.
func (w *world) shows(frames []frame) {
	last := frames[len(frames)-1]
	last.at = 0
	w.frames = []frame{last}
}

// forget empties the ledger: the environment is older than it.
func (w *world) forget() {
	w.Helper()
	w.book = newLedger(w.T, w.clock.Now)
}

func (w *world) options() Options {
	return Options{
		Environment: "dev", Commit: Commit{Hash: newCommit, Author: "Bo <b@example>", Subject: "make it green"}, Source: sourceOf(newCommit),
		Stack: envStack{w}, Delivery: delivery{}, Images: builder{w}, Cloud: w, Objects: w.book.Objects, Docker: w, Sink: w.sink, Clock: w.clock,
		VersionPath: "/version", Deadline: 5 * time.Minute,
	}
}

func (w *world) push(i Image) {
	source := sourceOf(i.Commit)
	image := cloud.Image{Digest: i.Digest, Tags: []string{source.Tag(), i.Commit}, Bytes: 1_000_000}
	w.registry[source.Tag()], w.registry[i.Commit], w.registry[i.Digest] = image, image, image
	w.labels[i.Digest] = source.Labels()
}

// sourceOf is what the image of a commit is built from.
func sourceOf(commit string) images.Identity {
	return images.Identity{Commit: commit, Folder: "images/app", Tree: "tree" + commit, Dockerfile: "Dockerfile@1", Build: "linux/amd64"}
}

// sink keeps what was reported.
type sink struct {
	mu   sync.Mutex
	talk []string
	step string // the one that began last
}

func (s *sink) Event(e ui.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := e.(type) {
	case ui.Note:
		s.talk = append(s.talk, e.Text)
	case ui.Warning:
		s.talk = append(s.talk, "warning: "+e.Text)
	case ui.StepStarted:
		s.step = e.Name
	}
}

func (s *sink) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.step
}

func (s *sink) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.talk, "\n")
}
