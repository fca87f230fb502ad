package provider

import (
	"context"
	"encoding/json"
	"fmt"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
)

// CheckConfig refuses a region that the sandbox does not stand in.
func (p *Provider) CheckConfig(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	in, err := unmarshal(req.GetNews())
	if err != nil {
		return nil, err
	}
	out := &pulumirpc.CheckResponse{Inputs: req.GetNews()}
	if _, err := p.readConfig(in); err != nil {
		out.Failures = []*pulumirpc.CheckFailure{{Reason: err.Error()}}
	}
	return out, nil
}

// DiffConfig never replaces a provider: there is one account and one region.
func (p *Provider) DiffConfig(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, err := unmarshal(req.GetOldInputs())
	if err != nil {
		return nil, err
	}
	news, err := unmarshal(req.GetNews())
	if err != nil {
		return nil, err
	}
	if olds.DeepEquals(news) {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
	}
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME}, nil
}

// Configure takes the default tags for the connection that it comes over.
func (p *Provider) Configure(ctx context.Context, req *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	in, err := unmarshal(req.GetArgs())
	if err != nil {
		return nil, err
	}
	c, err := p.readConfig(in)
	if err != nil {
		return nil, fmt.Errorf("configuring the provider %s: %w", p.Schema.Name, err)
	}
	p.session(ctx).configure(c.DefaultTags.Tags)
	return &pulumirpc.ConfigureResponse{
		AcceptSecrets: true, SupportsPreview: true, AcceptResources: true, SupportsAutonamingConfiguration: true,
	}, nil
}

// config is what of a provider's configuration means something here.
type config struct {
	Region      string `json:"region"`
	DefaultTags struct {
		Tags map[string]string `json:"tags"`
	} `json:"defaultTags"`
}

// readConfig reads the configuration, whose objects may be JSON in a string.
func (p *Provider) readConfig(in resource.Properties) (config, error) {
	in = schema.PlainMap(in)
	if tags := in["defaultTags"]; tags.IsString() {
		var object map[string]any
		if err := json.Unmarshal([]byte(tags.StringValue()), &object); err != nil {
			return config{}, fmt.Errorf("defaultTags is not a JSON object: %w", err)
		}
		in["defaultTags"] = presource.NewPropertyValue(object)
	}
	var c config
	if err := resource.Decode(in, &c); err != nil {
		return c, fmt.Errorf("reading the configuration: %w", err)
	}
	if p.Schema.Name == "aws" && c.Region != "" && c.Region != string(p.Region) {
		return c, fmt.Errorf("region is %q, but the account here has only %s; start it with --region %s to have that one",
			c.Region, p.Region, c.Region)
	}
	return c, nil
}
