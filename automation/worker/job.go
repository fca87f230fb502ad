package worker

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// job is one CodePipeline job on its way.
type job struct {
	*Worker
	record
	log     *slog.Logger
	resumed bool // another process began with it

	data      *types.JobData
	order     order
	continued bool // the job before it has published the build
	away      away // when Jenkins was not there
	tail      tail // of the build's log
	outcome   outcome
	running   bool // the build did not end when it was stopped: what it works on stays, for sweep to remove

	mu    sync.Mutex
	phase string
}

// step is one thing to do for a job.
type step struct {
	name string
	run  func(*job, context.Context) error
}

// accepting makes the job ours and tells what it is about.
var accepting = []step{
	{"acknowledge", (*job).acknowledge}, // nothing may be done for a job that another worker has
	{"read", (*job).read},               // a wrong order costs no download
}

// working has until the job's deadline.
var working = []step{
	{"fetch", (*job).fetch},     // the build works on files of this machine
	{"start", (*job).start},     // once, whatever is lost on the way
	{"publish", (*job).publish}, // people want the link while the build runs; this ends the job for its successor
	{"watch", (*job).watch},     // to the end of the build
}

// run works through the steps and reports the end. It answers whether the job is left for the next process.
func (j *job) run(ctx context.Context) (left bool) {
	err := j.steps(ctx, accepting)
	if err == nil {
		bounded, cancel := j.bounded(ctx)
		err = j.steps(bounded, working)
		cancel()
	}
	switch {
	case errors.Is(err, errDeadline):
		err = j.expire(ctx, "it took longer than "+j.settings.Deadline.String())
	case errors.Is(err, errAbandoned):
		err = j.expire(ctx, "its execution was abandoned")
	}
	var end *failure
	switch {
	case errors.Is(err, errEnded):
		j.forget()
		return false
	case ctx.Err() != nil && !errors.As(err, &end):
		j.log.Info("job left for the next start", "build", j.Build)
		return true
	}
	return j.report(ctx, err)
}

func (j *job) steps(ctx context.Context, list []step) error {
	for _, s := range list {
		j.enter(s.name)
		if err := s.run(j, ctx); err != nil {
			if cause := context.Cause(ctx); cause != nil && ctx.Err() != nil && temporary(err) {
				return cause
			}
			return err
		}
	}
	return nil
}

// bounded ends the context at the job's deadline, or when its execution is abandoned, with that as the cause.
func (j *job) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := j.clock.AfterFunc(j.clock.Until(j.Deadline), func() { cancel(errDeadline) })
	var minds sync.WaitGroup
	if in := j.whole(); in != nil {
		minds.Go(func() { j.mind(ctx, cancel, in) })
	}
	return ctx, func() { timer.Stop(); cancel(nil); minds.Wait() }
}

func (j *job) enter(phase string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.phase = phase
}

// change alters the record, in memory and on the disk. A disk that does not take it stops the job where going on could
// do something twice: the error is temporary.
func (j *job) change(alter func(*record)) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	changed := j.record
	alter(&changed)
	if err := j.records.save(changed); err != nil {
		return err
	}
	j.record = changed
	return nil
}

// forget removes the record: nothing is left to do for this job.
func (j *job) forget() {
	if err := j.records.remove(j.Job); err != nil {
		j.log.Error("state of the job is left behind", "error", err.Error())
	}
}

// insist repeats what may pass, with growing pauses, until it works, ctx ends or patience does. What is no temporary
// error is answered at once.
func (j *job) insist(ctx context.Context, doing string, patience time.Duration, try func(context.Context) error) error {
	began, wait := j.clock.Now(), j.pace.retry
	for {
		err := try(ctx)
		if !temporary(err) {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if patience > 0 && j.clock.Since(began) >= patience {
			return failed(types.FailureTypeSystemUnavailable, "%s did not work for %s: %v", doing, patience, err)
		}
		j.log.Warn(doing+" did not work, trying again", "error", j.redact(err.Error()))
		if !j.pause(ctx, jitter(wait)) {
			return context.Cause(ctx)
		}
		wait = min(2*wait, j.pace.slowest)
	}
}

// source is the folder of the job's source, download the file that it comes from.
func (j *job) source() string   { return filepath.Join(j.folder("sources"), j.Trace) }
func (j *job) download() string { return filepath.Join(j.folder("downloads"), j.Trace+".zip") }

// tidy removes what the job had on the disk.
func (j *job) tidy() {
	if j.Trace == "" {
		return
	}
	if err := errors.Join(os.RemoveAll(j.source()), os.RemoveAll(j.source()+partial), os.RemoveAll(j.download())); err != nil {
		j.log.Error("source is left behind", "error", err.Error())
	}
}
