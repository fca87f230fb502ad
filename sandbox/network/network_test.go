package network

import (
	"encoding/base64"
	"maps"
	"strings"
	"testing"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
)

// declared are resources by type and id.
type declared map[string]map[string]map[string]any

func (d declared) Known(token string) (all []resource.Properties, err error) {
	for id, in := range d[token] {
		p := property.NewPropertyMapFromMap(in)
		p["id"] = property.NewProperty(id)
		all = append(all, p)
	}
	return all, nil
}

func (d declared) Changes() uint64 { return 1 }

func (d declared) put(token, id string, in map[string]any) {
	if d[token] == nil {
		d[token] = map[string]map[string]any{}
	}
	d[token][id] = in
}

// change replaces inputs of a resource; nil takes the resource away.
func (d declared) change(token, id string, in map[string]any) {
	if in == nil {
		delete(d[token], id)
		return
	}
	maps.Copy(d[token][id], in)
}

const (
	vpcs         = "aws:ec2/vpc:Vpc"
	subnets      = "aws:ec2/subnet:Subnet"
	routes       = "aws:ec2/route:Route"
	associations = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	ingress      = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egress       = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	groups       = "aws:ec2/securityGroup:SecurityGroup"
	natGateways  = "aws:ec2/natGateway:NatGateway"
	endpoints    = "aws:ec2/vpcEndpoint:VpcEndpoint"
	templates    = "aws:ec2/launchTemplate:LaunchTemplate"
)

