package schema_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/schema"
)

type (
	values     = map[string]any
	properties = resource.PropertyMap
)

var (
	secret  = resource.MakeSecret
	unknown = resource.MakeComputed(resource.NewProperty(""))
)

func TestCheckResource(t *testing.T) {
	output := func(known bool, v resource.PropertyValue) resource.PropertyValue {
		return resource.NewProperty(resource.Output{Element: v, Known: known})
	}
	reference := resource.NewProperty(resource.ResourceReference{URN: "urn:x", ID: resource.NewProperty("vpc-1")})
	for name, c := range map[string]struct {
		token string
		in    values
		want  string // the one problem; empty is none
	}{
		"nothing":            {"aws:ec2/vpc:Vpc", values{}, ""},
		"fitting":            {"aws:ec2/vpc:Vpc", values{"cidrBlock": "10.0.0.0/16", "enableDnsSupport": true, "tags": values{"a": "b"}}, ""},
		"null":               {"aws:ec2/vpc:Vpc", values{"cidrBlock": nil}, ""},
		"internal":           {"aws:ec2/vpc:Vpc", values{"__defaults": []any{}}, ""},
		"misspelt":           {"aws:ec2/vpc:Vpc", values{"enableDNSSupports": true}, "enableDNSSupports does not exist; the nearest that does: enableDnsSupport"},
		"unheard of":         {"aws:ecr/lifecyclePolicy:LifecyclePolicy", values{"repository": "a", "policy": "{}", "colour": "red"}, "colour does not exist; allowed: policy, repository"},
		"missing":            {"aws:ec2/subnet:Subnet", values{}, "vpcId is missing; it is required"},
		"missing, null":      {"aws:ec2/subnet:Subnet", values{"vpcId": nil}, "vpcId is missing; it is required"},
		"required, unknown":  {"aws:ec2/subnet:Subnet", values{"vpcId": unknown}, ""},
		"required, secret":   {"aws:ec2/subnet:Subnet", values{"vpcId": secret(unknown)}, ""},
		"required, resource": {"aws:ec2/subnet:Subnet", values{"vpcId": reference}, ""},
		"output":             {"aws:ec2/subnet:Subnet", values{"vpcId": output(true, resource.NewProperty("v"))}, ""},
		"output, unknown":    {"aws:ec2/subnet:Subnet", values{"vpcId": output(false, resource.PropertyValue{})}, ""},
		"output, wrong":      {"aws:ec2/subnet:Subnet", values{"vpcId": output(true, resource.NewProperty(true))}, "vpcId is a boolean, must be a string"},
		"number for string":  {"aws:ec2/vpc:Vpc", values{"cidrBlock": 10}, "cidrBlock is a number, must be a string"},
		"string for boolean": {"aws:ec2/vpc:Vpc", values{"enableDnsSupport": "true"}, "enableDnsSupport is a string, must be a boolean"},
		"secret, wrong":      {"aws:ec2/vpc:Vpc", values{"cidrBlock": secret(resource.NewProperty(1.0))}, "cidrBlock is a number, must be a string"},
		"fraction":           {"aws:lb/targetGroup:TargetGroup", values{"port": 80.5}, "port is a number with a fraction, must be an integer"},
		"string for array":   {"aws:lb/loadBalancer:LoadBalancer", values{"subnets": "a"}, "subnets is a string, must be an array"},
		"element":            {"aws:lb/loadBalancer:LoadBalancer", values{"subnets": []any{"a", 2}}, "subnets[1] is a number, must be a string"},
		"element, unknown":   {"aws:lb/loadBalancer:LoadBalancer", values{"subnets": []any{unknown}}, ""},
		"map":                {"aws:ec2/vpc:Vpc", values{"tags": "a"}, "tags is a string, must be a map"},
		"map value":          {"aws:ec2/vpc:Vpc", values{"tags": values{"a": []any{}}}, "tags.a is an array, must be a string"},
		"array for object":   {"aws:lb/targetGroup:TargetGroup", values{"healthCheck": []any{}}, "healthCheck is an array, must be an object"},
		"nested misspelt":    {"aws:lb/targetGroup:TargetGroup", values{"healthCheck": values{"pathh": "/"}}, "healthCheck.pathh does not exist; the nearest that does: path"},
		"nested missing": {
			"aws:lb/listener:Listener", values{"loadBalancerArn": "a", "defaultActions": []any{values{"order": 1}}},
			"defaultActions[0].type is missing; it is required",
		},
		"asset":       {"aws:s3/bucketObjectv2:BucketObjectv2", values{"bucket": "b", "key": "k", "source": "file"}, "source is a string, must be an asset or an archive"},
		"description": {"aws:ec2/securityGroup:SecurityGroup", values{"description": "web", "ingress": []any{}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			problems, err := schema.AWS().CheckResource(c.token, resource.NewPropertyMapFromMap(c.in))
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case c.want == "" && len(problems) == 0:
			case len(problems) != 1 || problems[0].Path+" "+problems[0].Reason != c.want:
				t.Errorf("problems are %v, want %q", problems, c.want)
			case problems[0].String() != c.token+": "+c.want:
				t.Errorf("the problem reads %s", problems[0])
			}
		})
	}
}

