package provider

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Delete removes a resource. One that is gone already is no error.
func (p *Provider) Delete(ctx context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	o, err := p.operation(req.GetUrn(), req.GetId(), nil)
	if err != nil {
		return nil, err
	}
	olds, err := unmarshal(req.GetProperties())
	if err != nil {
		return nil, err
	}
	ctx, release := p.session(ctx).bind(ctx, req.GetTimeout())
	defer release()
	if err := o.remove(ctx, olds); err != nil {
		return nil, o.failed("deleting", cause(ctx, err))
	}
	return &emptypb.Empty{}, nil
}
