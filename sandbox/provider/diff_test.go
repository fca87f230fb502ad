package provider_test

import (
	"context"
	"errors"
	"maps"
	"testing"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/provider"
	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
)

func TestDiff(t *testing.T) {
	const (
		add, addReplace       = pulumirpc.PropertyDiff_ADD, pulumirpc.PropertyDiff_ADD_REPLACE
		drop, dropReplace     = pulumirpc.PropertyDiff_DELETE, pulumirpc.PropertyDiff_DELETE_REPLACE
		change, changeReplace = pulumirpc.PropertyDiff_UPDATE, pulumirpc.PropertyDiff_UPDATE_REPLACE
	)
	type kinds = map[string]pulumirpc.PropertyDiff_Kind
	secret := func(s string) any { return presource.MakeSecret(text(s)) }
	unknown := presource.MakeComputed(text(""))
	const host = "aws:ec2/instance:Instance"
	p := open(t, provider.Options{})
	for name, c := range map[string]struct {
		token      string
		olds, news values
		ignore     []string
		want       kinds
	}{
		"same":              {cluster, values{"name": "a", "tags": values{"x": "1"}}, values{"name": "a", "tags": values{"x": "1"}}, nil, kinds{}},
		"made name":         {cluster, values{"name": "a", "__defaults": []any{"name"}}, values{"name": "a"}, nil, kinds{}},
		"a tag":             {cluster, values{"tags": values{"x": "1", "y": "1"}}, values{"tags": values{"x": "2", "z": "1"}}, nil, kinds{"tags.x": change, "tags.y": drop, "tags.z": add}},
		"tags that come":    {cluster, values{}, values{"tags": values{"x": "1"}}, nil, kinds{"tags": add}},
		"a name":            {cluster, values{"name": "a"}, values{"name": "b"}, nil, kinds{"name": changeReplace}},
		"a name unknown":    {cluster, values{"name": "a"}, values{"name": unknown}, nil, kinds{"name": changeReplace}},
		"a name that goes":  {cluster, values{"name": "a"}, values{}, nil, kinds{"name": dropReplace}},
		"a name that comes": {cluster, values{}, values{"name": "a"}, nil, kinds{"name": addReplace}},
		"secret or not":     {cluster, values{"name": secret("a")}, values{"name": "a"}, nil, kinds{}},
		"a secret":          {cluster, values{"tags": values{"x": secret("1")}}, values{"tags": values{"x": secret("2")}}, nil, kinds{"tags.x": change}},
		"nested replace": {
			service, values{"deploymentController": values{"type": "ECS"}}, values{"deploymentController": values{"type": "EXTERNAL"}}, nil,
			kinds{"deploymentController.type": changeReplace},
		},
		"nested replace that comes": {service, values{}, values{"deploymentController": values{"type": "ECS"}}, nil, kinds{"deploymentController": addReplace}},
		"ignored":                   {service, values{"desiredCount": 1, "tags": values{"a": "1"}}, values{"desiredCount": 2, "tags": values{"a": "2"}}, []string{"desiredCount"}, kinds{"tags.a": change}},
		"ignored within":            {service, values{"tags": values{"a": "1"}}, values{"tags": values{"a": "2"}}, []string{`tags["a"]`}, kinds{}},
		"documents": {
			"aws:ecs/taskDefinition:TaskDefinition", values{"containerDefinitions": `[{"name":"a","cpu":1}]`},
			values{"containerDefinitions": `[ {"cpu": 1, "name": "a"} ]`}, nil, kinds{},
		},
		"a document": {
			"aws:ecs/taskDefinition:TaskDefinition", values{"containerDefinitions": `[{"name":"a"}]`},
			values{"containerDefinitions": `[{"name":"b"}]`}, nil, kinds{"containerDefinitions": changeReplace},
		},
		"order of a set": {"aws:lb/loadBalancer:LoadBalancer", values{"subnets": []any{"a", "b"}}, values{"subnets": []any{"b", "a"}}, nil, kinds{}},
		"one more":       {"aws:lb/loadBalancer:LoadBalancer", values{"subnets": []any{"a"}}, values{"subnets": []any{"a", "b"}}, nil, kinds{"subnets[1]": add}},
		"empty or none":  {"aws:lb/loadBalancer:LoadBalancer", values{"subnets": []any{}}, values{}, nil, kinds{}},
		"a list of objects": {
			"aws:lb/listener:Listener", values{"defaultActions": []any{values{"type": "forward", "targetGroupArn": "a"}}},
			values{"defaultActions": []any{values{"type": "forward", "targetGroupArn": "b"}}}, nil, kinds{"defaultActions[0].targetGroupArn": change},
		},
		"user data": {host, values{"userData": "a"}, values{"userData": "b"}, nil, kinds{"userData": change}},
		"user data that replaces": {
			host, values{"userData": "a", "userDataReplaceOnChange": true}, values{"userData": "b", "userDataReplaceOnChange": true}, nil,
			kinds{"userData": changeReplace},
		},
		"user data in another form": {
			host, values{"userData": "a"}, values{"userDataBase64": "Yg==", "userDataReplaceOnChange": true}, nil,
			kinds{"userData": dropReplace, "userDataBase64": addReplace, "userDataReplaceOnChange": add},
		},
		"unknown element": {service, values{"loadBalancers": []any{}}, values{"loadBalancers": unknown}, nil, kinds{"loadBalancers": change}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := p.Diff(t.Context(), &pulumirpc.DiffRequest{
				Urn: urn(c.token, "x"), OldInputs: of(t, c.olds), News: of(t, c.news), IgnoreChanges: c.ignore,
			})
			if err != nil {
				t.Fatal(err)
			}
			got := kinds{}
			for path, d := range r.GetDetailedDiff() {
				got[path] = d.GetKind()
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if some := r.GetChanges() == pulumirpc.DiffResponse_DIFF_SOME; some != (len(c.want) > 0) {
				t.Errorf("changes are %v", r.GetChanges())
			}
		})
	}
}

