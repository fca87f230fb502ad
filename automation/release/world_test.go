package release

import (
	"context"
	"encoding/json"
	"errors"
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

	outputs   map[string]any
	revision  int
	book      ledger.Ledger
	plan      engine.Changes // what a preview holds beside the image
	previewE  error
	updateE   map[string]error // by commit; taken before anything changes
	halfway   error            // the update changes things, then ends so
	onPreview func()
	onUpdate  func(commit string)
	updates   []map[string]string // configuration of each
	earlier   map[string]string   // that of the update before the release
	buildE    error
	built     int
	pingE     error
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

// Ping, Identity, Image, Service, Tasks, Targets, Definition and LastLines answer as AWS and Docker would.

func (w *world) Ping(context.Context) error { return w.pingE }

func (w *world) Identity(context.Context) (cloud.Identity, error) {
	return cloud.Identity{Account: "000000000000", Region: "us-east-1"}, nil
}

func (w *world) Image(_ context.Context, _, ref string) (cloud.Image, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, ok := w.registry[ref]
	return i, ok, nil
}

func (w *world) Labels(_ context.Context, _, digest string) (map[string]string, error) {
	return w.labels[digest], nil
}

// Tag refuses to move a tag, as a repository of immutable tags does.
func (w *world) Tag(_ context.Context, _, digest, tag string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if has, there := w.registry[tag]; there && has.Digest != digest {
		return fmt.Errorf("tag %s is that of %s", tag, has.Digest)
	}
	image := w.registry[digest]
	image.Tags = append(image.Tags, tag)
	w.registry[tag], w.registry[digest] = image, image
	return nil
}

func (w *world) now() frame {
	w.mu.Lock()
	defer w.mu.Unlock()
	shown := w.frames[0]
	for _, f := range w.frames {
		if f.at <= w.clock.Since(w.since) {
			shown = f
		}
	}
	return shown
}

func (w *world) denied(call string) error {
	if w.cloudE == nil {
		return nil
	}
	return w.cloudE(call)
}

func (w *world) Service(ctx context.Context, _, _ string) (cloud.Service, error) {
	if err := w.denied("service"); err != nil {
		return cloud.Service{}, err
	}
	return w.now().service, ctx.Err()
}

func (w *world) Tasks(ctx context.Context, _, _ string, stopped bool) ([]cloud.Task, error) {
	if err := w.denied("tasks"); err != nil {
		return nil, err
	}
	if stopped {
		return append([]cloud.Task{}, w.now().stopped...), ctx.Err()
	}
	return append([]cloud.Task{}, w.now().running...), ctx.Err()
}

func (w *world) Targets(ctx context.Context, _ string) ([]cloud.Target, error) {
	return w.now().targets, ctx.Err()
}

func (w *world) Definition(_ context.Context, arn string) (cloud.Definition, error) {
	return cloud.Definition{ARN: arn, Containers: []cloud.Template{{Name: "app", LogGroup: "logs", LogPrefix: "app"}}}, nil
}

func (w *world) LastLines(context.Context, string, string, int) ([]string, error) {
	return w.lines, nil
}

func (w *world) Redeploy(_ context.Context, _, _, taskDefinition string) error {
	if err := w.denied("redeploy"); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if taskDefinition != arn(w.revision) { // one from before, which worked
		_, revision, _ := split(taskDefinition)
		w.frames, w.since = succeeds(revision, w.revision, w.served), w.clock.Now()
		return nil
	}
	ref, _ := w.outputs["Image"].(string)
	commit, _ := w.outputs["Commit"].(string)
	image, err := ParseImage(ref, commit)
	w.play(image)
	return err
}

func (w *world) version(out http.ResponseWriter, asked *http.Request) {
	if asked.URL.Path != "/version" {
		out.Header().Set("Location", "/version")
		out.WriteHeader(w.health)
		return
	}
	if w.answer == nil {
		http.NotFound(out, asked)
		return
	}
	_ = json.NewEncoder(out).Encode(w.answer(w.now().serves))
}

// envStack is the environment's stack.
type envStack struct{ *world }

func (s envStack) Outputs(ctx context.Context) (map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]any{}
	for k, v := range s.outputs {
		out[k] = v
	}
	return out, ctx.Err()
}

func (s envStack) Earlier(context.Context) (map[string]string, error) { return s.earlier, nil }

func (s envStack) Preview(_ context.Context, config map[string]string) (engine.Changes, error) {
	if s.onPreview != nil {
		s.onPreview()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	plan := append(engine.Changes{}, s.plan...)
	if s.outputs["Image"] != config[imageKey] || s.outputs["Commit"] != config[commitKey] {
		plan = append(plan,
			engine.Change{Type: "aws:ecs/taskDefinition:TaskDefinition", Name: "task", Op: "replace"},
			engine.Change{Type: "aws:ecs/service:Service", Name: "service", Op: "update"})
	}
	return plan, s.previewE
}

func (s envStack) Update(ctx context.Context, config map[string]string, _ string) (engine.Changes, error) {
	image, err := ParseImage(config[imageKey], config[commitKey])
	if err != nil {
		return nil, err
	}
	if s.onUpdate != nil {
		s.onUpdate(image.Commit)
	}
	if err := engine.Unwanted(ctx); err != nil { // asked once the lock is free
		return nil, err
	}
	s.updates = append(s.updates, config)
	if err := errors.Join(s.updateE[image.Commit], ctx.Err()); err != nil {
		return nil, err
	}
	s.run(image)
	return nil, s.halfwayOnce()
}

// run makes the next task definition and lets its script begin.
func (w *world) run(image Image) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.revision++
	w.outputs["Image"], w.outputs["Commit"], w.outputs["TaskDefinition"] = image.Ref(), image.Commit, arn(w.revision)
	w.play(image)
}

// play lets the script of an image begin, for the newest task definition.
func (w *world) play(image Image) {
	script := w.scripts[image.Commit]
	if script == nil {
		script = succeeds
	}
	w.frames, w.since = script(w.revision, w.revision-1, image), w.clock.Now()
}

func (w *world) halfwayOnce() error {
	err := w.halfway
	w.halfway = nil
	return err
}

type delivery struct{}

func (delivery) Outputs(context.Context) (map[string]any, error) {
	return map[string]any{"RepositoryURL": repository, "RepositoryName": "slipway", "ArtifactBucket": bucket}, nil
}

type builder struct{ *world }

func (b builder) Build(_ context.Context, to Target) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.built++; b.buildE != nil {
		return "", b.buildE
	}
	if to.RepositoryURL != repository || to.Tag != sourceOf(newCommit).Tag() {
		return "", fmt.Errorf("asked to build %+v", to)
	}
	b.push(newImage)
	delete(b.registry, newImage.Commit) // only the source is a tag yet
	return newImage.Digest, nil
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
