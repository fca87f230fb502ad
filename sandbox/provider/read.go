package provider

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/resource"
)

// Read answers what a resource is now; one that is gone has no id.
func (p *Provider) Read(ctx context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	in, err := unmarshal(req.GetInputs())
	if err != nil {
		return nil, err
	}
	olds, err := unmarshal(req.GetProperties())
	if err != nil {
		return nil, err
	}
	o, err := p.operation(req.GetUrn(), req.GetId(), in)
	if err != nil {
		return nil, err
	}
	ctx, release := p.session(ctx).bind(ctx, 0)
	defer release()
	out, found, err := o.read(ctx, olds)
	if err != nil {
		return nil, o.failed("reading", cause(ctx, err))
	}
	if !found {
		return &pulumirpc.ReadResponse{}, nil
	}
	return o.readAnswer(out)
}

// read returns the outputs: those that the engine has or, when it has none, the remembered ones,
// with what the behaviour says of now.
func (o *operation) read(ctx context.Context, olds resource.Properties) (resource.Properties, bool, error) {
	r, found, err := o.records.get(o.token, o.id, olds)
	if err != nil || !found {
		return nil, false, err
	}
	out := olds
	if len(out) == 0 {
		if out, err = o.records.outputs(r); err != nil {
			return nil, false, err
		}
		o.in, err = r.inputs()
	}
	if err != nil {
		return nil, false, err
	}
	var now resource.Properties
	switch reader := o.behaviour().(type) {
	case resource.Recaller:
		now, found, err = reader.Recall(ctx, o.id, out)
	case resource.Reader:
		now, found, err = reader.Read(ctx, o.id)
	default:
		return out, true, nil
	}
	if err != nil || !found {
		return nil, false, err
	}
	o.drift(now)
	return o.merge(out, now), true, nil
}

// drift puts into the inputs what has changed behind the engine's back, so that the next update puts it right.
func (o *operation) drift(now resource.Properties) {
	for k, v := range now {
		if was, set := o.in[k]; set && !was.ContainsSecrets() && !was.DeepEquals(v) {
			o.in[k] = v
		}
	}
}

func (o *operation) readAnswer(out resource.Properties) (*pulumirpc.ReadResponse, error) {
	properties, err := marshal(out)
	if err != nil {
		return nil, err
	}
	inputs, err := marshal(o.in)
	return &pulumirpc.ReadResponse{Id: o.id, Properties: properties, Inputs: inputs}, err
}
