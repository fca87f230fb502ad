package cost

import (
	"flag"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/costs.md anew")

const page = "../../docs/costs.md"

func of(typ string, inputs map[string]any) Resource { return Resource{"aws:" + typ, inputs} }

func TestOf(t *testing.T) {
	type object = map[string]any
	template := of("ec2/launchTemplate:LaunchTemplate", object{"instanceType": "t3.small",
		"blockDeviceMappings": []any{object{"ebs": object{"volumeSize": 30.0}}}, "networkInterfaces": []any{object{"associatePublicIpAddress": "true"}}})
	task := of("ecs/taskDefinition:TaskDefinition", object{"requiresCompatibilities": []any{"FARGATE"}, "cpu": "256", "memory": "512"})
	tests := []struct {
		name string
		all  []Resource
		want float64
		says string
	}{
		{"nothing", []Resource{of("ec2/vpc:Vpc", nil)}, 0, "about $0 a month"},
		{"an environment on EC2", []Resource{template, of("autoscaling/group:Group", object{"minSize": 1.0}),
			of("lb/loadBalancer:LoadBalancer", object{"subnets": []any{"a", "b"}})},
			15.184 + 2.4 + 3.65 + 16.425 + 7.3, "about $45 a month at rest (us-east-1 prices read in 2026-11): load balancer $17, instances $16, public IPv4 $11, disks $3; not counted: traffic"},
		{"an environment on Fargate", []Resource{task, of("ecs/service:Service", object{"desiredCount": 2.0}), of("ec2/natGateway:NatGateway", nil), of("ec2/eip:Eip", nil)},
			2*(0.25*29.5504+0.5*3.24485) + 32.85 + 3.65, "NAT $33"},
		{"a delivery", []Resource{of("ec2/instance:Instance", object{"instanceType": "t3.large", "rootBlockDevice": object{"volumeSize": 30.0}}),
			of("ebs/volume:Volume", object{"size": 50.0}), of("ec2/eip:Eip", nil), of("kms/key:Key", nil)}, 60.736 + 6.4 + 3.65 + 1, "instances $61, disks $7"},
		{"an instance type without a price", []Resource{of("ec2/instance:Instance", object{"instanceType": "x9.huge"})}, 0, "without x9.huge, whose price is not in the table"},
		{"an internal load balancer has no address", []Resource{of("lb/loadBalancer:LoadBalancer", object{"internal": true, "subnets": []any{"a"}})}, 16.425, ""},
		{"values that are not known before the update", []Resource{of("lb/loadBalancer:LoadBalancer", object{"subnets": "04da6b54"}), of("ebs/volume:Volume", object{"size": nil})}, 16.425, ""},
	}
	for _, test := range tests {
		got := Of(test.all)
		if math.Abs(got.Month-test.want) > 0.01 || !strings.Contains(got.String(), test.says) {
			t.Errorf("%s: %.3f, want %.3f\n%s", test.name, got.Month, test.want, got)
		}
	}
}

// Every price says where it was read, and of when.
func TestSources(t *testing.T) {
	dated := regexp.MustCompile(`20\d\d-\d\d`)
	for key, p := range prices {
		if !dated.MatchString(p.Seen) || p.Source == "" {
			t.Errorf("%s was read at %q", key, p.Seen)
		}
	}
	for kind := range instances {
		family, _, _ := strings.Cut(kind, ".")
		if !dated.MatchString(instancesSeen[family]) {
			t.Errorf("%s was read at %q", kind, instancesSeen[family])
		}
	}
}

// The page holds the table that the program has.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), "<!-- prices -->\n")
	old, after, ends := strings.Cut(rest, "<!-- end of prices -->")
	if !begins || !ends {
		t.Fatal("the page has no place for the table")
	}
	if old == Table() {
		return
	}
	if !*update {
		t.Fatal("docs/costs.md has another table: go test ./automation/cost -update")
	}
	if err := os.WriteFile(page, []byte(before+"<!-- prices -->\n"+Table()+"<!-- end of prices -->"+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
