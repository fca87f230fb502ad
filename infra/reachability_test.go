package infra

import (
	"net/netip"
	"net/url"
	"testing"

	"slipway/infra/outputs"
)

const (
	ingressType  = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egressType   = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	balancerType = "aws:lb/loadBalancer:LoadBalancer"
)

// party is an end of a connection: a security group of a graph, or an address outside of it.
type party struct {
	group string
	at    netip.Addr
}

var (
	internet = party{at: netip.MustParseAddr("198.51.100.7")}
	people   = party{at: netip.MustParseAddr("203.0.113.9")}
)

// admits says whether one side's rules let a port through to, or from, the other side. A party outside has no rules here.
func (r *recording) admits(kind string, own, other party, port float64) bool {
	if own.group == "" {
		return true
	}
	for _, rule := range r.of(kind) {
		if rule.text("securityGroupId") != own.group || port < rule.number("fromPort") || port > rule.number("toPort") {
			continue
		}
		block, err := netip.ParsePrefix(rule.text("cidrIpv4"))
		if err == nil && other.group == "" && block.Contains(other.at) || other.group != "" && rule.text("referencedSecurityGroupId") == other.group {
			return true
		}
	}
	return false
}

// reaches is a connection within one graph, or between it and an address outside.
func (r *recording) reaches(from, to party, port float64) bool {
	return r.admits(egressType, from, to, port) && r.admits(ingressType, to, from, port)
}

func group(d declared, path string) party { return party{group: d.text(path)} }

// tasksOf are where the load balancer finds tasks, and the least and the greatest port that one may have there.
func tasksOf(t *testing.T, r *recording) (party, []float64) {
	if templates := r.of("aws:ec2/launchTemplate:LaunchTemplate"); len(templates) == 1 {
		// Docker takes ephemeral ports of the host for containers on a bridge: 32768 to 60999 on Linux.
		return group(templates[0], "networkInterfaces[0].securityGroups[0]"), []float64{32768, 60999}
	}
	service := r.only(t, serviceType)
	return group(service, "networkConfiguration.securityGroups[0]"), []float64{service.number("loadBalancers[0].containerPort")}
}

// What has to be reached in an environment is, by the rules of its security groups.
func TestEnvironmentIsReachable(t *testing.T) {
	for name, config := range variants {
		r := environmentWith(t, config)
		balancer := group(r.only(t, balancerType), "securityGroups[0]")
		tasks, ports := tasksOf(t, r)
		for _, listener := range r.of("aws:lb/listener:Listener") {
			if port := listener.number("port"); !r.reaches(people, balancer, port) {
				t.Errorf("%s: people do not reach port %v of the load balancer", name, port)
			}
		}
		for _, port := range ports {
			if !r.reaches(balancer, tasks, port) {
				t.Errorf("%s: the load balancer does not reach port %v of tasks", name, port)
			}
			if r.reaches(internet, tasks, port) {
				t.Errorf("%s: the internet reaches port %v of tasks", name, port)
			}
		}
		if !r.reaches(tasks, internet, 443) {
			t.Errorf("%s: tasks and hosts do not reach ECS, ECR, S3 and CloudWatch Logs", name)
		}
	}
}

// The Jenkins host proves a release where the app answers, whether that has a certificate or not; and it reaches AWS, git
// and where packages are, but is reached by those allowed only.
func TestJenkinsHostReachesWhatItNeeds(t *testing.T) {
	for name, config := range deliveryVariants {
		delivery := deliveryWith(t, config)
		host := group(delivery.only(t, instanceType), "vpcSecurityGroupIds[0]")
		for environment, values := range variants {
			r := environmentWith(t, values)
			port := portOf(t, r)
			if balancer := group(r.only(t, balancerType), "securityGroups[0]"); !delivery.reaches(host, internet, port) || !r.reaches(internet, balancer, port) {
				t.Errorf("%s: the Jenkins host does not reach %v of %s", name, r.exported[outputs.AppURL], environment)
			}
		}
		for what, port := range map[string]float64{"ECR, S3 and git": 443, "packages": 80} {
			if !delivery.reaches(host, internet, port) {
				t.Errorf("%s: the Jenkins host does not reach %s", name, what)
			}
		}
		if !delivery.reaches(people, host, 8443) || delivery.reaches(internet, host, 8443) || delivery.reaches(people, host, 22) {
			t.Errorf("%s: the Jenkins host is not open to those allowed only", name)
		}
	}
}

// portOf is where the app answers, by its URL.
func portOf(t *testing.T, r *recording) float64 {
	t.Helper()
	at, err := url.Parse(sprint(r.exported[outputs.AppURL]))
	ports := map[string]float64{"http": 80, "https": 443}
	if err != nil || ports[at.Scheme] == 0 || at.Port() != "" {
		t.Fatalf("the app answers at %v", r.exported[outputs.AppURL])
	}
	return ports[at.Scheme]
}
