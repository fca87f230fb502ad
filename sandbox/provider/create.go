package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
)

// undoTimeout is how long a resource whose creator has gone may take to be removed.
const undoTimeout = 30 * time.Second

// Create makes a resource. In a preview it answers what is known before.
func (p *Provider) Create(ctx context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	in, err := unmarshal(req.GetProperties())
	if err != nil {
		return nil, err
	}
	o, err := p.operation(req.GetUrn(), "", in)
	if err != nil {
		return nil, err
	}
	if req.GetPreview() {
		out, err := marshal(o.echo())
		return &pulumirpc.CreateResponse{Properties: out}, err
	}
	ctx, release := p.session(ctx).bind(ctx, req.GetTimeout())
	defer release()
	out, err := o.create(ctx)
	if err != nil {
		return nil, err
	}
	properties, err := marshal(out)
	return &pulumirpc.CreateResponse{Id: o.id, Properties: properties}, err
}

// create makes the resource and remembers it.
func (o *operation) create(ctx context.Context) (resource.Properties, error) {
	o.settleName(nil)
	if err := o.allowed(); err != nil {
		return nil, o.failed("creating", err)
	}
	release, err := o.reserve()
	if err != nil {
		return nil, o.failed("creating", err)
	}
	defer release()
	own, unready := o.make(ctx)
	if o.id == "" {
		return nil, o.failed("creating", cause(ctx, unready))
	}
	out := o.outputs(nil, own)
	if err := o.records.put(o, out); err != nil {
		return nil, o.failed("creating", err)
	}
	if unready != nil {
		unready = o.halfDone("creating", cause(ctx, unready), out)
	}
	return out, o.undoAlone(ctx, out, unready)
}

// allowed returns AWS's error for what the resource is to be.
func (o *operation) allowed() error {
	if o.Rules == nil {
		return nil
	}
	return o.Rules.Allow(o.token, o.id, o.plain)
}

// running are the types whose creation says that something runs. Without a behaviour they are refused.
var running = map[string]bool{
	"aws:ec2/instance:Instance":       true,
	"aws:ecs/service:Service":         true,
	"aws:ssm/association:Association": true,
	"docker:index/image:Image":        true,
}

// make lets the behaviour make the resource, or gives it an id. Without an id it does not exist.
func (o *operation) make(ctx context.Context) (own resource.Properties, err error) {
	if b := o.behaviour(); b != nil {
		o.id, own, err = b.Create(ctx, o.plain)
		return own, err
	}
	if running[o.token] {
		return nil, errors.New("nothing here runs it")
	}
	o.id = forms[o.token].id(o)
	return nil, nil
}

// undoAlone removes what was made when the engine that asked for it is gone and will never hear its id.
func (o *operation) undoAlone(ctx context.Context, out resource.Properties, err error) error {
	if ctx.Err() == nil || !gone(ctx) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTimeout)
	defer cancel()
	if err := o.remove(ctx, out); err != nil {
		o.Log.Error("removing a resource that nobody waits for", "type", o.token, "id", o.id, "error", err)
	}
	return o.failed("creating", fmt.Errorf("the engine has gone"))
}

// remove deletes the resource with these outputs and forgets it.
func (o *operation) remove(ctx context.Context, out resource.Properties) error {
	if o.Rules != nil {
		if err := o.Rules.Release(o.token, o.id, schema.PlainMap(out)); err != nil {
			return err
		}
	}
	if err := o.removeReal(ctx, out); err != nil {
		return err
	}
	return o.records.delete(o.token, o.id, out)
}

func (o *operation) removeReal(ctx context.Context, out resource.Properties) error {
	switch b := o.behaviour().(type) {
	case nil:
		return nil
	case resource.Remover:
		return b.Remove(ctx, o.id, schema.PlainMap(out))
	default:
		return b.Delete(ctx, o.id)
	}
}
