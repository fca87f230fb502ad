package provider_test

import (
	"regexp"
	"strings"
	"testing"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/provider"
)

func check(t *testing.T, p *provider.Provider, req *pulumirpc.CheckRequest) (properties, []string) {
	t.Helper()
	r, err := p.Check(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for _, f := range r.GetFailures() {
		reasons = append(reasons, f.GetReason())
	}
	return back(t, r.GetInputs()), reasons
}

func TestCheckFailures(t *testing.T) {
	p := open(t, provider.Options{})
	for token, c := range map[string]struct {
		in   values
		want string
	}{
		"aws:ec2/vpc:Vpc":       {values{"cidrBlok": "10.0.0.0/16"}, "cidrBlok does not exist; the nearest that does: cidrBlock"},
		"aws:ec2/subnet:Subnet": {values{"cidrBlock": "10.0.0.0/24"}, "vpcId is missing; it is required"},
		"aws:lb/targetGroup:TargetGroup": {
			values{"healthCheck": values{"path": presource.MakeSecret(presource.NewPropertyValue([]any{7}))}}, "healthCheck.path is an array, must be a string",
		},
	} {
		if _, got := check(t, p, &pulumirpc.CheckRequest{Urn: urn(token, "x"), News: of(t, c.in)}); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %q, want %q", token, got, c.want)
		}
	}
	_, err := p.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn("aws:sqs/queue:Queue", "x")})
	contains(t, err, "the resource type aws:sqs/queue:Queue is not supported here")
	_, err = p.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn("aws:ecs/servce:Service", "x")})
	contains(t, err, "the nearest that is: aws:ecs/service:Service")
}

func TestAutoname(t *testing.T) {
	p := open(t, provider.Options{Behaviours: running})
	for token, c := range map[string]struct{ property, want string }{
		"aws:ecs/cluster:Cluster":               {"name", `^web-[0-9a-f]{7}$`},
		"aws:kms/alias:Alias":                   {"name", `^alias/web-[0-9a-f]{7}$`},
		"aws:s3/bucketV2:BucketV2":              {"bucket", `^web-[0-9a-f]{7}$`},
		"aws:ecs/taskDefinition:TaskDefinition": {"family", `^$`},
		"aws:ec2/vpc:Vpc":                       {"name", `^$`},
	} {
		in, _ := check(t, p, &pulumirpc.CheckRequest{Urn: urn(token, "web"), News: of(t, values{}), RandomSeed: []byte("seed")})
		name := ""
		if v := in[presource.PropertyKey(c.property)]; v.IsString() {
			name = v.StringValue()
		}
		if !regexp.MustCompile(c.want).MatchString(name) {
			t.Errorf("%s is named %q", token, name)
		}
		again, _ := check(t, p, &pulumirpc.CheckRequest{Urn: urn(token, "web"), News: of(t, values{}), RandomSeed: []byte("seed")})
		if !in.DeepEquals(again) {
			t.Errorf("%s is named otherwise by the same seed: %v, %v", token, in, again)
		}
	}
}

func TestAutonameOfLastTime(t *testing.T) {
	p := open(t, provider.Options{})
	ask := func(olds, news values) string {
		in, reasons := check(t, p, &pulumirpc.CheckRequest{Urn: urn(cluster, "web"), Olds: of(t, olds), News: of(t, news)})
		if len(reasons) > 0 {
			t.Error(reasons)
		}
		if v := in["name"]; v.IsString() {
			return v.StringValue()
		}
		return ""
	}
	made := values{"name": "web-0123456", "__defaults": []any{"name"}}
	if got := ask(made, values{}); got != "web-0123456" {
		t.Errorf("the name that was made is not kept: %s", got)
	}
	if got := ask(values{"name": "own"}, values{}); !strings.HasPrefix(got, "web-") {
		t.Errorf("a name that the program no longer gives is kept: %s", got)
	}
	if got := ask(made, values{"name": "own"}); got != "own" {
		t.Errorf("the program's name is not taken: %s", got)
	}
}

