// Package console serves the pages that PipelineURL opens: pipelines, their stages and executions, live, with
// the buttons that approve, retry, stop and start. Pages work without JavaScript; a little of it makes them live.
package console

import (
	"context"
)

// Pipelines is what the pages show and what their buttons do.
type Pipelines interface {
	Reader
	Runner
	Approver
	Watcher
}

// Reader reads pipelines as they stand now. It is called for every page, so it answers from memory.
type Reader interface {
	// Names lists every pipeline.
	Names(ctx context.Context) ([]string, error)
	// Pipeline reads one; false says that there is none of this name.
	Pipeline(ctx context.Context, name string) (Pipeline, bool, error)
	// Execution reads one execution of a pipeline with its own stages; false says that there is none.
	Execution(ctx context.Context, pipeline, id string) (Execution, bool, error)
}

// Runner starts, stops and repeats. Its errors are shown to the person who pressed the button.
type Runner interface {
	// Start begins an execution with the newest revision and returns its id.
	Start(ctx context.Context, pipeline string) (id string, err error)
	// Retry runs the failed actions of a stage again, in the execution that failed there.
	Retry(ctx context.Context, pipeline, stage, execution string) error
	// Stop ends an execution after the actions that run now, or at once when they are to be abandoned.
	Stop(ctx context.Context, pipeline, execution, reason string, abandon bool) error
}

// Approver takes decisions on actions that wait for one.
type Approver interface {
	// Decide answers an action that waits. A token that is not the action's present one is an error.
	Decide(ctx context.Context, d Decision) error
}

// Watcher tells when a page is out of date.
type Watcher interface {
	// Changed returns a channel that is closed at the next change of any pipeline or execution after this call.
	Changed() <-chan struct{}
}

// Decision is a person's answer to an action that waits for approval.
type Decision struct {
	Pipeline string
	Stage    string
	Action   string
	Token    string
	Approved bool
	Comment  string // at most 512 characters, may be empty
}