// watcher is a behaviour whose inputs change behind their names, and one of whose inputs makes no difference.
type watcher struct{ fake }

func (w *watcher) Check(_ context.Context, in properties) (properties, error) {
	out := in.Copy()
	out["__digest"] = text(w.id)
	return out, w.err
}

func (w *watcher) Indifferent() []string { return []string{"registry.password"} }

func TestCheckerAndIndifferent(t *testing.T) {
	const token = "docker:index/image:Image"
	w := &watcher{fake{id: "one"}}
	p := open(t, provider.Options{Schema: schema.Docker(), Behaviours: map[string]resource.Behaviour{token: w}})
	ask := func(password string) properties {
		in, reasons := check(t, p, &pulumirpc.CheckRequest{Urn: urn(token, "app"), News: of(t, values{"imageName": "app", "registry": values{"password": password}})})
		if len(reasons) > 0 {
			t.Error(reasons)
		}
		return in
	}
	compare := func(olds, news properties) int {
		r, err := p.Diff(t.Context(), &pulumirpc.DiffRequest{Urn: urn(token, "app"), OldInputs: wire(t, olds), News: wire(t, news)})
		if err != nil {
			t.Fatal(err)
		}
		return len(r.GetDetailedDiff())
	}
	first := ask("p")
	if n := compare(first, ask("q")); n != 0 {
		t.Errorf("another password makes %d differences", n)
	}
	w.id = "two"
	if n := compare(first, ask("p")); n != 1 {
		t.Errorf("other files make %d differences", n)
	}
	w.err = errors.New("no Dockerfile")
	_, reasons := check(t, p, &pulumirpc.CheckRequest{Urn: urn(token, "app"), News: of(t, values{"imageName": "app"})})
	if len(reasons) != 1 || reasons[0] != "no Dockerfile" {
		t.Errorf("the problems are %q", reasons)
	}
}

func TestUpdateCountsVersions(t *testing.T) {
	const token = "aws:ec2/launchTemplate:LaunchTemplate"
	p := open(t, provider.Options{})
	id, out := create(t, p, token, values{"name": "host"})
	ask := func(preview bool) properties {
		r, err := p.Update(t.Context(), &pulumirpc.UpdateRequest{
			Id: id, Urn: urn(token, "it"), Olds: wire(t, out), OldInputs: of(t, values{"name": "host"}), Preview: preview,
			News: of(t, values{"name": "host", "imageId": "ami-1", "updateDefaultVersion": true}),
		})
		if err != nil {
			t.Fatal(err)
		}
		return back(t, r.GetProperties())
	}
	if v := ask(true); v.HasValue("latestVersion") || !v["arn"].DeepEquals(out["arn"]) {
		t.Errorf("the preview says %v", v)
	}
	if v := ask(false); v["latestVersion"].NumberValue() != 2 || v["defaultVersion"].NumberValue() != 2 || !v["arn"].DeepEquals(out["arn"]) {
		t.Errorf("the update gives %v", v)
	}
}
