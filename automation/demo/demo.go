// Package demo shows Slipway's main job on one machine: the app goes from a commit to a running environment,
// a second commit changes its colour, and the environment moves to it while requests run against it.
package demo

import (
	"context"
	"fmt"
	"time"

	"slipway/automation/progress"
	"slipway/automation/release"
)

// Environment is the stack that the demo releases to.
const Environment = "dev"

// loadRate is how many requests a second run against the app while it is replaced.
const loadRate = 100

// Deployer is what the demo needs of the deployer.
type Deployer interface {
	// Up brings a stack to what its configuration says.
	Up(ctx context.Context, stack string) error
	// Deploy releases the last commit of the app in a folder.
	Deploy(ctx context.Context, environment, app string) (release.Result, error)
}

// Options are what a demo works with.
type Options struct {
	App      string // the folder of the app as it is shipped
	Work     string // a folder of the demo's own, made anew
	Deployer Deployer
	Sink     progress.Sink
}

// Result is what the demo saw. It encodes as JSON as it stands.
type Result struct {
	URL     string         `json:"url"`
	First   release.Result `json:"first"`
	Second  release.Result `json:"second"`
	Before  string         `json:"colourBefore"`
	After   string         `json:"colourAfter"`
	Load    Report         `json:"load"`
	Seconds float64        `json:"seconds"`
}

// Run brings the stacks up, releases the app as it is, and releases it again with another colour under load.
func Run(ctx context.Context, o Options) (r Result, err error) {
	begun := time.Now()
	for _, s := range []string{"delivery", Environment} {
		if err := o.step(ctx, "up "+s, func(ctx context.Context) error { return o.Deployer.Up(ctx, s) }); err != nil {
			return r, err
		}
	}
	repo, err := newRepository(ctx, o.App, o.Work)
	if err != nil {
		return r, err
	}
	o.note("the app's repository is %s", repo.dir)
	if r.First, err = o.Deployer.Deploy(ctx, Environment, repo.dir); err != nil {
		return r, err
	}
	r.URL = r.First.AppURL
	if r.Before, err = servedColour(ctx, r.URL); err != nil {
		return r, err
	}
	o.note("%s is served in %s", r.URL, r.Before)
	if err := o.again(ctx, repo, &r); err != nil {
		return r, err
	}
	r.Seconds = time.Since(begun).Seconds()
	return r, nil
}

// again commits another colour and releases it while requests run.
func (o Options) again(ctx context.Context, repo repository, r *Result) (err error) {
	if err := repo.paint(ctx, other(r.Before)); err != nil {
		return err
	}
	o.note(`committed "change color to %s"; %d requests a second run from now on`, other(r.Before), loadRate)
	load := StartLoad(r.URL+versionPath, loadRate)
	r.Second, err = o.Deployer.Deploy(ctx, Environment, repo.dir)
	r.Load = load.Stop()
	if err != nil {
		return err
	}
	r.After, err = servedColour(ctx, r.URL)
	return err
}

// other is the colour that the demo changes to.
func other(colour string) string {
	if colour == "pink" {
		return "steelblue"
	}
	return "pink"
}

func (o Options) step(ctx context.Context, name string, run func(context.Context) error) error {
	begun := time.Now()
	o.Sink.Event(progress.StepStarted{Name: name})
	err := run(ctx)
	end := progress.StepEnded{Name: name, Outcome: progress.Done, Duration: time.Since(begun)}
	if err != nil {
		end.Outcome, end.Note = progress.Failed, err.Error()
	}
	o.Sink.Event(end)
	return err
}

func (o Options) note(format string, args ...any) {
	o.Sink.Event(progress.Note{Text: fmt.Sprintf(format, args...)})
}
