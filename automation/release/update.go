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

// preview finds out what an update to an image would change, and refuses what a release may not.
func (p pass) preview(ctx context.Context, site Site, image Image) (Plan, ended, error) {
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	plan := Plan{Config: map[string]string{imageKey: image.Ref(), commitKey: image.Commit}}
	maps.Copy(plan.Config, p.earlier)
	changes, err := p.Stack.Preview(ctx, plan.Config)
	if err != nil {
		return plan, ended{}, p.locked(err)
	}
	plan.Changes, plan.Others = divide(changes)
	if err := p.refuse(plan.Others); err != nil {
		return plan, ended{}, err
	}
	plan.Running, err = p.running(ctx, site) // what a failure can return to: the stack may say what ECS went back from
	if p.repair {
		err = nil // the way back has none after it, and goes on while ECS does not answer
	}
	return plan, done(plan.text()), err
}

func (p Plan) text() string {
	if p.Empty() {
		return "nothing to change"
	}
	return fmt.Sprintf("%d changes", p.Changes+len(p.Others))
}

// mostLooks is how many previews a stack may be too new for.
const mostLooks = 3

// update makes the change that was previewed. When the stack changed since, as it may have while we waited for its lock,
// it is previewed again: what comes of that is what a release may change, or the release ends.
func (p pass) update(ctx context.Context, site Site, image Image, plan Plan) (Change, ended, error) {
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	moved := false
	for looks := 1; ; looks++ {
		change, end, err := p.apply(ctx, site, image, plan)
		change.Moved = change.Moved || moved
		var stale *engine.Stale
		if !errors.As(err, &stale) || looks == mostLooks {
			return change, end, err
		}
		p.note("%s changed after it was previewed: looking again", p.Environment)
		moved = change.Moved
		if plan, _, err = p.preview(ctx, site, image); err != nil {
			return change, ended{}, err
		}
	}
}

func (p pass) apply(ctx context.Context, site Site, image Image, plan Plan) (Change, ended, error) {
	if plan.Empty() {
		return p.keep(ctx, site, image, plan)
	}
	if err := p.begin(ctx, site, image); err != nil {
		return Change{}, ended{}, err
	}
	c := Change{Same: !p.repair && site.Past.Live.Number > 0}
	if !p.repair { // the way back has a question of its own
		ctx = engine.Unless(ctx, p.wanted)
	}
	changes, err := p.Stack.Update(ctx, plan.Config, p.message(image))
	if c.Moved = began(changes, err); err != nil {
		return c, ended{}, p.locked(err)
	}
	after, err := p.Stack.Outputs(ctx)
	if err != nil {
		return c, ended{}, err
	}
	c.Applied, c.TaskDefinition, c.Before = true, environmentOf(after).TaskDefinition, plan.Running
	return c, done("task definition " + revisionOf(c.TaskDefinition)), nil
}

// keep goes on with a stack that has the image already. What was proved before is only looked at again. What an earlier
// release left unproved is this release's from now on.
func (p pass) keep(ctx context.Context, site Site, image Image, plan Plan) (Change, ended, error) {
	now, err := p.Stack.Outputs(ctx) // not what preflight found: another deployer may have released this image since
	if err != nil {
		return Change{}, ended{}, err
	}
	c := Change{TaskDefinition: environmentOf(now).TaskDefinition, Before: plan.Running}
	if live := site.Past.Live; live.Number > 0 && live.TaskDefinition == c.TaskDefinition {
		return c, skipped("the stack has this image already"), nil
	}
	if err := p.begin(ctx, site, image); err != nil {
		return c, ended{}, err
	}
	c.Moved = true
	return p.askAgain(ctx, site, c)
}

// askAgain makes ECS try once more what it has given up: Pulumi sees nothing to change, because the service that it
// updated is only what ECS went back from.
func (p pass) askAgain(ctx context.Context, site Site, c Change) (Change, ended, error) {
	primary, err := p.running(ctx, site)
	if err != nil {
		return c, ended{}, err
	}
	if primary == "" || compare(primary, c.TaskDefinition) != older {
		return c, skipped("the stack has this image already"), nil
	}
	if err := p.Cloud.Redeploy(ctx, site.Before.Cluster, site.Before.Service, c.TaskDefinition); err != nil {
		return c, ended{}, err
	}
	c.Applied = true
	return c, done(fmt.Sprintf("the stack has this image already, but ECS went back to %s: asked for %s again",
		revisionOf(primary), revisionOf(c.TaskDefinition))), nil
}

// running is the task definition that ECS runs, or moves to.
func (p pass) running(ctx context.Context, site Site) (string, error) {
	s, err := p.Cloud.Service(ctx, site.Before.Cluster, site.Before.Service)
	return s.Primary().TaskDefinition, err
}

// refuse fails when the preview holds more than a release may change. A repair
// goes on: the image must come back whatever else the stack file says.
func (p pass) refuse(others []string) error {
	switch {
	case len(others) == 0:
		return nil
	case p.AllowInfrastructure || p.repair:
		p.note("%d infrastructure changes go with this update: %s", len(others), strings.Join(others, ", "))
		return nil
	}
	return &fault.Error{
		Op:       p.doing(),
		Cause:    fmt.Sprintf("the update would change more than the image: %d other resources", len(others)),
		Evidence: others,
		Next:     fmt.Sprintf("slipway up %s, or slipway deploy %s --allow-infrastructure", p.Environment, p.Environment),
		Code:     fault.NotReady,
	}
}

// divide counts the changes that belong to a release and lists the others.
func divide(plan engine.Changes) (own int, others []string) {
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
func (p pass) message(image Image) string {
	text := "release " + short(image.Commit)
	if p.repair {
		return "roll back to " + short(image.Commit)
	}
	if p.Commit.Author != "" {
		text += " by " + cut(p.Commit.Author)
	}
	if p.Commit.Subject != "" {
		text += ": " + cut(p.Commit.Subject)
	}
	if p.From != "" {
		text += " [promoted from " + p.From + "]"
	}
	if p.Execution != "" {
		text += " [execution " + p.Execution + "]"
	}
	return text
}

// began is whether an update, with what it changed and its error, may have moved the environment: not while it waited for
// the lock or looked at the state, nor before it met what it was not to do.
func began(changes engine.Changes, err error) bool {
	var held *engine.Locked
	var failed *engine.Failed
	var stale *engine.Stale
	switch {
	case err == nil:
		return true
	case errors.As(err, &held):
		return false
	case errors.As(err, &stale):
		return !changes.Empty()
	case errors.As(err, &failed):
		return failed.Doing == "updating"
	}
	return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}
