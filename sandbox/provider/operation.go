package provider

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
)

// operation is a create, update or read of one resource.
type operation struct {
	*Provider
	urn   urn.URN
	token string
	id    string
	in    resource.Properties // as the engine sent them: with secrets, and unknown values in a preview
	plain resource.Properties // the same unwrapped, for behaviours and forms
	now   time.Time
}

// operation returns the operation on the resource with this URN, or an error when its type is not supported.
func (p *Provider) operation(text, id string, in resource.Properties) (*operation, error) {
	u, err := urn.Parse(text)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "%q is no URN of a resource: %v", text, err)
	}
	token := string(u.Type())
	if _, err := p.form(token); err != nil {
		return nil, err
	}
	plain := schema.PlainMap(in)
	delete(plain, defaults)
	return &operation{p, u, token, id, in, plain, time.Now().UTC()}, nil
}

// behaviour returns what really runs for the resource, or nil.
func (o *operation) behaviour() resource.Behaviour { return o.Behaviours[o.token] }

// failed is the error that the user reads: one line with the type and the name.
func (o *operation) failed(doing string, err error) error {
	return status.Errorf(codes.Unknown, "%s %s (%s): %v", doing, o.token, o.urn.Name(), err)
}

// halfDone is the error of a resource that exists and is not ready: the engine remembers it
// and updates it the next time.
func (o *operation) halfDone(doing string, err error, out resource.Properties) error {
	properties, wrong := marshal(out)
	if wrong != nil {
		return o.failed(doing, wrong)
	}
	full := o.failed(doing, err)
	text := status.Convert(full).Message()
	s, wrong := status.New(codes.Unknown, text).WithDetails(&pulumirpc.ErrorResourceInitFailed{
		Id: o.id, Properties: properties, Reasons: []string{text}, // the engine prints the reasons only
	})
	if wrong != nil {
		return full
	}
	return s.Err()
}
