package infra

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"slipway/infra/config"
)

func TestOrderOfDestruction(t *testing.T) {
	r := environmentWith(t, variants["everything"])
	service := r.only(t, serviceType)
	group := r.only(t, "aws:autoscaling/group:Group")
	needs(t, service, "ClusterCapacityProviders::slipway-dev-capacity", "Listener::slipway-dev-https", "RolePolicy::slipway-dev-execution",
		"Route::slipway-dev-public", "SecurityGroupEgressRule::slipway-dev-app-to-world-443")
	needs(t, group, "Route::slipway-dev-public", "Route::slipway-dev-private-1", "RouteTableAssociation::slipway-dev-private-1",
		"RolePolicyAttachment::slipway-dev-host-ecs", "RolePolicy::slipway-dev-host-ssm",
		"SecurityGroupEgressRule::slipway-dev-app-to-world-443", "LaunchTemplate::slipway-dev-hosts")
	needs(t, r.only(t, "aws:ec2/launchTemplate:LaunchTemplate"), "Cluster::slipway-dev-cluster")
	needs(t, r.only(t, "aws:ecs/capacityProvider:CapacityProvider"), "Group::slipway-dev-hosts")
	needs(t, r.only(t, "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"), "CapacityProvider::slipway-dev-hosts")
	needs(t, r.only(t, "aws:lb/loadBalancer:LoadBalancer"), "Route::slipway-dev-public")
	if !group.truth("forceDelete") || group.truth("protectFromScaleIn") || !service.truth("forceDelete") || service.truth("waitForSteadyState") {
		t.Error("a destroy or an update could wait for ever")
	}
}

func needs(t *testing.T, d declared, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !slices.ContainsFunc(d.dependencies, func(urn string) bool { return strings.HasSuffix(urn, ":"+want) }) {
			t.Errorf("%s does not depend on %s, but on %q", d.name, want, d.dependencies)
		}
	}
}

func TestRolloutIsGuarded(t *testing.T) {
	service := environmentWith(t, map[string]string{"minimumHealthyPercent": "50"}).only(t, serviceType)
	if !service.truth("deploymentCircuitBreaker.enable") || !service.truth("deploymentCircuitBreaker.rollback") {
		t.Error("the circuit breaker is off")
	}
	if service.number("deploymentMinimumHealthyPercent") != 50 || service.number("deploymentMaximumPercent") != 200 {
		t.Errorf("service is %v", service.inputs)
	}
}

func TestHostsStandWhereTheyReachTheInternet(t *testing.T) {
	for nat, want := range map[string]struct{ subnet, public string }{
		config.NATNone: {"slipway-dev-public-1-id", "true"}, config.NATSingle: {"slipway-dev-private-1-id", "false"},
	} {
		r := environmentWith(t, map[string]string{"nat": nat})
		group, template := r.only(t, "aws:autoscaling/group:Group"), r.only(t, "aws:ec2/launchTemplate:LaunchTemplate")
		if got := group.text("vpcZoneIdentifiers[0]"); got != want.subnet {
			t.Errorf("nat %s: instances stand in %s", nat, got)
		}
		if got := template.text("networkInterfaces[0].associatePublicIpAddress"); got != want.public {
			t.Errorf("nat %s: public IP is %s", nat, got)
		}
		fargate := environmentWith(t, map[string]string{"nat": nat, "capacity": "fargate"}).only(t, serviceType)
		if fargate.text("networkConfiguration.subnets[0]") != want.subnet || fargate.truth("networkConfiguration.assignPublicIp") != (want.public == "true") {
			t.Errorf("nat %s: tasks stand in %v", nat, fargate.inputs["networkConfiguration"])
		}
	}
}

func TestNATGateways(t *testing.T) {
	for nat, want := range map[string]int{config.NATNone: 0, config.NATSingle: 1, config.NATPerZone: 3} {
		r := environmentWith(t, map[string]string{"nat": nat, "zones": "3"})
		if got := len(r.of("aws:ec2/natGateway:NatGateway")); got != want {
			t.Errorf("nat %s: %d gateways", nat, got)
		}
	}
}

