package elbv2

import (
	"cmp"
	"context"
	"net"
	"slices"
	"strconv"
	"strings"

	"slipway/sandbox/awsapi"
)

type describeTargetGroupsRequest struct {
	LoadBalancerArn string
	TargetGroupArns []string
	Names           []string
	Paging
}

type describeTargetGroupsAnswer struct {
	TargetGroups []targetGroupEntry `xml:"TargetGroups>member"`
	NextMarker   string             `xml:",omitempty"`
}

type targetGroupEntry struct {
	TargetGroupArn             string
	TargetGroupName            string
	Protocol                   string
	Port                       int
	VpcId                      string `xml:",omitempty"`
	HealthCheckProtocol        string
	HealthCheckPort            string
	HealthCheckEnabled         bool
	HealthCheckIntervalSeconds int
	HealthCheckTimeoutSeconds  int
	HealthyThresholdCount      int
	UnhealthyThresholdCount    int
	HealthCheckPath            string
	Matcher                    matcherEntry
	LoadBalancerArns           []string `xml:"LoadBalancerArns>member"`
	TargetType                 string
	ProtocolVersion            string
	IpAddressType              string
}

type matcherEntry struct{ HttpCode string }

func (s *Service) describeTargetGroups(_ context.Context, in describeTargetGroupsRequest) (out describeTargetGroupsAnswer, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, arn := range in.TargetGroupArns {
		if s.groups[arn] == nil {
			return out, noTargetGroup(arn)
		}
	}
	all := s.sortedGroups()
	for _, name := range in.Names {
		if !slices.ContainsFunc(all, func(g targetGroup) bool { return g.Name == name }) {
			return out, notFoundNames("TargetGroupNotFound", "One or more target groups", name)
		}
	}
	for _, g := range all {
		balancers := s.balancersOf(g.ARN)
		if (len(in.TargetGroupArns)+len(in.Names) == 0 && in.LoadBalancerArn == "") ||
			slices.Contains(in.TargetGroupArns, g.ARN) || slices.Contains(in.Names, g.Name) ||
			slices.Contains(balancers, in.LoadBalancerArn) {
			out.TargetGroups = append(out.TargetGroups, groupEntry(g, balancers))
		}
	}
	out.TargetGroups, out.NextMarker, err = cut(in.Paging, out.TargetGroups, func(e targetGroupEntry) string { return e.TargetGroupArn })
	return out, err
}

func groupEntry(g targetGroup, balancers []string) targetGroupEntry {
	h := g.checks()
	return targetGroupEntry{
		TargetGroupArn: g.ARN, TargetGroupName: g.Name, Protocol: g.Protocol, Port: defaulted(g.Port, 80), VpcId: g.VPC,
		HealthCheckProtocol: h.Protocol, HealthCheckPort: h.Port, HealthCheckEnabled: *h.Enabled,
		HealthCheckIntervalSeconds: h.Interval, HealthCheckTimeoutSeconds: h.Timeout,
		HealthyThresholdCount: h.HealthyThreshold, UnhealthyThresholdCount: h.UnhealthyThreshold,
		HealthCheckPath: h.Path, Matcher: matcherEntry{h.Matcher}, LoadBalancerArns: balancers,
		TargetType: g.targetType(), ProtocolVersion: "HTTP1", IpAddressType: "ipv4",
	}
}

type describeTargetGroupAttributesRequest struct{ TargetGroupArn string }

func (s *Service) describeTargetGroupAttributes(_ context.Context, in describeTargetGroupAttributesRequest) (out attributesAnswer, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	g := s.groups[in.TargetGroupArn]
	if g == nil {
		return out, noTargetGroup(in.TargetGroupArn)
	}
	rec := g.record()
	out.Attributes = []attribute{
		{"deregistration_delay.timeout_seconds", strconv.Itoa(rec.delay())},
		{"load_balancing.algorithm.type", rec.algorithm()},
		{"slow_start.duration_seconds", "0"},
		{"stickiness.enabled", "false"},
	}
	return out, nil
}

type describeTargetHealthRequest struct {
	TargetGroupArn string
	Targets        []targetRequest
}

type targetRequest struct {
	Id   string
	Port int
}

type describeTargetHealthAnswer struct {
	TargetHealthDescriptions []targetHealthEntry `xml:"TargetHealthDescriptions>member"`
}

type targetHealthEntry struct {
	Target          targetEntry
	HealthCheckPort string
	TargetHealth    healthEntry
}

type targetEntry struct {
	Id   string
	Port int
}

type healthEntry struct {
	State       string
	Reason      string `xml:",omitempty"`
	Description string `xml:",omitempty"`
}

func (s *Service) describeTargetHealth(_ context.Context, in describeTargetHealthRequest) (out describeTargetHealthAnswer, err error) {
	s.mu.RLock()
	g := s.groups[in.TargetGroupArn]
	s.mu.RUnlock()
	if g == nil {
		return out, noTargetGroup(in.TargetGroupArn)
	}
	all := g.describe()
	if len(in.Targets) == 0 {
		out.TargetHealthDescriptions = all
		return out, nil
	}
	for _, want := range in.Targets {
		out.TargetHealthDescriptions = append(out.TargetHealthDescriptions, lookUp(all, want))
	}
	return out, nil
}

func lookUp(all []targetHealthEntry, want targetRequest) targetHealthEntry {
	for _, e := range all {
		if e.Target.Id == want.Id && (want.Port == 0 || e.Target.Port == want.Port) {
			return e
		}
	}
	return targetHealthEntry{
		Target:       targetEntry(want),
		TargetHealth: healthEntry{Unused, notRegistered, descriptions[notRegistered]},
	}
}

func (g *group) describe() (all []targetHealthEntry) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, t := range g.targets {
		_, port, _ := net.SplitHostPort(t.address)
		checked := g.record().checks().Port
		if checked == "traffic-port" {
			checked = port
		}
		n, _ := strconv.Atoi(port)
		all = append(all, targetHealthEntry{
			Target: targetEntry{t.id, n}, HealthCheckPort: checked,
			TargetHealth: healthEntry{t.health.state, t.health.reason, t.health.description},
		})
	}
	slices.SortFunc(all, func(a, b targetHealthEntry) int {
		return cmp.Or(strings.Compare(a.Target.Id, b.Target.Id), a.Target.Port-b.Target.Port)
	})
	return all
}

func notFoundNames(code, what, name string) error {
	return awsapi.Errorf(code, "%s '[%s]' not found", what, name)
}
