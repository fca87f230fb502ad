package provider_test

import (
	"context"
	"errors"
	"testing"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/provider"
	"slipway/sandbox/resource"
)

// files is a behaviour whose input stands for files, of which Check adds the content.
type files struct {
	fake
	content string
}

var (
	_ resource.Checker     = (*files)(nil)
	_ resource.Indifferent = (*files)(nil)
)

func (f *files) Check(_ context.Context, in properties) (properties, error) {
	if f.content == "" {
		return nil, errors.New("no files")
	}
	out := in.Copy()
	out["__content"] = text(f.content)
	return out, nil
}

func (f *files) Indifferent() []string { return []string{"name"} }

func TestCheckerSeesWhatIsBehindTheInputs(t *testing.T) {
	f := &files{}
	p := open(t, provider.Options{Behaviours: map[string]resource.Behaviour{service: f}})
	check := func() *pulumirpc.CheckResponse {
		t.Helper()
		r, err := p.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn(service, "web"), News: of(t, values{"name": "web"})})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := check(); len(r.GetFailures()) != 1 || r.GetFailures()[0].GetReason() != "no files" {
		t.Errorf("failures are %v", r.GetFailures())
	}
	f.content = "a"
	before := back(t, check().GetInputs())
	f.content = "b"
	after := back(t, check().GetInputs())
	renamed := before.Copy()
	renamed["name"] = presource.NewProperty("other")
	for _, c := range []struct {
		name string
		news properties
		want pulumirpc.DiffResponse_DiffChanges
	}{
		{"nothing", before, pulumirpc.DiffResponse_DIFF_NONE},
		{"content", after, pulumirpc.DiffResponse_DIFF_SOME},
		{"an input that makes no difference", renamed, pulumirpc.DiffResponse_DIFF_NONE},
	} {
		r, err := p.Diff(t.Context(), &pulumirpc.DiffRequest{Urn: urn(service, "web"), OldInputs: wire(t, before), News: wire(t, c.news)})
		if err != nil || r.GetChanges() != c.want {
			t.Errorf("%s: %v %v, want %v", c.name, r.GetChanges(), err, c.want)
		}
	}
}