func TestSubnetsDoNotOverlap(t *testing.T) {
	r := environmentWith(t, map[string]string{"zones": "3", "vpcCidr": "192.168.2.0/23"})
	subnets := r.of("aws:ec2/subnet:Subnet")
	if len(subnets) != 6 {
		t.Fatalf("there are %d subnets", len(subnets))
	}
	vpc := netip.MustParsePrefix("192.168.2.0/23")
	for i, a := range subnets {
		block := netip.MustParsePrefix(a.text("cidrBlock"))
		if !vpc.Overlaps(block) || block.Bits() != 27 {
			t.Errorf("%s is %s", a.name, block)
		}
		for _, b := range subnets[:i] {
			if block.Overlaps(netip.MustParsePrefix(b.text("cidrBlock"))) {
				t.Errorf("%s overlaps %s", a.name, b.name)
			}
		}
	}
	if zone := subnets[0].text("availabilityZone"); zone != "us-east-1a" {
		t.Errorf("the first zone is %s", zone)
	}
}

func TestTooFewZones(t *testing.T) {
	_, err := program(map[string]string{"kind": config.KindEnvironment, "zones": "4", "image": testImage}, released)
	if err == nil || !strings.Contains(err.Error(), "us-east-1 has 3 availability zone(s) that offer t3.small: us-east-1a, us-east-1b, us-east-1c") {
		t.Errorf("got %v", err)
	}
}

func TestLoadBalancer(t *testing.T) {
	plain, secure := environmentWith(t, variants["ec2"]), environmentWith(t, variants["everything"])
	if !plain.only(t, "aws:lb/loadBalancer:LoadBalancer").truth("dropInvalidHeaderFields") {
		t.Error("invalid headers pass")
	}
	target := plain.only(t, "aws:lb/targetGroup:TargetGroup")
	if target.number("healthCheck.interval") != 5 || target.number("healthCheck.healthyThreshold") != 2 || target.number("deregistrationDelay") != 15 || target.text("targetType") != "instance" {
		t.Errorf("target group is %v", target.inputs)
	}
	if action := plain.only(t, "aws:lb/listener:Listener").text("defaultActions[0].type"); action != "forward" {
		t.Errorf("HTTP is answered by %s", action)
	}
	listeners := secure.of("aws:lb/listener:Listener")
	if len(listeners) != 2 || listeners[0].text("defaultActions[0].type") != "redirect" || listeners[1].text("protocol") != "HTTPS" || listeners[1].text("sslPolicy") != "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" {
		t.Errorf("listeners are %v", listeners)
	}
}

func TestAutoscalingWhenAskedFor(t *testing.T) {
	if n := len(environmentWith(t, nil).of("aws:appautoscaling/target:Target")); n != 0 {
		t.Errorf("%d targets without being asked for", n)
	}
	target := environmentWith(t, map[string]string{"maxCount": "5"}).only(t, "aws:appautoscaling/target:Target")
	if target.number("minCapacity") != 2 || target.number("maxCapacity") != 5 || target.text("resourceId") != "service/slipway-dev-cluster/slipway-dev-service" {
		t.Errorf("target is %v", target.inputs)
	}
}

func TestCapacityProviderLetsInstancesGo(t *testing.T) {
	provider := environmentWith(t, nil).only(t, "aws:ecs/capacityProvider:CapacityProvider")
	for path, want := range map[string]string{"managedDraining": "ENABLED", "managedScaling.status": "ENABLED", "managedTerminationProtection": "DISABLED"} {
		if got := provider.text("autoScalingGroupProvider." + path); got != want {
			t.Errorf("%s is %s", path, got)
		}
	}
}

// withoutTags are types that take none.
var withoutTags = []string{
	"aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation", "aws:iam/rolePolicy:RolePolicy",
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", "aws:appautoscaling/policy:Policy",
	"aws:route53/record:Record", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "aws:s3/bucketPolicy:BucketPolicy",
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
}

func TestEverythingIsTagged(t *testing.T) {
	for name, config := range variants {
		for _, d := range environmentWith(t, config).all {
			if !strings.HasPrefix(d.kind, "aws:") || slices.Contains(withoutTags, d.kind) {
				continue
			}
			if d.kind == "aws:autoscaling/group:Group" {
				if d.text("tags[0].key") != "AmazonECSManaged" {
					t.Errorf("%s: %s has tags %v", name, d.name, d.inputs["tags"])
				}
			} else if d.text(`tags["slipway:stack"]`) != "dev" {
				t.Errorf("%s: %s %s has no tags", name, d.kind, d.name)
			}
		}
	}
}
