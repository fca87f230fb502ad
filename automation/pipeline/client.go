// Package pipeline follows an execution of a pipeline from the terminal, and answers its approvals.
package pipeline

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/jonboulle/clockwork"

	"slipway/automation/fault"
	"slipway/automation/ui"
)

// Pauses between two looks: short while something happens, longer while nothing does.
const (
	shortestPause = 300 * time.Millisecond
	longestPause  = 5 * time.Second
)

// defaultPatience is how long a push may take to become an execution. An event of CodeCommit takes seconds.
const defaultPatience = 2 * time.Minute

// Client watches the pipelines of one account and region.
type Client struct {
	Sink  ui.Sink
	Clock clockwork.Clock
	// Tip answers the commit at the end of the branch that the pipeline follows; nil where nobody can be asked.
	Tip      func(context.Context) (string, error)
	Patience time.Duration // how long to wait for a commit's execution to appear

	api      *codepipeline.Client
	told     map[string]bool // what was reported already
	answered map[string]bool // tokens of approvals that were answered
}

// New returns a client with the SDK's settings. It makes no call.
func New(settings aws.Config, sink ui.Sink) *Client {
	return &Client{
		Sink: sink, Clock: clockwork.NewRealClock(), Patience: defaultPatience,
		api: codepipeline.NewFromConfig(settings), told: map[string]bool{}, answered: map[string]bool{},
	}
}

// pause waits between two looks, never as long as another client that began at the same time.
func (c *Client) pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.Clock.After(d/2 + rand.N(d)):
		return nil
	}
}

// asked gives an error of AWS the form that a person acts on.
func asked(what, pipeline string, err error) error {
	return &fault.Error{
		Op: what + " pipeline " + pipeline, Err: err, Cause: err.Error(), Code: fault.NotReady,
		Next: "slipway status, and aws codepipeline get-pipeline-state --name " + pipeline,
	}
}

func text(p *string) string { return aws.ToString(p) }
