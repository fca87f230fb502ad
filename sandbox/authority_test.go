package sandbox

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/iam/calls"
	"slipway/sandbox/naming"
	"slipway/sandbox/sigv4"
)

// declare makes a resource as Pulumi does and returns its outputs, with its id.
func (s *services) declare(t *testing.T, token, name string, in map[string]any) property.PropertyMap {
	t.Helper()
	inputs, err := plugin.MarshalProperties(property.NewPropertyMapFromMap(in), plugin.MarshalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	made, err := s.remembered.Create(t.Context(), &pulumirpc.CreateRequest{Urn: "urn:pulumi:dev::slipway::" + token + "::" + name, Properties: inputs})
	if err != nil {
		t.Fatal(err)
	}
	out, err := plugin.UnmarshalProperties(made.GetProperties(), plugin.MarshalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	out["id"] = property.NewProperty(made.GetId())
	return out
}

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func allow(resource string, actions ...string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["` + strings.Join(actions, `","`) + `"],"Resource":"` + resource + `"}]}`
}

// role declares a role with policies, and returns the key of a session of it.
func (s *services) role(t *testing.T, name string, documents ...string) sigv4.Credentials {
	t.Helper()
	s.declare(t, "aws:iam/role:Role", name, map[string]any{"name": name, "assumeRolePolicy": trust})
	for i, document := range documents {
		own := name + string(rune('a'+i))
		s.declare(t, "aws:iam/policy:Policy", own, map[string]any{"name": own, "policy": document})
		s.declare(t, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", own, map[string]any{"role": name, "policyArn": naming.GlobalARN("iam", "policy/"+own)})
	}
	c, err := s.keys.Assume(sigv4.Role{Name: name, ID: "AROA", Session: "i-1"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatARoleMayDo(t *testing.T) {
	s, server := newFront(t)
	bucket := s.config.StateBucket()
	for _, key := range []string{"own/a", "other"} {
		if _, err := s.s3.Put(context.Background(), bucket, key, strings.NewReader("text")); err != nil {
			t.Fatal(err)
		}
	}
	reader := s.role(t, "reader", allow("arn:aws:s3:::"+bucket+"/own/*", "s3:GetObject"), allow(s.config.StateKey, "kms:Decrypt"),
		allow("*", "ecs:ListClusters", "elasticloadbalancing:DescribeLoadBalancers"))
	keyless := s.role(t, "keyless", allow("arn:aws:s3:::"+bucket+"/own/*", "s3:GetObject"))
	none := s.role(t, "none")
	const list = "AmazonEC2ContainerServiceV20141113.ListClusters"
	get := func(key string) asked { return asked{method: "GET", path: "/" + bucket + "/" + key, service: "s3"} }
	put := asked{method: "PUT", path: "/" + bucket + "/own/a", service: "s3"}
	lists := asked{method: "POST", path: "/", target: list, service: "ecs"}
	describes := asked{method: "POST", path: "/", form: "Action=DescribeLoadBalancers&Version=2015-12-01", service: "elasticloadbalancing"}
	self := asked{method: "POST", path: "/", form: "Action=GetCallerIdentity&Version=2011-06-15", service: "sts"}
	for name, c := range map[string]struct {
		asked
		as     sigv4.Credentials
		status int
		text   string
	}{
		"granted object":    {get("own/a"), reader, 200, "text"},
		"another object":    {get("other"), reader, 403, "assumed-role/reader/i-1 is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::" + bucket + "/other because no identity-based policy allows the s3:GetObject action"},
		"another action":    {put, reader, 403, "s3:PutObject on resource: arn:aws:s3:::" + bucket + "/own/a"},
		"without the key":   {get("own/a"), keyless, 403, "kms:Decrypt on resource: " + s.config.StateKey},
		"granted json":      {lists, reader, 200, "clusterArns"},
		"json, nothing":     {lists, none, 400, "AccessDeniedException"},
		"granted query":     {describes, reader, 200, "DescribeLoadBalancersResult"},
		"query, nothing":    {describes, none, 403, "<Code>AccessDenied</Code>"},
		"who one is":        {self, none, 200, "assumed-role/none/i-1"},
		"an unknown action": {asked{method: "POST", path: "/", target: "AmazonEC2ContainerServiceV20141113.DoNothing", service: "ecs"}, none, 400, "UnknownOperationException"},
	} {
		t.Run(name, func(t *testing.T) {
			c.region, c.key, c.token = "eu-west-1", sigv4.Root{AccessKeyID: c.as.AccessKeyID, SecretAccessKey: c.as.SecretAccessKey}, c.as.SessionToken
			status, text, _ := c.send(t, server.URL)
			if status != c.status || !strings.Contains(text, c.text) {
				t.Errorf("it is answered %d %s", status, text)
			}
		})
	}
}

// A job's session is for the job's objects: everything else is refused.
func TestAJobMayOnlyReachItsObjects(t *testing.T) {
	s, server := newFront(t)
	c, err := s.keys.Issue(sigv4.Scope{Read: []string{s.config.StateBucket() + "/"}}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	lists := asked{
		method: "POST", path: "/", target: "AmazonEC2ContainerServiceV20141113.ListClusters", service: "ecs", region: "eu-west-1",
		key: sigv4.Root{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey}, token: c.SessionToken,
	}
	if status, text, _ := lists.send(t, server.URL); status != 400 || !strings.Contains(text, "no session policy allows the ecs:ListClusters action") {
		t.Errorf("it is answered %d %s", status, text)
	}
}

// An action without a rule would be allowed to everybody.
func TestEveryActionHasARule(t *testing.T) {
	s, _ := newFront(t)
	for _, service := range s.apis() {
		for action := range service.Actions {
			if !calls.Known(service.Name, action) {
				t.Errorf("no rule says what %s:%s asks IAM for", service.Name, action)
			}
		}
	}
	if !slices.ContainsFunc(s.apis(), func(a awsapi.Service) bool { return a.Name == "kms" }) {
		t.Error("the services are not all there")
	}
}
