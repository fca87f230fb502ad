package provider

import (
	"context"
	"strings"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
)

// Check checks inputs against the schema and adds the name and the tags that the program leaves to the provider.
func (p *Provider) Check(ctx context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	token := string(urn.URN(req.GetUrn()).Type())
	olds, err := unmarshal(req.GetOlds())
	if err != nil {
		return nil, err
	}
	news, err := unmarshal(req.GetNews())
	if err != nil {
		return nil, err
	}
	if _, err := p.form(token); err != nil {
		return nil, err
	}
	p.Schema.CoerceInputs(token, news)
	problems, err := p.Schema.CheckResource(token, news)
	if err != nil {
		return nil, err
	}
	if err := p.autoname(req, token, olds, news); err != nil {
		problems = append(problems, schema.Problem{Token: token, Path: "name", Reason: err.Error()})
	}
	p.mergeTags(p.session(ctx).tags(), token, news)
	if c, ok := p.Behaviours[token].(resource.Checker); ok && len(problems) == 0 {
		checked, err := c.Check(ctx, news)
		if err != nil {
			problems = append(problems, schema.Problem{Token: token, Reason: err.Error()})
		} else {
			news = checked
		}
	}
	in, err := marshal(news)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CheckResponse{Inputs: in, Failures: failures(problems)}, nil
}

// failures carry no property: the engine would print its value, which may be a secret.
func failures(problems []schema.Problem) []*pulumirpc.CheckFailure {
	var all []*pulumirpc.CheckFailure
	for _, problem := range problems {
		all = append(all, &pulumirpc.CheckFailure{Reason: strings.TrimSpace(problem.Path + " " + problem.Reason)})
	}
	return all
}

// mergeTags sets tagsAll to the configuration's default tags and the resource's own, which win.
func (p *Provider) mergeTags(defaults map[string]string, token string, in resource.Properties) {
	if len(defaults) == 0 || p.Schema.Resources[token].Outputs["tagsAll"] == nil {
		return
	}
	all := presource.PropertyMap{}
	for k, v := range defaults {
		all[presource.PropertyKey(k)] = presource.NewProperty(v)
	}
	own := schema.Plain(in["tags"])
	if own.IsComputed() {
		in["tagsAll"] = own
		return
	}
	if own.IsObject() {
		for k, v := range own.ObjectValue() {
			all[k] = v
		}
	}
	in["tagsAll"] = presource.NewProperty(all)
}
