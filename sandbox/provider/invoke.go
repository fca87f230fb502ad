package provider

import (
	"context"
	"fmt"
	"maps"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
)

// Invoke runs one of the provider's functions.
func (p *Provider) Invoke(ctx context.Context, req *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	in, err := unmarshal(req.GetArgs())
	if err != nil {
		return nil, err
	}
	problems, err := p.Schema.CheckFunction(req.GetTok(), in)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return &pulumirpc.InvokeResponse{Failures: failures(problems)}, nil
	}
	run, ok := p.functions[req.GetTok()]
	if !ok {
		return nil, fmt.Errorf("the function %s is not supported here", req.GetTok())
	}
	ctx, release := p.session(ctx).bind(ctx, 0)
	defer release()
	out, err := run(ctx, schema.PlainMap(in))
	if err != nil {
		return nil, status.Errorf(codes.Unknown, "calling %s: %v", req.GetTok(), cause(ctx, err))
	}
	answer, err := marshal(p.answer(req.GetTok(), in, out))
	return &pulumirpc.InvokeResponse{Return: answer}, err
}

// answer returns a function's outputs with the arguments that are outputs too, and an id.
func (p *Provider) answer(token string, in, own resource.Properties) resource.Properties {
	f := p.Schema.Functions[token]
	out := resource.Properties{}
	for k, v := range in {
		if f.Outputs.Properties[string(k)] != nil {
			out[k] = v
		}
	}
	maps.Copy(out, own)
	for _, name := range f.Outputs.Required {
		if key := presource.PropertyKey(name); !out.HasValue(key) {
			out[key] = none(p.Schema, f.Outputs.Properties[name])
		}
	}
	return out
}

// allFunctions returns the functions by token: the given ones and the provider's own.
func (p *Provider) allFunctions() map[string]resource.Function {
	all := map[string]resource.Function{}
	if p.Schema.Name == "aws" {
		all["aws:index/getAvailabilityZones:getAvailabilityZones"] = p.getAvailabilityZones
		all["aws:index/getRegion:getRegion"] = p.getRegion
		all["aws:index/getCallerIdentity:getCallerIdentity"] = p.getCallerIdentity
		all["aws:index/getPartition:getPartition"] = p.getPartition
		all["aws:iam/getPolicyDocument:getPolicyDocument"] = getPolicyDocument
		all["aws:ssm/getParameter:getParameter"] = p.getParameter
		all["aws:ec2/getAmi:getAmi"] = p.getAMI
		all["aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings"] = p.getInstanceTypeOfferings
	}
	maps.Copy(all, p.Functions)
	return all
}