func TestCheckImage(t *testing.T) {
	image := func(build values) string {
		problems, err := schema.Docker().CheckResource("docker:index/image:Image",
			resource.NewPropertyMapFromMap(values{"imageName": "app:1", "build": build}))
		if err != nil {
			t.Fatal(err)
		}
		if len(problems) == 0 {
			return ""
		}
		return problems[0].Path + " " + problems[0].Reason
	}
	for want, build := range map[string]values{
		"": {"context": ".", "args": values{"COMMIT": "abc"}, "platform": "linux/amd64", "builderVersion": "BuilderBuildKit"},
		`build.builderVersion is "V3"; allowed: BuilderV1, BuilderBuildKit`: {"builderVersion": "V3"},
		"build.cacheFrom.images is a string, must be an array":              {"cacheFrom": values{"images": "a"}},
	} {
		if got := image(build); got != want {
			t.Errorf("%v gives %q, want %q", build, got, want)
		}
	}
}

func TestUnknownTokens(t *testing.T) {
	for _, c := range []struct{ token, want string }{
		{"aws:ecs/servise:Service", "the resource type aws:ecs/servise:Service is not supported here; the nearest that is: aws:ecs/service:Service"},
		{"aws:x/y:Z", "the resource type aws:x/y:Z is not supported here"},
	} {
		if _, err := schema.AWS().CheckResource(c.token, nil); err == nil || err.Error() != c.want {
			t.Errorf("error is %v, want %s", err, c.want)
		}
	}
	if _, err := schema.AWS().CheckFunction("aws:iam/getRol:getRol", nil); err == nil {
		t.Error("a function that does not exist is taken")
	}
}

func TestCoerce(t *testing.T) {
	in := resource.NewPropertyMapFromMap(values{
		"port": "80", "healthCheck": values{"path": 7, "enabled": "true", "interval": "soon"}, "tags": values{"n": 1.5, "b": true},
		"name": secret(resource.NewProperty(3.0)), "slowStart": "NaN", "targetFailovers": []any{values{"onDeregistration": false}},
	})
	schema.AWS().CoerceInputs("aws:lb/targetGroup:TargetGroup", in)
	want := resource.NewPropertyMapFromMap(values{
		"port": 80, "healthCheck": values{"path": "7", "enabled": true, "interval": "soon"}, "tags": values{"n": "1.5", "b": "true"},
		"name": secret(resource.NewProperty("3")), "slowStart": "NaN", "targetFailovers": []any{values{"onDeregistration": "false"}},
	})
	if !in.DeepEquals(want) {
		t.Errorf("got %v, want %v", in, want)
	}
}

func TestPlainMap(t *testing.T) {
	component := resource.NewProperty(resource.ResourceReference{URN: "urn:component"})
	in := resource.NewPropertyMapFromMap(values{
		"a": secret(resource.NewProperty("x")), "b": unknown, "c": nil, "d": []any{secret(resource.NewProperty(properties{"e": component}))},
	})
	want := resource.NewPropertyMapFromMap(values{"a": "x", "d": []any{values{"e": "urn:component"}}})
	if got := schema.PlainMap(in); !got.DeepEquals(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSecret(t *testing.T) {
	docker := schema.Docker()
	registry := docker.Resources["docker:index/image:Image"].Inputs["registry"]
	for want, v := range map[bool]values{true: {"password": "p"}, false: {"username": "u"}} {
		if got := docker.Secret(registry, resource.NewPropertyValue(v)); got != want {
			t.Errorf("%v is secret: %v", v, got)
		}
	}
}

// TestReferences checks that every type which the schemas name is in them.
func TestReferences(t *testing.T) {
	for _, p := range []*schema.Package{schema.AWS(), schema.Docker()} {
		for token, r := range p.Resources {
			for name, prop := range r.Outputs {
				if prop.Type == "" && prop.Ref == "" || prop.Ref != "" && prop.Ref[0] == '#' && p.Object(prop) == nil {
					t.Errorf("%s.%s has no type", token, name)
				}
			}
			for _, name := range r.Required {
				if r.Outputs[name] == nil {
					t.Errorf("%s has no output %s", token, name)
				}
			}
			for _, name := range r.RequiredInputs {
				if r.Inputs[name] == nil {
					t.Errorf("%s has no input %s", token, name)
				}
			}
		}
	}
}

func TestNearest(t *testing.T) {
	names := map[string]int{"desiredCount": 0, "name": 0, "launchType": 0}
	for name, want := range map[string]string{"desiredcount": "desiredCount", "nam": "name", "lunchTyp": "launchType", "colour": "", "": ""} {
		if got := schema.Nearest(name, names); got != want {
			t.Errorf("the nearest of %q is %q, want %q", name, got, want)
		}
	}
}
