// Package worker takes the jobs of a CodePipeline custom action and runs them in
// Jenkins. A job is acknowledged, its source fetched and its build started; the
// link to the build is published by a continuation token, which ends that job;
// the job that follows it watches the build and reports how it ended. What must
// outlive the process lies in files, one for each job.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/jonboulle/clockwork"

	"slipway/automation/worker/artifact"
	"slipway/automation/worker/jenkins"
)

// Worker holds the jobs of one Jenkins job.
type Worker struct {
	settings Settings
	pace     pace
	limits   artifact.Limits
	version  string

	log      *slog.Logger
	clock    clockwork.Clock
	aws      aws.Config
	pipeline *codepipeline.Client
	jenkins  *jenkins.Client
	records  records
	health   *health

	wake chan struct{} // a poll is worth its call now
	jobs sync.WaitGroup

	mu   sync.Mutex
	held map[string]*job
}

// pace is how long things take, or may take.
type pace struct {
	watch    time.Duration // between looks at a build
	retry    time.Duration // before the second try of what did not work; doubled up to slowest
	slowest  time.Duration
	patience time.Duration // how long Jenkins may be away before a job fails for it
	stopping time.Duration // how long a build that is stopped may take to end
	mind     time.Duration // between questions whether the execution was abandoned
	tries    int           // of a download without a byte
	stall    time.Duration // of a download
}

// A stopped deployer returns to the previous image before it ends, for which it has ten minutes and Pulumi two more to end
// cleanly: that is what stopping is for.
var usual = pace{
	watch: 2 * time.Second, retry: time.Second, slowest: 30 * time.Second, patience: 10 * time.Minute,
	stopping: 15 * time.Minute, mind: time.Minute, tries: 5, stall: time.Minute,
}

// Options are what a Worker is given besides its settings.
type Options struct {
	AWS     aws.Config
	Log     *slog.Logger
	Clock   clockwork.Clock
	Version string // of the program, for the status
}

// New makes a worker and its folders; it calls nobody.
func New(s Settings, o Options) (*Worker, error) {
	client, err := jenkins.New(jenkins.Options{URL: s.JenkinsURL, User: s.User, PasswordFile: s.PasswordFile, Job: s.Job})
	if err != nil {
		return nil, err
	}
	w := &Worker{
		settings: s, pace: usual, limits: artifact.Default, version: o.Version,
		log: o.Log, clock: o.Clock, aws: o.AWS, pipeline: codepipeline.NewFromConfig(o.AWS), jenkins: client,
		wake: make(chan struct{}, 1), held: map[string]*job{},
	}
	w.pace.watch = min(w.pace.watch, s.Poll)
	w.health = newHealth(o.Clock, 3*max(s.Idle, s.Poll)+30*time.Second)
	w.records = records{w.folder("jobs")}
	for _, dir := range []string{w.folder("jobs"), w.folder("sources"), w.folder("downloads")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("making the worker's folders: %w", err)
		}
	}
	return w, nil
}

func (w *Worker) folder(name string) string { return filepath.Join(w.settings.Dir, name) }

// Run works until ctx ends. It then finishes a poll that is under way and leaves the jobs it holds: their builds go on,
// and the next Run takes them up again. Only one worker may use a folder at a time.
func (w *Worker) Run(ctx context.Context) error {
	unlock, err := lock(w.folder("lock"))
	if err != nil {
		return err
	}
	defer unlock()
	serve, err := w.listen()
	if err != nil {
		return err
	}
	w.log.Info("worker started", "job", w.settings.Job, "action", w.settings.Provider+"/"+w.settings.Version,
		"region", w.settings.Region, "health", serve.address, "version", w.version)
	var around sync.WaitGroup
	around.Go(serve.run)
	around.Go(func() { w.heartbeat(ctx) })
	around.Go(func() { w.sweep(ctx) })
	w.resume(ctx)
	w.polls(ctx)
	w.jobs.Wait()
	serve.close()
	around.Wait()
	w.log.Info("worker stopped", "left", w.count())
	return nil
}

// resume takes up the jobs that the process before left.
func (w *Worker) resume(ctx context.Context) {
	left, err := w.records.all()
	if err != nil {
		w.log.Error("state of jobs is lost", "error", err.Error())
	}
	for _, rec := range left {
		w.log.Info("job resumed", "job", rec.Job, "trace", rec.Trace, "build", rec.Build)
		w.hold(ctx, &job{Worker: w, record: rec, resumed: true})
	}
}

// hold runs a job beside the others.
func (w *Worker) hold(ctx context.Context, j *job) {
	j.log = w.log.With("job", j.Job)
	w.mu.Lock()
	w.held[j.Job] = j
	w.mu.Unlock()
	w.jobs.Go(func() {
		left := j.run(ctx)
		w.mu.Lock()
		defer w.mu.Unlock()
		if !left {
			delete(w.held, j.Job)
		}
	})
}

func (w *Worker) holds(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.held[id] != nil
}

func (w *Worker) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.held)
}

// heartbeat asks Jenkins now and then, so that a Jenkins that is gone is known before a job needs it.
func (w *Worker) heartbeat(ctx context.Context) {
	for ctx.Err() == nil {
		err := w.jenkins.Ping(ctx)
		if ctx.Err() == nil && w.health.jenkins.note(w.clock.Now(), err) {
			w.logChange("jenkins", err)
		}
		w.pause(ctx, max(w.settings.Poll, w.pace.watch))
	}
}

// logChange writes what became of one of the two that the worker depends on, when it changed.
func (w *Worker) logChange(who string, err error) {
	if err != nil {
		w.log.Warn(who+" does not answer as it should", "error", err.Error())
		return
	}
	w.log.Info(who + " answers")
}

// pause waits, and says whether ctx still lives.
func (w *Worker) pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-w.clock.After(d):
		return true
	}
}

// jitter spreads d by a fifth to both sides: workers that start together do not call together.
func jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64()))
}

// temporary says that err may pass by itself: it is neither the end of a job nor an answer.
func temporary(err error) bool {
	var end *failure
	return err != nil && !errors.As(err, &end) && !errors.Is(err, errEnded) && !errors.Is(err, errRefused) && !errors.Is(err, jenkins.ErrNotFound)
}
