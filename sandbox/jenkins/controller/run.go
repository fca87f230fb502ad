package controller

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"slipway/sandbox/jenkins/process"
	"slipway/sandbox/naming"
)

// shutdownGrace is what a build gets to end when Jenkins ends.
const shutdownGrace = 5 * time.Second

// Why a build was stopped.
var (
	errShutdown = errors.New("aborted by the shutdown of Jenkins")
	errTimeout  = errors.New("aborted: a build may not take longer")
)

// stopped is the cause of a build that somebody stopped.
type stopped struct{ user string }

func (s stopped) Error() string { return "Aborted by " + s.user }

// run is a build that runs.
type run struct {
	build *Build
	job   Job
	stop  chan error // capacity 1: why it has to stop
	group atomic.Pointer[process.Group]
}

// begin makes the build of an item. The caller holds the lock.
func (c *Controller) begin(i *item) (*run, error) {
	p := c.jobs[i.Job]
	b := &Build{
		Job: i.Job, Number: p.next, QueueID: i.ID, Parameters: i.Parameters, User: i.User, Cookie: naming.Hex(32),
		Started: c.config.Clock.Now(), Executor: c.freeExecutor(),
	}
	b.Workspace = c.freeWorkspace(p.Name)
	for _, dir := range []string{c.buildDir(b), b.Workspace} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	if err := c.saveBuild(b); err != nil {
		return nil, err
	}
	p.next++
	p.builds = append(p.builds, b)
	if err := c.saveNext(p); err != nil {
		c.config.Log.Error("writing a job's next build number", "job", p.Name, "error", err)
	}
	i.Number, i.Left = b.Number, c.config.Clock.Now()
	r := &run{build: b, job: p.Job, stop: make(chan error, 1)}
	c.runs[b] = r
	return r, nil
}

func (c *Controller) freeExecutor() int {
	taken := map[int]bool{}
	for b := range c.runs {
		taken[b.Executor] = true
	}
	n := 0
	for taken[n] {
		n++
	}
	return n
}

// freeWorkspace returns the job's workspace, with @2, @3 … while others build in it.
func (c *Controller) freeWorkspace(job string) string {
	taken := map[string]bool{}
	for b := range c.runs {
		taken[b.Workspace] = true
	}
	base := filepath.Join(c.config.Home, "workspace", job)
	path := base
	for n := 2; taken[path]; n++ {
		path = fmt.Sprintf("%s@%d", base, n)
	}
	return path
}

// execute runs a build from its first line to its last.
func (c *Controller) execute(ctx context.Context, r *run) {
	result := c.perform(ctx, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	b := r.build
	b.Took, b.Result = c.config.Clock.Since(b.Started), result
	delete(c.runs, b)
	if err := c.saveBuild(b); err != nil {
		c.config.Log.Error("writing a build", "job", b.Job, "build", b.Number, "error", err)
	}
	c.discard(c.jobs[b.Job])
	c.nudge()
}

// perform runs the steps and then, whatever became of them, the post-build actions.
func (c *Controller) perform(ctx context.Context, r *run) Result {
	log, err := openLog(c.logFile(r.build))
	if err != nil {
		c.config.Log.Error("opening a build's log", "job", r.job.Name, "build", r.build.Number, "error", err)
		return Failure
	}
	defer log.Close()
	log.printf("Started by user %s", r.build.User)
	log.printf("Running as SYSTEM")
	log.printf("Building in workspace %s", r.build.Workspace)
	result := Success
	for _, step := range r.job.Steps {
		if result = worse(result, c.step(ctx, r, step, log)); result == Failure || result == Aborted {
			break
		}
	}
	for _, a := range r.job.Archivers {
		result = worse(result, c.archive(r, a, result, log))
	}
	log.printf("Finished: %s", result)
	return result
}

func (c *Controller) archive(r *run, a Archiver, so Result, log *buildLog) Result {
	if a.OnlySuccessful && so != Success {
		log.printf("Skipped archiving because build is not successful")
		return so
	}
	log.printf("Archiving artifacts")
	found, err := a.archive(r.build.Workspace, c.archiveDir(r.build))
	c.mu.Lock()
	r.build.Artifacts = append(r.build.Artifacts, found...)
	c.mu.Unlock()
	switch {
	case err != nil:
		log.printf("ERROR: Step ‘Archive the artifacts’ failed: %v", err)
		return Failure
	case len(found) > 0:
	case a.AllowEmpty:
		log.printf("No artifacts found that match the file pattern \"%s\". Configuration error?", strings.Join(a.Artifacts, ","))
	default:
		log.printf("ERROR: No artifacts found that match the file pattern \"%s\". Configuration error?", strings.Join(a.Artifacts, ","))
		return Failure
	}
	return so
}

// abort stops a build that runs. The second time it is killed at once. False: it does not run.
func (c *Controller) abort(b *Build, user string) bool {
	c.mu.Lock()
	r := c.runs[b]
	c.mu.Unlock()
	if r == nil {
		return false
	}
	select {
	case r.stop <- stopped{user}:
	default:
		if g := r.group.Load(); g != nil {
			g.Kill()
		}
	}
	return true
}

// settle ends the builds that an earlier Jenkins has left running, with their processes.
func (c *Controller) settle(p *project) error {
	for _, b := range p.builds {
		if !b.running() {
			continue
		}
		process.Sweep(b.Cookie)
		log, err := openLog(c.logFile(b))
		if err != nil {
			return err
		}
		log.printf("\nJenkins was restarted during the build: its processes were ended")
		log.printf("Finished: %s", Aborted)
		b.Result, b.Took = Aborted, max(0, c.config.Clock.Since(b.Started))
		if err := errors.Join(log.Close(), c.saveBuild(b)); err != nil {
			return err
		}
	}
	return nil
}

// discard removes the builds that the job does not keep. The caller holds the lock.
func (c *Controller) discard(p *project) {
	surplus := 0
	if p.KeepBuilds > 0 {
		surplus = len(p.builds) - p.KeepBuilds
	}
	oldest := time.Time{}
	if p.KeepDays > 0 {
		oldest = c.config.Clock.Now().AddDate(0, 0, -p.KeepDays)
	}
	p.builds = slices.DeleteFunc(p.builds, func(b *Build) bool {
		drop := !b.running() && (surplus > 0 || b.Started.Before(oldest))
		surplus--
		if !drop {
			return false
		}
		if err := os.RemoveAll(c.buildDir(b)); err != nil {
			c.config.Log.Error("discarding a build", "job", b.Job, "build", b.Number, "error", err)
			return false
		}
		return true
	})
}
