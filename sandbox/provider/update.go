package provider

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/resource"
)

// Update changes a resource in place. In a preview it answers what is known before.
func (p *Provider) Update(ctx context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	in, err := unmarshal(req.GetNews())
	if err != nil {
		return nil, err
	}
	olds, err := unmarshal(req.GetOlds())
	if err != nil {
		return nil, err
	}
	o, err := p.operation(req.GetUrn(), req.GetId(), in)
	if err != nil {
		return nil, err
	}
	oldInputs, err := unmarshal(req.GetOldInputs())
	if err != nil {
		return nil, err
	}
	kept := o.kept(olds, oldInputs)
	if req.GetPreview() {
		return o.previewUpdate(kept)
	}
	ctx, release := p.session(ctx).bind(ctx, req.GetTimeout())
	defer release()
	out, err := o.update(ctx, kept)
	if err != nil {
		return nil, err
	}
	properties, err := marshal(out)
	return &pulumirpc.UpdateResponse{Properties: properties}, err
}

// update changes the resource and remembers it.
func (o *operation) update(ctx context.Context, kept resource.Properties) (resource.Properties, error) {
	o.settleName(kept)
	if err := o.allowed(); err != nil {
		return nil, o.failed("updating", err)
	}
	var own resource.Properties
	var unready error
	if b := o.behaviour(); b != nil {
		own, unready = b.Update(ctx, o.id, o.plain)
	}
	if unready != nil && own == nil {
		return nil, o.failed("updating", cause(ctx, unready))
	}
	out := o.outputs(kept, own)
	if err := o.records.put(o, out); err != nil {
		return nil, o.failed("updating", err)
	}
	if unready != nil {
		return nil, o.halfDone("updating", cause(ctx, unready), out)
	}
	return out, nil
}

// previewUpdate answers the outputs without those that the update will change.
func (o *operation) previewUpdate(kept resource.Properties) (*pulumirpc.UpdateResponse, error) {
	out := kept.Copy()
	for k := range o.updated(kept) {
		delete(out, k)
	}
	for k, v := range o.echo() {
		out[k] = v
	}
	properties, err := marshal(out)
	return &pulumirpc.UpdateResponse{Properties: properties}, err
}

// kept returns the outputs that stay when new inputs come: all but those that were inputs, and the tags.
func (o *operation) kept(olds, oldInputs resource.Properties) resource.Properties {
	kept := olds.Copy()
	for k := range oldInputs {
		delete(kept, k)
	}
	delete(kept, "tagsAll")
	return kept
}