func TestAutonameLimits(t *testing.T) {
	p := open(t, provider.Options{})
	long := urn("aws:lb/loadBalancer:LoadBalancer", strings.Repeat("x", 25))
	if _, got := check(t, p, &pulumirpc.CheckRequest{Urn: long, News: of(t, values{})}); len(got) != 1 || !strings.Contains(got[0], "AWS takes 32") {
		t.Errorf("a name that is too long gives %q", got)
	}
	if in, got := check(t, p, &pulumirpc.CheckRequest{Urn: long, News: of(t, values{"namePrefix": "x"})}); len(got) != 0 || in.HasValue("name") {
		t.Errorf("beside a prefix a name is made: %v %q", in, got)
	}
	configured := &pulumirpc.CheckRequest_AutonamingOptions{ProposedName: "proposed"}
	in, _ := check(t, p, &pulumirpc.CheckRequest{Urn: urn(cluster, "web"), News: of(t, values{}), Autonaming: configured})
	if !in["name"].DeepEquals(text("proposed")) {
		t.Errorf("the configured name is %v", in["name"])
	}
	configured.Mode = pulumirpc.CheckRequest_AutonamingOptions_DISABLE
	if _, got := check(t, p, &pulumirpc.CheckRequest{Urn: urn(cluster, "web"), News: of(t, values{}), Autonaming: configured}); len(got) != 1 {
		t.Errorf("with names switched off the problems are %q", got)
	}
}

func TestNamePrefix(t *testing.T) {
	_, out := create(t, open(t, provider.Options{}), "aws:iam/role:Role", values{"namePrefix": "task-", "assumeRolePolicy": "{}"})
	if name := out["name"].StringValue(); !regexp.MustCompile(`^task-\d{26}$`).MatchString(name) {
		t.Errorf("name is %q", name)
	}
}

func TestDefaultTags(t *testing.T) {
	p := open(t, provider.Options{})
	_, err := p.Configure(t.Context(), &pulumirpc.ConfigureRequest{Args: of(t, values{"defaultTags": `{"tags":{"a":"1","b":"2"}}`})})
	if err != nil {
		t.Fatal(err)
	}
	in, _ := check(t, p, &pulumirpc.CheckRequest{Urn: urn("aws:ec2/vpc:Vpc", "x"), News: of(t, values{"tags": values{"b": "3"}})})
	want := presource.NewPropertyValue(values{"a": "1", "b": "3"})
	if !in["tagsAll"].DeepEquals(want) {
		t.Errorf("tagsAll is %v", in["tagsAll"])
	}
	_, out := create(t, p, "aws:ec2/vpc:Vpc", in.Mappable())
	if !out["tagsAll"].DeepEquals(want) {
		t.Errorf("the output is %v", out["tagsAll"])
	}
	if in, _ := check(t, p, &pulumirpc.CheckRequest{Urn: urn("aws:ec2/route:Route", "x"), News: of(t, values{"routeTableId": "rtb"})}); in.HasValue("tagsAll") {
		t.Errorf("a type without tags has %v", in["tagsAll"])
	}
}

func TestConfiguration(t *testing.T) {
	p := open(t, provider.Options{})
	for want, in := range map[string]values{
		"":                            {"region": string(region), "skipMetadataApiCheck": "true"},
		"start it with --region eu-1": {"region": "eu-1"},
		"defaultTags is not a JSON":   {"defaultTags": "a=b"},
	} {
		r, err := p.CheckConfig(t.Context(), &pulumirpc.CheckRequest{News: of(t, in)})
		if err != nil {
			t.Fatal(err)
		}
		if want == "" && len(r.GetFailures()) > 0 || want != "" && (len(r.GetFailures()) != 1 || !strings.Contains(r.GetFailures()[0].GetReason(), want)) {
			t.Errorf("%v is answered %v", in, r.GetFailures())
		}
		if _, err := p.Configure(t.Context(), &pulumirpc.ConfigureRequest{Args: of(t, in)}); (err == nil) != (want == "") {
			t.Errorf("configuring %v: %v", in, err)
		}
	}
}

func TestTakenNames(t *testing.T) {
	p := open(t, provider.Options{})
	for token, want := range map[string]string{
		cluster:                            "the cluster web already exists",
		"aws:cloudwatch/logGroup:LogGroup": "ResourceAlreadyExistsException",
		"aws:iam/role:Role":                "Role with name web already exists",
		"aws:lb/targetGroup:TargetGroup":   "DuplicateTargetGroupName",
		"aws:ecr/repository:Repository":    "RepositoryAlreadyExistsException",
	} {
		in := values{"name": "web", "assumeRolePolicy": "{}"}
		id, _ := create(t, p, token, in)
		_, err := p.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn(token, "second"), Properties: of(t, in)})
		contains(t, err, want)
		if _, err := p.Delete(t.Context(), &pulumirpc.DeleteRequest{Id: id, Urn: urn(token, "it")}); err != nil {
			t.Fatal(err)
		}
		create(t, p, token, in)
	}
}
