package gate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/cloud"
	"slipway/automation/oneoff"
	"slipway/automation/ui"
)

// Tasks runs single tasks with another image than that of a service.
type Tasks interface {
	oneoff.Cloud
	// Derive registers a copy of a service's task definition in which one container has another image and further
	// variables, in a family of its own, and answers it with the ARN of the copy.
	Derive(ctx context.Context, like cloud.Derived) (cloud.Definition, error)
}

// Before runs a command of the user's in a task with the new image, before the service is updated.
type Before struct {
	From             Tasks
	Cluster, Service string
	Container        string // that of the app
	Command          []string
	Limit            time.Duration
	Sink             ui.Sink
	Clock            clockwork.Clock
}

// Ask runs the task to its end, and refuses when its command ends with another exit code than 0.
func (b Before) Ask(ctx context.Context, r Release) (Verdict, error) {
	definition, err := b.From.Derive(ctx, cloud.Derived{
		Cluster: b.Cluster, Service: b.Service, Container: b.Container, Image: r.Image,
		Variables: map[string]string{"SLIPWAY_COMMIT": r.Commit, "SLIPWAY_DIGEST": r.Digest},
	})
	if err != nil {
		return Verdict{}, err
	}
	var last []string
	got, err := oneoff.Run(ctx, b.task(definition, func(line string) error {
		b.Sink.Event(ui.Note{Text: "before: " + line})
		if last = append(last, line); len(last) > lastLines {
			last = last[1:]
		}
		return nil
	}))
	if err != nil {
		return Verdict{}, b.unrun(r, err)
	}
	return b.judge(ctx, r, got, last)
}

func (b Before) task(definition cloud.Definition, print func(string) error) oneoff.Options {
	var log cloud.Template
	for _, c := range definition.Containers {
		if c.Name == b.Container {
			log = c
		}
	}
	return oneoff.Options{
		Cloud: b.From, Log: log, Print: print, Sink: b.Sink, Clock: b.Clock, Deadline: b.Limit,
		Task: cloud.Single{
			Cluster: b.Cluster, Service: b.Service, TaskDefinition: definition.ARN, Container: b.Container, Command: b.Command, StartedBy: "slipway-before",
		},
	}
}

func (b Before) judge(ctx context.Context, r Release, got oneoff.Result, last []string) (Verdict, error) {
	command := strings.Join(b.Command, " ")
	next := fmt.Sprintf("slipway logs %s --task %s", r.Environment, got.Task)
	switch {
	case ctx.Err() != nil:
		return Verdict{}, ctx.Err()
	case got.Stopped:
		return Verdict{}, r.refuse(fmt.Sprintf("%s (slipway:before) did not end within %s and was stopped", command, b.Limit), "slipway:beforeTimeout gives it longer", last...)
	case got.Code == nil:
		return Verdict{}, r.refuse(fmt.Sprintf("the task of slipway:before did not start: %s", got.Reason), next, last...)
	case *got.Code != 0:
		return Verdict{}, r.refuse(fmt.Sprintf("%s (slipway:before) ended with exit code %d; the service was not updated", command, *got.Code), next, last...)
	}
	return passed("%s ended with 0 in task %s", command, got.Task)
}

func (b Before) unrun(r Release, err error) error {
	var refused *cloud.NotPlaced
	if errors.As(err, &refused) {
		return r.refuse("ECS cannot place the task of slipway:before", "wait for a task to end, or raise slipway:maxInstances or slipway:instanceType", refused.Reasons...)
	}
	return err
}
