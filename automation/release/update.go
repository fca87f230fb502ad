package release

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"slipway/automation/engine"
	"slipway/automation/fault"
)

// Stack is an environment's stack. Config holds full keys ("slipway:image"), set
// for this operation and kept by the stack.
type Stack interface {
	Outputs
	updater
}

type updater interface {
	// Earlier is the configuration of the last update that worked before the newest one; nil when there is none.
	Earlier(ctx context.Context) (map[string]string, error)
	Preview(ctx context.Context, config map[string]string) (engine.Changes, error)
	Update(ctx context.Context, config map[string]string, message string) (engine.Changes, error)
}

// Configuration keys of a release.
const (
	imageKey  = "slipway:image"
	commitKey = "slipway:commit"
)

// change is what the update did: the task definition that ours has now, and the
// one before.
type change struct {
	applied        bool
	taskDefinition string
	before         string
}

// update gives the environment's stack the new image.
type update struct{}

func (update) Name() string { return "update" }

func (update) Run(ctx context.Context, r *run) (ended, error) {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	config := map[string]string{imageKey: r.image.Ref(), commitKey: r.image.Commit}
	maps.Copy(config, r.earlier)
	plan, err := r.Stack.Preview(ctx, config)
	if err != nil {
		return ended{}, r.locked(err)
	}
	changes, others := sort(plan)
	if err := r.refuse(others); err != nil {
		return ended{}, err
	}
	before, err := r.runs(ctx) // what a failure can return to: the stack may say what ECS went back from
	if err != nil {
		return ended{}, err
	}
	if changes+len(others) == 0 {
		return r.keep(ctx, before)
	}
	if err := r.begin(ctx); err != nil {
		return ended{}, err
	}
	r.touched, r.sameImage = true, !r.repairing && r.past.live.Number > 0
	if _, err := r.Stack.Update(ctx, config, r.message()); err != nil {
		r.touched = began(err)
		return ended{}, r.locked(err)
	}
	after, err := r.Stack.Outputs(ctx)
	if err != nil {
		return ended{}, err
	}
	r.change = change{applied: true, taskDefinition: environmentOf(after).TaskDefinition, before: before}
	return done("task definition " + revisionOf(r.change.taskDefinition))
}

// keep goes on with a stack that has the image already. What was proved before is only looked at again. What an earlier
// release left unproved is this release's from now on.
func (r *run) keep(ctx context.Context, before string) (ended, error) {
	now, err := r.Stack.Outputs(ctx) // not what preflight found: another deployer may have released this image since
	if err != nil {
		return ended{}, err
	}
	r.change = change{taskDefinition: environmentOf(now).TaskDefinition, before: before}
	if r.past.live.Number > 0 && r.past.live.TaskDefinition == r.change.taskDefinition {
		return skipped("the stack has this image already")
	}
	if err := r.begin(ctx); err != nil {
		return ended{}, err
	}
	r.touched = true
	return r.askAgain(ctx)
}

// askAgain makes ECS try once more what it has given up: Pulumi sees nothing to change, because the service that it
// updated is only what ECS went back from.
func (r *run) askAgain(ctx context.Context) (ended, error) {
	at := r.site.before
	primary, err := r.runs(ctx)
	if err != nil {
		return ended{}, err
	}
	if primary == "" || compare(primary, r.change.taskDefinition) != older {
		return skipped("the stack has this image already")
	}
	if err := r.Cloud.Redeploy(ctx, at.Cluster, at.Service, r.change.taskDefinition); err != nil {
		return ended{}, err
	}
	r.change.applied = true
	return done(fmt.Sprintf("the stack has this image already, but ECS went back to %s: asked for %s again",
		revisionOf(primary), revisionOf(r.change.taskDefinition)))
}

// runs is the task definition that ECS runs, or moves to.
func (r *run) runs(ctx context.Context) (string, error) {
	s, err := r.Cloud.Service(ctx, r.site.before.Cluster, r.site.before.Service)
	return s.Primary().TaskDefinition, err
}

// refuse fails when the preview holds more than a release may change. A repair
// goes on: the image must come back whatever else the stack file says.
func (r *run) refuse(others []string) error {
	switch {
	case len(others) == 0:
		return nil
	case r.AllowInfrastructure || r.repairing:
		r.note("%d infrastructure changes go with this update: %s", len(others), strings.Join(others, ", "))
		return nil
	}
	return &fault.Error{
		Op:       r.doing(),
		Cause:    fmt.Sprintf("the update would change more than the image: %d other resources", len(others)),
		Evidence: others,
		Next:     fmt.Sprintf("slipway up %s, or slipway deploy %s --allow-infrastructure", r.Environment, r.Environment),
		Code:     fault.NotReady,
	}
}

// sort counts the changes that belong to a release and lists the others.
func sort(plan engine.Changes) (own int, others []string) {
	for _, c := range plan {
		if belongs(c) {
			own++
			continue
		}
		others = append(others, fmt.Sprintf("%s %s %s", c.Op, c.Type, c.Name))
	}
	return own, others
}

// belongs is true for the task definition, whose every change is a new revision,
// and for an update of the service in place. A replaced service would drop requests.
func belongs(c engine.Change) bool {
	switch c.Type {
	case "aws:ecs/taskDefinition:TaskDefinition", engine.OutputsType:
		return true
	case "aws:ecs/service:Service":
		return c.Op == "update"
	}
	return false
}

// message is what Pulumi's history says about the release.
func (r *run) message() string {
	text := "release " + short(r.image.Commit)
	if r.repairing {
		return "roll back to " + short(r.image.Commit)
	}
	if r.Commit.Author != "" {
		text += " by " + cut(r.Commit.Author)
	}
	if r.Commit.Subject != "" {
		text += ": " + cut(r.Commit.Subject)
	}
	if r.From != "" {
		text += " [promoted from " + r.From + "]"
	}
	if r.Execution != "" {
		text += " [execution " + r.Execution + "]"
	}
	return text
}

// began is whether an update that did not work had begun: not while it waited for
// the lock or looked at the state.
func began(err error) bool {
	var held *engine.Locked
	var failed *engine.Failed
	switch {
	case errors.As(err, &held):
		return false
	case errors.As(err, &failed):
		return failed.Doing == "updating"
	}
	return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// locked turns an error about the lock into the fault for it and leaves others alone.
func (r *run) locked(err error) error {
	var held *engine.Locked
	if !errors.As(err, &held) {
		return err
	}
	return &fault.Error{
		Op: r.doing(), Cause: "another update holds the stack: " + held.Who(),
		Next: "wait for it, then run the same command again", Code: fault.Locked, Err: err,
	}
}
