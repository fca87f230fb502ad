package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"slipway/automation/engine"
	"slipway/automation/ui"
	"slipway/infra/config"
)

// upgrade is one `up` of a stack. What it must know before anything changes is found out by prepare.
type upgrade struct {
	*Deployer
	stack *engine.Stack
	kind  string
	wait  time.Duration // for actions of the pipeline that run

	host    *hostWatch     // of a delivery stack
	first   bool           // the stack has nothing yet
	shows   bool           // a preview: nothing may change, not even the state
	without bool           // its service was gone
	plan    engine.Changes // where it was needed; nil otherwise
	known   bool           // plan was made
}

// upgrade opens a stack to change it. Close its stack.
func (d *Deployer) upgrade(ctx context.Context, name string, wait time.Duration) (*upgrade, error) {
	own, err := d.own(name)
	if err != nil {
		return nil, err
	}
	u := &upgrade{Deployer: d, kind: own["kind"], wait: wait}
	if u.kind == config.KindDelivery {
		d.warnOfFolder(ctx, name, own["projectFolder"])
		u.host = d.watchHost(name)
		watched := *d
		watched.Sink = u.host
		u.Deployer = &watched
	}
	u.stack, err = u.Open(ctx, name)
	return u, err
}

// warnOfFolder says that the pipeline would not find the project where it is in its repository.
func (d *Deployer) warnOfFolder(ctx context.Context, stack, said string) {
	if is := d.Project.Below(ctx); is != "" && is != said {
		d.Sink.Event(ui.Warning{Text: fmt.Sprintf("this project is in %s of its repository, and the pipeline looks for it in %s: write slipway:projectFolder: %s into %s",
			is, orDefault(said, "."), is, d.Project.StackFile(stack))})
	}
}

// prepare finds out what would change, where somebody is asked or a rule needs it, and refuses what must not happen now.
func (u *upgrade) prepare(ctx context.Context, asks bool) error {
	if err := u.look(ctx); err != nil {
		return err
	}
	if asks || u.first {
		if err := u.preview(ctx); err != nil {
			return err
		}
	}
	if err := u.room(ctx); err != nil {
		return err
	}
	return u.idle(ctx)
}

// room checks the quotas of what the plan makes, where there is one.
func (u *upgrade) room(ctx context.Context) error {
	if !u.known {
		return nil
	}
	at, err := u.cloud(ctx, u.stack.Name())
	if err != nil {
		return err
	}
	return u.roomFor(ctx, at, u.stack.Name(), u.plan)
}

// look finds out what the stack has, and whether its host must be made anew.
func (u *upgrade) look(ctx context.Context) error {
	all, err := u.stack.Resources(ctx)
	if err != nil {
		return err
	}
	if err := u.owned(u.stack, all); err != nil {
		return err
	}
	u.first = len(all) == 0
	if all, err = u.present(ctx, all); err != nil || u.host == nil {
		return err
	}
	return u.host.before(ctx, u.stack, all)
}

func (u *upgrade) preview(ctx context.Context) (err error) {
	if !u.known {
		u.plan, err = u.stack.Preview(ctx, nil)
		u.known = err == nil
	}
	return err
}

// apply makes the change and, for a delivery stack, waits for its host.
func (u *upgrade) apply(ctx context.Context) (engine.Changes, error) {
	if err := u.idle(ctx); err != nil { // an action may have begun while the question waited
		return nil, err
	}
	before, err := u.serving(ctx)
	if err != nil {
		return nil, err
	}
	changes, err := u.stack.Update(ctx, nil, "up "+u.stack.Name())
	if err == nil && before.definition != "" && (len(changes) > 0 || u.unwell(ctx, before)) {
		return changes, u.settle(ctx, before.definition)
	}
	if u.host == nil {
		return changes, err
	}
	if err != nil {
		return changes, u.host.reason(ctx, err)
	}
	outputs, err := u.stack.Outputs(ctx)
	if err != nil {
		return changes, err
	}
	return changes, u.host.ready(ctx, outputs)
}

// idle refuses to replace or stop what an action of the pipeline runs on, or waits until none runs. It costs one call
// when nothing runs, and makes the preview that it needs when something does.
func (u *upgrade) idle(ctx context.Context) error {
	if u.kind != config.KindDelivery || u.first {
		return nil
	}
	at, busy, err := u.busy(ctx, u.stack)
	if err != nil || len(busy) == 0 {
		return err
	}
	if err := u.preview(ctx); err != nil {
		return err
	}
	ends := disturbing(u.plan)
	if len(ends) == 0 {
		return nil
	}
	return u.awaitIdle(ctx, at, "changing", u.stack, ends, u.wait)
}

// disturbing lists the changes that end what the pipeline's actions run on: their host, its volume, or the pipeline.
func disturbing(plan engine.Changes) []string {
	var out []string
	for _, c := range plan {
		switch strings.TrimPrefix(c.Type, "aws:") {
		case "ec2/instance:Instance", "ebs/volume:Volume", "ec2/volumeAttachment:VolumeAttachment",
			"codepipeline/pipeline:Pipeline", "codepipeline/customActionType:CustomActionType":
			if c.Op != "create" && !onlyTags(c.Diffs) {
				out = append(out, c.Op+" "+c.Name)
			}
		}
	}
	return out
}

// onlyTags says whether nothing but tags differs: they change in place, without a stop.
func onlyTags(diffs []string) bool {
	for _, path := range diffs {
		if !strings.HasPrefix(path, "tags") {
			return false
		}
	}
	return len(diffs) > 0
}