// whole is a network in which everything works: a public subnet for the load balancer, a private one with NAT for tasks.
func whole() declared {
	d := declared{}
	d.put(vpcs, "vpc", map[string]any{"defaultSecurityGroupId": "sg-default", "mainRouteTableId": "rtb-main"})
	d.put(subnets, "public", map[string]any{"vpcId": "vpc", "cidrBlock": "10.0.0.0/24"})
	d.put(subnets, "private", map[string]any{"vpcId": "vpc", "cidrBlock": "10.0.1.0/24"})
	d.put("aws:ec2/internetGateway:InternetGateway", "igw", map[string]any{"vpcId": "vpc"})
	d.put(natGateways, "nat", map[string]any{"subnetId": "public"})
	d.put(routes, "out", map[string]any{"routeTableId": "rtb-public", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw"})
	d.put(routes, "by-nat", map[string]any{"routeTableId": "rtb-private", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat"})
	d.put(associations, "a1", map[string]any{"routeTableId": "rtb-public", "subnetId": "public"})
	d.put(associations, "a2", map[string]any{"routeTableId": "rtb-private", "subnetId": "private"})
	d.put(groups, "sg-lb", map[string]any{"vpcId": "vpc"})
	d.put(groups, "sg-app", map[string]any{"vpcId": "vpc"})
	d.put(ingress, "world", rule("sg-lb", 80, "cidrIpv4", "0.0.0.0/0"))
	d.put(egress, "to-app", rule("sg-lb", 8080, "referencedSecurityGroupId", "sg-app"))
	d.put(ingress, "from-lb", rule("sg-app", 8080, "referencedSecurityGroupId", "sg-lb"))
	d.put(egress, "https", rule("sg-app", 443, "cidrIpv4", "0.0.0.0/0"))
	d.put(templates, "lt", map[string]any{
		"instanceType": "t3.small", "userData": base64.StdEncoding.EncodeToString([]byte("#!/bin/bash\ncat >>/etc/ecs/ecs.config <<'END'\nECS_CLUSTER=app\nEND\n")),
		"networkInterfaces": []any{map[string]any{"associatePublicIpAddress": "false", "securityGroups": []any{"sg-app"}}},
	})
	d.put("aws:autoscaling/group:Group", "hosts", map[string]any{
		"vpcZoneIdentifiers": []any{"private"}, "maxSize": 4, "launchTemplate": map[string]any{"id": "lt", "version": "1"},
	})
	return d
}

func rule(group string, port int, key, value string) map[string]any {
	return map[string]any{"securityGroupId": group, "ipProtocol": "tcp", "fromPort": port, "toPort": port, key: value}
}

// endpointsOnly takes NAT away and adds what pulling an image takes without it.
func endpointsOnly(d declared) {
	d.change(routes, "by-nat", nil)
	d.put(groups, "sg-doors", map[string]any{"vpcId": "vpc"})
	d.put(ingress, "doors", rule("sg-doors", 443, "cidrIpv4", "10.0.0.0/16"))
	for _, name := range []string{"ecr.api", "ecr.dkr", "ecs"} {
		d.put(endpoints, name, map[string]any{
			"vpcId": "vpc", "serviceName": "com.amazonaws.us-east-1." + name, "vpcEndpointType": "Interface",
			"subnetIds": []any{"private"}, "securityGroupIds": []any{"sg-doors"}, "privateDnsEnabled": true,
		})
	}
	d.put(endpoints, "s3", map[string]any{
		"vpcId": "vpc", "serviceName": "com.amazonaws.us-east-1.s3", "vpcEndpointType": "Gateway", "routeTableIds": []any{"rtb-private"},
	})
}

var (
	balancer  = Place{Subnets: []string{"public"}, Groups: []string{"sg-lb"}, Port: 80}
	task      = Place{Subnets: []string{"private"}, Groups: []string{"sg-app"}, Port: 8080}
	publicly  = Place{Subnets: []string{"public"}, Groups: []string{"sg-app"}, Public: true}
	addressed = Place{Subnets: []string{"public"}, Groups: []string{"sg-app"}}
)

func TestWhoReachesWhom(t *testing.T) {
	open := func(n *Network) error { return n.Open(balancer, false) }
	inside := func(n *Network) error { return n.Open(balancer, true) }
	reach := func(n *Network) error { return n.Reach(balancer, task) }
	pull := func(from Place) func(*Network) error {
		return func(n *Network) error { return n.Call(from, "ecr.api") }
	}
	layers := func(n *Network) error { return n.Call(task, "s3") }
	join := func(n *Network) error { _, _, err := n.Fleet("app"); return err }
	change := func(token, id string, in map[string]any) func(declared) {
		return func(d declared) { d.change(token, id, in) }
	}
	then := func(all ...func(declared)) func(declared) {
		return func(d declared) {
			for _, one := range all {
				one(d)
			}
		}
	}
	for name, c := range map[string]struct {
		faulty func(declared)
		ask    func(*Network) error
		why    string // "" for what is reached
	}{
		"the world":                            {nil, open, ""},
		"the world, no rule":                   {change(ingress, "world", nil), open, "lets the internet in on port 80"},
		"the world, another port":              {change(ingress, "world", map[string]any{"fromPort": 443, "toPort": 443}), open, "lets the internet in on port 80"},
		"the world, a private block":           {change(ingress, "world", map[string]any{"cidrIpv4": "10.0.0.0/8"}), open, "lets the internet in on port 80"},
		"the world, an office":                 {change(ingress, "world", map[string]any{"cidrIpv4": "203.0.113.0/24"}), open, ""},
		"the world, udp":                       {change(ingress, "world", map[string]any{"ipProtocol": "udp"}), open, "lets the internet in"},
		"the world, every protocol":            {change(ingress, "world", map[string]any{"ipProtocol": "-1", "fromPort": 0, "toPort": 0}), open, ""},
		"the world, no internet gateway":       {change(routes, "out", nil), open, "subnet public has no route to an internet gateway"},
		"the world, a gateway of another VPC":  {change("aws:ec2/internetGateway:InternetGateway", "igw", map[string]any{"vpcId": "other"}), open, "no route to an internet gateway"},
		"the world, not associated":            {change(associations, "a1", nil), open, "no route to an internet gateway"},
		"the world, by the main table":         {then(change(associations, "a1", nil), change(routes, "out", map[string]any{"routeTableId": "rtb-main"})), open, ""},
		"an internal one, a private block":     {change(ingress, "world", map[string]any{"cidrIpv4": "10.0.0.0/8"}), inside, ""},
		"an internal one, no rule":             {change(ingress, "world", nil), inside, "lets anybody in on port 80"},
		"a target":                             {nil, reach, ""},
		"a target, no egress":                  {change(egress, "to-app", nil), reach, "no egress rule of sg-lb leads to sg-app on port 8080"},
		"a target, no ingress":                 {change(ingress, "from-lb", nil), reach, "no ingress rule of sg-app lets sg-lb in on port 8080"},
		"a target, another port":               {change(ingress, "from-lb", map[string]any{"fromPort": 8081, "toPort": 9000}), reach, "lets sg-lb in on port 8080"},
		"a target, another group":              {change(ingress, "from-lb", map[string]any{"referencedSecurityGroupId": "sg-default"}), reach, "lets sg-lb in on port 8080"},
		"a target, by addresses":               {change(ingress, "from-lb", map[string]any{"referencedSecurityGroupId": "", "cidrIpv4": "10.0.0.0/24"}), reach, ""},
		"a target, by too few addresses":       {change(ingress, "from-lb", map[string]any{"referencedSecurityGroupId": "", "cidrIpv4": "10.0.0.0/25"}), reach, "lets sg-lb in"},
		"a target in another VPC":              {change(subnets, "private", map[string]any{"vpcId": "other"}), reach, "are not subnets of one VPC"},
		"a target, rules inside of the groups": {insideGroups, reach, ""},
		"a registry by NAT":                    {nil, pull(task), ""},
		"a registry, no route":                 {change(routes, "by-nat", nil), pull(task), "subnet private has no route to the internet, and no VPC endpoint for ecr.api is reached"},
		"a registry, NAT in a private subnet":  {change(natGateways, "nat", map[string]any{"subnetId": "private"}), pull(task), "no route to the internet"},
		"a registry, no egress":                {change(egress, "https", nil), pull(task), "no egress rule of sg-app leads to the internet on port 443"},
		"a registry, a public address":         {nil, pull(publicly), ""},
		"a registry, no public address":        {nil, pull(addressed), "takes it to have a public IP address"},
		"a registry by endpoints":              {endpointsOnly, pull(task), ""},
		"layers by a gateway endpoint":         {endpointsOnly, layers, ""},
		"layers, another table":                {then(endpointsOnly, change(endpoints, "s3", map[string]any{"routeTableIds": []any{"rtb-public"}})), layers, "no VPC endpoint for s3"},
		"an endpoint that lets nobody in":      {then(endpointsOnly, change(ingress, "doors", nil)), pull(task), "no VPC endpoint for ecr.api"},
		"an endpoint without its name":         {then(endpointsOnly, change(endpoints, "ecr.api", map[string]any{"privateDnsEnabled": false})), pull(task), "no VPC endpoint for ecr.api"},
		"instances join":                       {nil, join, ""},
		"instances that reach nothing":         {change(routes, "by-nat", nil), join, "its instances do not reach ECS: subnet private has no route"},
	} {
		t.Run(name, func(t *testing.T) {
			d := whole()
			if c.faulty != nil {
				c.faulty(d)
			}
			err := c.ask(New(d, "us-east-1"))
			if c.why == "" && err != nil || c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)) {
				t.Errorf("%v, want %q", err, c.why)
			}
		})
	}
}

// insideGroups writes the rules of the groups into them.
func insideGroups(d declared) {
	d.change(egress, "to-app", nil)
	d.change(ingress, "from-lb", nil)
	d.change(groups, "sg-lb", map[string]any{"egress": []any{map[string]any{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": []any{"0.0.0.0/0"}}}})
	d.change(groups, "sg-app", map[string]any{"ingress": []any{map[string]any{"protocol": "tcp", "fromPort": 1, "toPort": 65535, "securityGroups": []any{"sg-lb"}}}})
}

func TestTheSizesOfInstances(t *testing.T) {
	for name, want := range map[string]Size{
		"t3.nano": {2048, 486}, "t3.small": {2048, 1945}, "t4g.2xlarge": {8192, 31129}, "m7g.medium": {1024, 3891}, "c6i.large": {2048, 3891},
		"r5.4xlarge": {16384, 124518}, "m6i.metal": {}, "p4d.24xlarge": {}, "t3": {}, "": {},
	} {
		got, known := SizeOf(name)
		if known != (want != Size{}) || known && got != want {
			t.Errorf("%s has %+v, %v", name, got, known)
		}
	}
}

func TestTheInstancesOfACluster(t *testing.T) {
	d := whole()
	f, found, err := New(d, "us-east-1").Fleet("app")
	if err != nil || !found || f.Type != "t3.small" || f.Most != 4 || strings.Join(f.Place.Groups, " ") != "sg-app" || f.Place.Public {
		t.Errorf("%+v %v %v", f, found, err)
	}
	if f, found, _ := New(d, "us-east-1").Fleet("other"); found {
		t.Errorf("another cluster has %+v", f)
	}
	d.change(templates, "lt", map[string]any{"userData": ""})
	if _, found, _ := New(d, "us-east-1").Fleet("default"); !found {
		t.Error("instances without a cluster's name do not join the default one")
	}
}

// A graph is read again only when something was declared.
func TestWhatIsDeclaredLater(t *testing.T) {
	d := &counted{declared: whole()}
	n := New(d, "us-east-1")
	d.change(ingress, "from-lb", nil)
	if n.Reach(balancer, task) == nil {
		t.Fatal("a rule that does not exist lets it in")
	}
	d.put(ingress, "from-lb", rule("sg-app", 8080, "referencedSecurityGroupId", "sg-lb"))
	d.changes++
	if err := n.Reach(balancer, task); err != nil {
		t.Error(err)
	}
}

type counted struct {
	declared
	changes uint64
}

func (c *counted) Changes() uint64 { return c.changes }
