package sandbox

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/elbv2"
	"slipway/sandbox/network"
)

// undeclare deletes a resource as Pulumi does.
func (s *services) undeclare(t *testing.T, token, name string, out property.PropertyMap) {
	t.Helper()
	properties, err := plugin.MarshalProperties(out, plugin.MarshalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.remembered.Delete(t.Context(), &pulumirpc.DeleteRequest{
		Urn: "urn:pulumi:dev::slipway::" + token + "::" + name, Id: out["id"].StringValue(), Properties: properties,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// balanced declares a VPC with a load balancer in a public subnet that forwards to a group of targets.
type balanced struct {
	lb, group, toApp        property.PropertyMap
	public, private, appIDs string
}

func (s *services) balanced(t *testing.T) (b balanced) {
	id := func(token, name string, in map[string]any) string {
		return s.declare(t, token, name, in)["id"].StringValue()
	}
	vpc := id("aws:ec2/vpc:Vpc", "vpc", map[string]any{"cidrBlock": "10.0.0.0/16"})
	igw := id("aws:ec2/internetGateway:InternetGateway", "igw", map[string]any{"vpcId": vpc})
	b.public = id("aws:ec2/subnet:Subnet", "public", map[string]any{"vpcId": vpc, "cidrBlock": "10.0.0.0/24", "availabilityZone": "eu-west-1a"})
	second := id("aws:ec2/subnet:Subnet", "second", map[string]any{"vpcId": vpc, "cidrBlock": "10.0.1.0/24", "availabilityZone": "eu-west-1b"})
	b.private = id("aws:ec2/subnet:Subnet", "private", map[string]any{"vpcId": vpc, "cidrBlock": "10.0.2.0/24", "availabilityZone": "eu-west-1a"})
	table := id("aws:ec2/routeTable:RouteTable", "public", map[string]any{"vpcId": vpc})
	s.declare(t, "aws:ec2/route:Route", "out", map[string]any{"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": igw})
	s.declare(t, "aws:ec2/routeTableAssociation:RouteTableAssociation", "public", map[string]any{"routeTableId": table, "subnetId": b.public})
	s.declare(t, "aws:ec2/routeTableAssociation:RouteTableAssociation", "second", map[string]any{"routeTableId": table, "subnetId": second})
	front := id("aws:ec2/securityGroup:SecurityGroup", "lb", map[string]any{"vpcId": vpc, "name": "lb"})
	b.appIDs = id("aws:ec2/securityGroup:SecurityGroup", "app", map[string]any{"vpcId": vpc, "name": "app"})
	rule := func(group string, port int, key, value string) map[string]any {
		return map[string]any{"securityGroupId": group, "ipProtocol": "tcp", "fromPort": port, "toPort": port, key: value}
	}
	s.declare(t, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "world", rule(front, 80, "cidrIpv4", "0.0.0.0/0"))
	s.declare(t, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "out", rule(front, 8080, "referencedSecurityGroupId", b.appIDs))
	b.toApp = s.declare(t, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "in", rule(b.appIDs, 8080, "referencedSecurityGroupId", front))
	b.lb = s.declare(t, "aws:lb/loadBalancer:LoadBalancer", "web", map[string]any{"name": "web", "subnets": []any{b.public, second}, "securityGroups": []any{front}})
	b.group = s.declare(t, "aws:lb/targetGroup:TargetGroup", "web", map[string]any{
		"name": "web", "port": 80, "protocol": "HTTP", "vpcId": vpc, "targetType": "ip",
		"healthCheck": map[string]any{"path": "/", "interval": 5, "timeout": 2, "healthyThreshold": 2, "unhealthyThreshold": 2},
	})
	s.declare(t, "aws:lb/listener:Listener", "web", map[string]any{
		"loadBalancerArn": b.lb["arn"].StringValue(), "port": 80, "protocol": "HTTP",
		"defaultActions": []any{map[string]any{"type": "forward", "targetGroupArn": b.group["arn"].StringValue()}},
	})
	return b
}

// What a stack declares decides at once who is reached: a rule that is taken away makes a target time out.
func TestTheDeclaredNetworkDecides(t *testing.T) {
	s, _ := newFront(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.elbv2.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(app.Close)
	b := s.balanced(t)
	group, address := b.group["arn"].StringValue(), app.Listener.Addr().String()
	at := network.Place{Subnets: []string{b.private}, Groups: []string{b.appIDs}, Port: 8080}
	if err := s.elbv2.Register(t.Context(), group, "10.0.2.7", address, at); err != nil {
		t.Fatal(err)
	}
	reaches := func(want string) (why string) {
		t.Helper()
		state := ""
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-time.After(10 * time.Millisecond) {
			if state, why = s.elbv2.State(group, "10.0.2.7", address); state == want {
				return why
			}
		}
		t.Fatalf("it is %s: %s", state, why)
		return ""
	}
	reaches(elbv2.Healthy)
	url := "http://" + b.lb["dnsName"].StringValue()
	if resp, err := http.Get(url); err != nil || resp.StatusCode != http.StatusOK {
		t.Error(resp, err)
	}
	s.undeclare(t, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "in", b.toApp)
	if why := reaches(elbv2.Unhealthy); why != "Request timed out" {
		t.Errorf("it is unhealthy because of %q", why)
	}
	if err := s.network.Call(at, "ecr.api"); err == nil {
		t.Error("a private subnet without NAT or endpoints reaches ECR")
	}
}
