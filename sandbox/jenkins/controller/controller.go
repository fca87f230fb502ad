// Package controller is a small Jenkins: freestyle jobs with shell steps, a queue, executors, the REST API as
// Jenkins has it and pages for people. Everything it knows stands in its home folder.
package controller

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/guard"
)

// Config says what a Jenkins is.
type Config struct {
	Home      string // JENKINS_HOME: jobs are its jobs/*/config.xml
	Settings  Settings
	Version   string            // what X-Jenkins says
	Variables map[string]string // the environment that Jenkins itself has
	Env       []string          // KEY=value that every build gets besides; wins over all others
	Path      string            // PATH of the builds
	Umask     os.FileMode       // of what builds create
	StopGrace time.Duration     // from SIGTERM to SIGKILL of a stopped build
	MaxBuild  time.Duration     // a build that takes longer is stopped
	Clock     clockwork.Clock
	Log       *slog.Logger
}

// Controller is one Jenkins.
type Controller struct {
	config Config
	secret []byte // makes crumbs

	mu       sync.Mutex
	jobs     map[string]*project
	queue    queue
	runs     map[*Build]*run
	sessions map[string]session
	wake     chan struct{} // capacity 1: something to schedule
}

// project is a job with its builds.
type project struct {
	Job
	builds []*Build // by number
	next   int
}

// Open reads the home folder. Builds that ran when it was last closed are ended as aborted, with their processes.
func Open(config Config) (*Controller, error) {
	c := &Controller{
		config: config, secret: make([]byte, 32), jobs: map[string]*project{}, runs: map[*Build]*run{},
		sessions: map[string]session{}, wake: make(chan struct{}, 1),
	}
	_, _ = rand.Read(c.secret) // never fails: crypto/rand ends the process instead
	files, err := filepath.Glob(filepath.Join(config.Home, "jobs", "*", "config.xml"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if err := c.load(filepath.Base(filepath.Dir(file))); err != nil {
			return nil, err
		}
	}
	return c, c.restoreQueue()
}

// load reads a job and its builds.
func (c *Controller) load(name string) error {
	content, err := os.ReadFile(c.configFile(name))
	if err != nil {
		return err
	}
	job, err := ParseJob(name, content)
	if err != nil {
		return err
	}
	p := &project{Job: job, next: 1}
	if err := readJSON(c.nextFile(name), &p.next); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(c.jobDir(name), "builds", "*", "build.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		b := &Build{}
		if err := readJSON(file, b); err != nil {
			return err
		}
		p.builds = append(p.builds, b)
		p.next = max(p.next, b.Number+1)
	}
	slices.SortFunc(p.builds, func(a, b *Build) int { return a.Number - b.Number })
	c.jobs[name] = p
	return c.settle(p)
}

// Run runs the builds until ctx ends, then stops those that run.
func (c *Controller) Run(ctx context.Context) error {
	var builds sync.WaitGroup
	defer builds.Wait()
	for {
		for _, start := range c.schedule() {
			builds.Go(func() { _ = guard.Do(c.config.Log, "a build", func() { c.execute(ctx, start) }) })
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.wake:
		}
	}
}

func (c *Controller) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Jobs returns the names of the jobs, sorted.
func (c *Controller) Jobs() []string {
	var names []string
	for name := range c.jobs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (p *project) build(number int) (*Build, bool) {
	for _, b := range p.builds {
		if b.Number == number {
			return b, true
		}
	}
	return nil, false
}

// jobURL returns a job's address below a root that ends with a slash.
func jobURL(root, job string) string { return root + "job/" + job + "/" }

func buildURL(root string, b *Build) string {
	return fmt.Sprintf("%s%d/", jobURL(root, b.Job), b.Number)
}
