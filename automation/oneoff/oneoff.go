// Package oneoff runs one task to its end, passes on what it prints, and answers its exit code.
package oneoff

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/cloud"
	"slipway/automation/ui"
)

// Cloud is what is asked of AWS.
type Cloud interface {
	Run(ctx context.Context, s cloud.Single) (cloud.Task, error)
	Task(ctx context.Context, cluster, arn string) (cloud.Task, error)
	StopTask(ctx context.Context, cluster, arn, reason string) error
	Next(ctx context.Context, group, stream, token string) (lines []string, next string, err error)
}

// Options say what runs and where its output goes.
type Options struct {
	Cloud    Cloud
	Task     cloud.Single
	Log      cloud.Template // of the container that gets the command
	Print    func(line string) error
	Sink     ui.Sink
	Clock    clockwork.Clock
	Deadline time.Duration // the task is stopped then

	// Guard is told the ARN of the task once it is there, and answers what is called at the end of Run; nil for nobody.
	// It is for whoever stops the task when this process is killed.
	Guard func(task string) (relieve func())
}

// Result is how a task ended. Code is nil when its container never ran.
type Result struct {
	Task    string `json:"task"` // its id
	Code    *int   `json:"exitCode,omitempty"`
	Reason  string `json:"reason,omitempty"` // why ECS says that it stopped, where it did not end by itself
	Stopped bool   `json:"stopped"`          // by us
}

const (
	pause = 500 * time.Millisecond
	// quietLooks are how many looks at the log in a row must bring nothing after the task has stopped: CloudWatch shows
	// lines some seconds after they were written.
	quietLooks = 4
	// stopping bounds the end of a task that is told to stop: two minutes are the longest stop timeout of Fargate.
	stopping = 3 * time.Minute
	lost     = 5 // looks in a row that may go wrong
)

// running is one task at work.
type running struct {
	Options
	task   cloud.Task
	token  string
	status string
	ended  int // looks that brought nothing after it stopped
	wrong  int
	result Result
}

// starting bounds the call that starts the task, which goes on when ctx ends: a task that starts unseen would run on.
const starting = time.Minute

// Run starts the task and returns when it has stopped. When ctx ends, or the deadline passes, it stops the task.
func Run(ctx context.Context, o Options) (Result, error) {
	start, cancel := context.WithTimeout(context.WithoutCancel(ctx), starting)
	task, err := o.Cloud.Run(start, o.Task)
	cancel()
	if err != nil {
		return Result{}, err
	}
	if o.Guard != nil {
		defer o.Guard(task.ARN)()
	}
	r := &running{Options: o, task: task, result: Result{Task: task.ID()}}
	r.Sink.Event(ui.Note{Text: "task " + task.ID()})
	err = r.watch(ctx, o.Deadline)
	if ctx.Err() != nil || errors.Is(err, errLate) {
		err = r.stop(ctx, ctx.Err() != nil)
	}
	return r.result, err
}

var errLate = errors.New("the task did not end in time")

// watch follows the task until it has stopped and nothing more comes.
func (r *running) watch(ctx context.Context, limit time.Duration) error {
	late := r.Clock.Now().Add(limit)
	for {
		over, err := r.look(ctx)
		switch {
		case over || ctx.Err() != nil:
			return err
		case err == nil:
			r.wrong = 0
		default:
			if r.wrong++; r.wrong == lost {
				return err
			}
		}
		if !r.Clock.Now().Before(late) {
			return errLate
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.Clock.After(pause):
		}
	}
}

// look asks for the task first and its lines after that: what it printed before it stopped is then not missed.
func (r *running) look(ctx context.Context) (over bool, err error) {
	if r.task, err = r.again(ctx); err != nil {
		return false, err
	}
	r.tell()
	before := r.token
	fresh, err := r.read(ctx)
	if err != nil || r.task.Status != "STOPPED" {
		return false, err
	}
	r.conclude()
	if fresh || before != r.token {
		r.ended = 0
	}
	r.ended++
	never := r.result.Code == nil // it printed nothing
	return never || r.ended > quietLooks, nil
}

func (r *running) again(ctx context.Context) (cloud.Task, error) {
	if r.task.Status == "STOPPED" {
		return r.task, nil
	}
	seen, err := r.Cloud.Task(ctx, r.Task.Cluster, r.task.ARN)
	if err != nil {
		return r.task, err
	}
	return seen, nil
}

// tell says what the task does until it runs.
func (r *running) tell() {
	if r.task.Status == r.status {
		return
	}
	r.status = r.task.Status
	words := map[string]string{
		"PROVISIONING": "waiting for a place", "PENDING": "starting: the image is pulled", "RUNNING": "running",
	}
	if text := words[r.status]; text != "" {
		r.Sink.Event(ui.Note{Text: text})
	}
}

// read passes on every line that is there.
func (r *running) read(ctx context.Context) (fresh bool, err error) {
	if r.Log.LogGroup == "" {
		return false, nil
	}
	stream := fmt.Sprintf("%s/%s/%s", r.Log.LogPrefix, r.Log.Name, r.task.ID())
	for {
		lines, next, err := r.Cloud.Next(ctx, r.Log.LogGroup, stream, r.token)
		if err != nil {
			return fresh, err
		}
		for _, line := range lines {
			if err := r.Print(strings.TrimRight(line, "\r\n")); err != nil && !ui.Unread(err) {
				return fresh, err
			}
		}
		fresh = fresh || len(lines) > 0
		if next == r.token || len(lines) == 0 {
			r.token = next
			return fresh, nil
		}
		r.token = next
	}
}

// conclude reads the end of a stopped task.
func (r *running) conclude() {
	for _, c := range r.task.Containers {
		if c.Name != r.Log.Name {
			continue
		}
		r.result.Code = c.ExitCode
		if c.Reason != "" {
			r.result.Reason = c.Reason
		}
	}
	if r.result.Reason == "" && (r.result.Code == nil || r.task.StopCode != "EssentialContainerExited") {
		r.result.Reason = r.task.StoppedReason
	}
}

// stop tells the task to stop and waits for its end.
func (r *running) stop(ctx context.Context, interrupted bool) error {
	r.result.Stopped = true
	why := fmt.Sprintf("slipway run: it ran longer than %s", r.Deadline)
	if interrupted {
		why = "slipway run: interrupted"
	}
	ctx = context.WithoutCancel(ctx)
	if err := r.Cloud.StopTask(ctx, r.Task.Cluster, r.task.ARN, why); err != nil {
		return err
	}
	return r.watch(ctx, stopping)
}
