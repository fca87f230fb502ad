package provider_test

import (
	"context"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/naming"
	"slipway/sandbox/provider"
	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
)

func invoke(t *testing.T, p *provider.Provider, token string, in values) properties {
	t.Helper()
	r, err := p.Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: token, Args: of(t, in)})
	if err != nil {
		t.Fatal(err)
	}
	if f := r.GetFailures(); len(f) > 0 {
		t.Fatal(f)
	}
	out := back(t, r.GetReturn())
	for _, name := range schema.AWS().Functions[token].Outputs.Required {
		if !out.HasValue(key(name)) {
			t.Errorf("%s answers no %s", token, name)
		}
	}
	return out
}

func TestFunctions(t *testing.T) {
	p := open(t, provider.Options{})
	create(t, p, "aws:ssm/parameter:Parameter", values{"name": "plain", "type": "String", "insecureValue": "v"})
	for _, c := range []struct {
		token string
		in    values
		want  values // some of the answer
	}{
		{"aws:index/getAvailabilityZones:getAvailabilityZones", values{"state": "available", "excludeNames": []any{"us-east-1b"}}, values{"names": []any{"us-east-1a", "us-east-1c"}, "zoneIds": []any{"use1-az1", "use1-az3"}}},
		{"aws:index/getRegion:getRegion", values{}, values{"name": "us-east-1", "endpoint": "ec2.us-east-1.amazonaws.com"}},
		{"aws:index/getCallerIdentity:getCallerIdentity", values{}, values{"accountId": naming.Account, "arn": naming.CallerARN}},
		{"aws:index/getPartition:getPartition", values{}, values{"partition": "aws", "dnsSuffix": "amazonaws.com"}},
		{"aws:ssm/getParameter:getParameter", values{"name": "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"}, values{"type": "String", "arn": "arn:aws:ssm:us-east-1::parameter/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"}},
		{"aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", offers("t4g.small"), values{"locations": []any{"us-east-1a", "us-east-1b", "us-east-1c"}, "instanceTypes": []any{"t4g.small", "t4g.small", "t4g.small"}}},
		{"aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", offers("t9.small"), values{"locations": []any{}}},
		{"aws:ec2/getAmi:getAmi", values{"owners": []any{"amazon"}, "mostRecent": true}, values{"architecture": "x86_64", "mostRecent": true}},
	} {
		got := schema.PlainMap(invoke(t, p, c.token, c.in)).Mappable()
		for k, want := range c.want {
			if !same(got[k], want) {
				t.Errorf("%s answers %s = %v, want %v", c.token, k, got[k], want)
			}
		}
	}
}

func offers(instanceType string) values {
	return values{"locationType": "availability-zone", "filters": []any{values{"name": "instance-type", "values": []any{instanceType}}}}
}

func TestImageParameters(t *testing.T) {
	p := open(t, provider.Options{})
	ask := func(name string) string {
		return invoke(t, p, "aws:ssm/getParameter:getParameter", values{"name": name})["value"].StringValue()
	}
	const recommended = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"
	id := ask(recommended + "/image_id")
	if len(id) != len("ami-0123456789abcdef0") || id[:4] != "ami-" {
		t.Errorf("the image is %q", id)
	}
	if doc := ask(recommended); doc != `{"image_id":"`+id+`","os":"Amazon Linux 2023","schema_version":1}` {
		t.Errorf("the description is %s", doc)
	}
}

func TestPolicyDocument(t *testing.T) {
	p := open(t, provider.Options{})
	ask := func(in values) string {
		return invoke(t, p, "aws:iam/getPolicyDocument:getPolicyDocument", in)["minifiedJson"].StringValue()
	}
	full := values{"statements": []any{values{
		"sid": "Pull", "actions": []any{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}, "resources": []any{"arn:a"},
		"principals": []any{values{"type": "Service", "identifiers": []any{"ecs-tasks.amazonaws.com"}}},
		"conditions": []any{values{"test": "StringEquals", "variable": "aws:SourceAccount", "values": []any{"1"}}},
	}}}
	base := ask(full)
	for want, in := range map[string]values{
		`{"Version":"2012-10-17","Statement":[{"Sid":"Pull","Effect":"Allow","Action":["ecr:GetDownloadUrlForLayer","ecr:BatchGetImage"],"Resource":"arn:a","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Condition":{"StringEquals":{"aws:SourceAccount":"1"}}}]}`: full,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":"s3:*","NotResource":"*","Principal":"*"}]}`: {"statements": []any{values{
			"effect": "Deny", "notActions": []any{"s3:*"}, "notResources": []any{"*"}, "principals": []any{values{"type": "*", "identifiers": []any{"*"}}},
		}}},
		base: {"sourcePolicyDocuments": []any{base}},
		`{"Version":"2012-10-17","Statement":[{"Sid":"Pull","Effect":"Deny","Action":"*"}]}`: {
			"sourcePolicyDocuments": []any{base}, "statements": []any{values{"sid": "Pull", "effect": "Deny", "actions": []any{"*"}}},
		},
	} {
		if got := ask(in); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	_, err := p.Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: "aws:iam/getPolicyDocument:getPolicyDocument", Args: of(t, values{"sourcePolicyDocuments": []any{base, base}})})
	contains(t, err, `the Sid "Pull" occurs twice`)
}

func TestInvokeErrors(t *testing.T) {
	p := open(t, provider.Options{Functions: map[string]resource.Function{
		"aws:index/getRegion:getRegion": func(context.Context, properties) (properties, error) {
			return properties{"name": text("given")}, nil
		},
	}})
	if name := invoke(t, p, "aws:index/getRegion:getRegion", nil)["name"]; name.StringValue() != "given" {
		t.Errorf("the given function is not taken: %v", name)
	}
	for token, want := range map[string]string{
		"aws:s3/getBucket:getBucket":        "the function aws:s3/getBucket:getBucket is not supported here",
		"aws:route53/getZone:getZone":       "the function aws:route53/getZone:getZone is not supported here",
		"aws:ssm/getParameter:getParameter": "ParameterNotFound",
	} {
		in := values{}
		if token == "aws:ssm/getParameter:getParameter" {
			in["name"] = "none"
		}
		_, err := p.Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: token, Args: of(t, in)})
		contains(t, err, want)
	}
	r, err := p.Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: "aws:ssm/getParameter:getParameter", Args: of(t, values{})})
	if err != nil || len(r.GetFailures()) != 1 || r.GetFailures()[0].GetReason() != "name is missing; it is required" {
		t.Errorf("got %v, %v", r, err)
	}
}
