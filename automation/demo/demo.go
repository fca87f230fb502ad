// Package demo shows Slipway's main job on one machine: a commit is pushed, and the pipeline takes it to a verified,
// running version; another commit changes its colour, goes live under load, is approved and promoted.
package demo

import (
	"context"
	"fmt"
	"time"

	"slipway/automation/pipeline"
	"slipway/automation/release"
	"slipway/automation/ui"
	"slipway/infra/outputs"
)

// The stacks of the demo, in the order of the pipeline.
const (
	delivery = "delivery"
	first    = "dev"
	second   = "staging"
)

// loadRate is how many requests a second run against the app while it is replaced.
const loadRate = 100

// Deployer is what the demo needs of the deployer.
type Deployer interface {
	// Up brings a stack to what its configuration says.
	Up(ctx context.Context, stack string) error
	// Outputs answers a stack's outputs.
	Outputs(ctx context.Context, stack string) (map[string]any, error)
	// Prove compares what an environment runs and serves with a commit and its digest.
	Prove(ctx context.Context, environment, commit, digest string) (release.Proof, error)
}

// Pipeline is what the demo needs of CodePipeline.
type Pipeline interface {
	// Follow reports the execution of a commit until it ends or waits for somebody.
	Follow(ctx context.Context, pipeline, commit string) (pipeline.Result, error)
	// Approve answers the action that a followed execution waits for.
	Approve(ctx context.Context, waiting pipeline.Result, comment string) error
}

// Options are what a demo works with.
type Options struct {
	Project  string // the folder of the project as it stands
	Work     string // a folder of the demo's own, made anew
	Helper   string // command line of git's credential helper
	App      App
	Deployer Deployer
	Pipeline Pipeline
	Sink     ui.Sink
}

// App is what the demo knows of the app. The one that Slipway is shipped with has a colour, which the demo changes; of any
// other it gives the image a label.
type App struct {
	Dockerfile string                // slashes, relative to the project
	Path       string                // what is asked for while it is replaced
	Healthy    func(status int) bool // which statuses are right there
}

// Result is what the demo saw. It encodes as JSON as it stands.
type Result struct {
	URL         string  `json:"url"`
	StagingURL  string  `json:"stagingUrl"`
	CloneURL    string  `json:"cloneUrl"`
	PipelineURL string  `json:"pipelineUrl"`
	JenkinsURL  string  `json:"jenkinsUrl"`
	Clone       string  `json:"clone"` // the folder
	First       Passage `json:"first"`
	Second      Passage `json:"second"`
	Coloured    bool    `json:"coloured"` // the app has a colour; the three below are empty otherwise
	Before      string  `json:"colourBefore,omitempty"`
	After       string  `json:"colourAfter,omitempty"`
	Staging     string  `json:"colourInStaging,omitempty"`
	Load        Report  `json:"load"`
	PushToLive  float64 `json:"pushToLiveSeconds"` // from git push to the first answer in the new colour, or to its proof
	Seconds     float64 `json:"seconds"`
}

// Run brings the stacks up, pushes the project as it is, pushes it again with another colour or another label under load, and
// has both promoted.
func Run(ctx context.Context, o Options) (r Result, err error) {
	begun := time.Now()
	for _, s := range []string{delivery, first, second} {
		if err := o.step(ctx, "up "+s, func(ctx context.Context) error { return o.Deployer.Up(ctx, s) }); err != nil {
			return r, err
		}
	}
	a := article{Options: o, result: &r}
	r.Coloured = o.coloured()
	for _, part := range []func(context.Context) error{a.clone, a.publish, a.change, a.promote} {
		if err := part(ctx); err != nil {
			return r, err
		}
	}
	r.Seconds = time.Since(begun).Seconds()
	return r, nil
}

// article is what the demo tells, part by part.
type article struct {
	Options
	result   *Result
	pipeline string
	repo     repository
}

// clone clones the pipeline's repository.
func (a *article) clone(ctx context.Context) error {
	known, err := a.addresses(ctx)
	if err != nil {
		return err
	}
	branch, _ := known[outputs.SourceBranch].(string)
	a.note("$ git clone %s", a.result.CloneURL)
	a.repo, err = clone(ctx, a.result.CloneURL, branch, a.Work, a.Helper)
	return err
}

// addresses reads where everything is from the stacks' outputs, which it answers for delivery.
func (a *article) addresses(ctx context.Context) (map[string]any, error) {
	known, err := a.Deployer.Outputs(ctx, delivery)
	if err != nil {
		return nil, err
	}
	r := a.result
	for name, to := range map[string]*string{
		outputs.SourceCloneURL: &r.CloneURL, outputs.PipelineURL: &r.PipelineURL,
		outputs.JenkinsURL: &r.JenkinsURL, outputs.PipelineName: &a.pipeline,
	} {
		*to, _ = known[name].(string)
	}
	for stack, to := range map[string]*string{first: &r.URL, second: &r.StagingURL} {
		of, err := a.Deployer.Outputs(ctx, stack)
		if err != nil {
			return nil, err
		}
		*to, _ = of[outputs.AppURL].(string)
	}
	r.Clone = a.Work
	return known, nil
}

// publish pushes the project as it is; its first version goes all the way.
func (a *article) publish(ctx context.Context) (err error) {
	if err := a.repo.fill(ctx, a.Project); err != nil {
		return err
	}
	a.note("the pipeline is %s", a.result.PipelineURL)
	if a.result.First, err = a.push(ctx, asItIs); err != nil {
		return err
	}
	if a.result.Coloured {
		if a.result.Before, err = servedColour(ctx, a.result.URL); err != nil {
			return err
		}
		a.note("%s is served in %s", a.result.URL, a.result.Before)
	}
	return a.approve(ctx, &a.result.First)
}

// change is the article's commit: it goes live while requests run.
func (a *article) change(ctx context.Context) error {
	colour, subject := other(a.result.Before), "give the image a label"
	commit := func() error { return a.repo.label(ctx, a.App.Dockerfile, subject) }
	if a.result.Coloured {
		subject = "change color to " + colour
		commit = func() error { return a.repo.paint(ctx, colour) }
	}
	if err := commit(); err != nil {
		return err
	}
	if err := a.pushUnderLoad(ctx, subject); err != nil || !a.result.Coloured {
		return err
	}
	a.result.PushToLive = a.result.Load.seen(colour)
	var err error
	a.result.After, err = servedColour(ctx, a.result.URL)
	return err
}

func (a *article) pushUnderLoad(ctx context.Context, subject string) (err error) {
	load := StartLoad(a.result.URL+a.App.Path, loadRate)
	load.Healthy = a.App.Healthy
	pushed := time.Now()
	a.result.Second, err = a.push(ctx, subject)
	a.result.PushToLive = time.Since(pushed).Seconds()
	a.result.Load = load.Stop()
	return err
}

// promote approves the second version too and looks at what the next environment serves then.
func (a *article) promote(ctx context.Context) (err error) {
	if err := a.approve(ctx, &a.result.Second); err != nil || !a.result.Coloured {
		return err
	}
	a.result.Staging, err = servedColour(ctx, a.result.StagingURL)
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
	o.Sink.Event(ui.StepStarted{Name: name})
	err := run(ctx)
	end := ui.StepEnded{Name: name, Outcome: ui.Done, Duration: time.Since(begun)}
	if err != nil {
		end.Outcome, end.Note = ui.Failed, err.Error()
	}
	o.Sink.Event(end)
	return err
}

func (o Options) note(format string, args ...any) {
	o.Sink.Event(ui.Note{Text: fmt.Sprintf(format, args...)})
}
