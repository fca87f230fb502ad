package provider_test

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/provider"
	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
)

var update = flag.Bool("update", false, "write the golden files anew")

// random are the parts of ids and ARNs that differ from one resource to the next.
var random = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|` +
	`2\d{13}\d*|\b(r-)?[0-9]{9,10}\b|(AROA|ANPA|AIPA)[0-9A-F]{17}|[0-9a-f]{40}|[0-9a-f]{24}|[0-9a-f]{16,17}\b|198\.1[89]\.[0-9.]+|ec2-198-[0-9-]+|` +
	`\bpl-[0-9a-f]{8}|-[0-9a-f]{6}\b`)

// running stand in for what really runs, in the types that need it.
var running = map[string]resource.Behaviour{
	"aws:acm/certificate:Certificate": &fake{id: "arn:certificate"},
	"aws:ec2/instance:Instance":       &fake{id: "i-1"},
	"aws:ecs/service:Service":         &fake{id: "arn:service"},
	"aws:kms/alias:Alias":             &fake{id: "alias/a"},
	"aws:kms/key:Key":                 &fake{id: "key"},
	"aws:ssm/association:Association": &fake{id: "association-1"},
}

// TestForms makes one resource of every type with the least that it needs.
func TestForms(t *testing.T) {
	p := open(t, provider.Options{Behaviours: running})
	all := map[string]any{}
	aws := schema.AWS()
	for _, token := range slices.Sorted(maps.Keys(aws.Resources)) {
		id, out := create(t, p, token, least(aws, aws.Resources[token]))
		if id == "" {
			t.Errorf("%s has no id", token)
		}
		problems, err := aws.CheckOutputs(token, out)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range problems {
			t.Error(problem)
		}
		all[token] = values{"id": id, "outputs": schema.PlainMap(out).Mappable()}
	}
	b, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/forms.golden", random.ReplaceAll(b, []byte("…")))
}

// least returns the required inputs of a type, and a name.
func least(p *schema.Package, r *schema.Resource) values {
	in := values{}
	for _, name := range append(r.RequiredInputs, "name", "family", "repositoryName", "bucket", "keyName") {
		if prop := r.Inputs[name]; prop != nil {
			in[name] = sample(p, name, prop)
		}
	}
	return in
}

func sample(p *schema.Package, name string, prop *schema.Property) any {
	switch prop.Type {
	case "string":
		return name + "-1"
	case "boolean":
		return true
	case "integer", "number":
		return 7
	case "array":
		return []any{sample(p, name, prop.Items)}
	case "object":
		return values{"key": sample(p, name, prop.Values)}
	}
	o := p.Object(prop)
	in := values{}
	for _, required := range o.Required {
		in[required] = sample(p, required, o.Properties[required])
	}
	return in
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s is not what came out; go test -update writes it anew", path)
	}
}

// TestRelations checks the outputs that come from another resource.
func TestRelations(t *testing.T) {
	p := open(t, provider.Options{})
	vpc, vpcOut := create(t, p, "aws:ec2/vpc:Vpc", values{"cidrBlock": "10.0.0.0/16"})
	subnet, _ := create(t, p, "aws:ec2/subnet:Subnet", values{"vpcId": vpc, "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1b"})
	eip, eipOut := create(t, p, "aws:ec2/eip:Eip", values{"domain": "vpc"})
	_, nat := create(t, p, "aws:ec2/natGateway:NatGateway", values{"subnetId": subnet, "allocationId": eip})
	group, _ := create(t, p, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", values{"vpcId": vpc})
	_, balancer := create(t, p, "aws:lb/loadBalancer:LoadBalancer", values{"name": "web", "subnets": []any{subnet}})
	listener, _ := create(t, p, "aws:lb/listener:Listener", values{"loadBalancerArn": balancer["arn"].StringValue(), "defaultActions": []any{}})
	_, hosts := create(t, p, "aws:autoscaling/group:Group", values{"name": "hosts", "minSize": 2, "maxSize": 3, "vpcZoneIdentifiers": []any{subnet}})

	for what, pair := range map[string][2]any{
		"address of the NAT gateway":    {nat["publicIp"], eipOut["publicIp"]},
		"default security group":        {text(group), vpcOut["defaultSecurityGroupId"]},
		"main route table":              {vpcOut["mainRouteTableId"], vpcOut["defaultRouteTableId"]},
		"VPC of the load balancer":      {balancer["vpcId"], text(vpc)},
		"capacity of the group":         {hosts["desiredCapacity"], presource.NewProperty(2.0)},
		"zones of the group":            {hosts["availabilityZones"].ArrayValue()[0], text("us-east-1b")},
		"suffix of the load balancer":   {text("arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/" + balancer["arnSuffix"].StringValue()), balancer["arn"]},
		"load balancer of the listener": {text(listener[:len(listener)-17]), text("arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/" + balancer["arnSuffix"].StringValue())},
	} {
		if !pair[0].(presource.PropertyValue).DeepEquals(pair[1].(presource.PropertyValue)) {
			t.Errorf("%s is %v, want %v", what, pair[0], pair[1])
		}
	}
}

func text(s string) presource.PropertyValue { return presource.NewProperty(s) }
