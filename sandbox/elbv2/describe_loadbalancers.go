package elbv2

import (
	"context"
	"slices"
	"strconv"

	"slipway/sandbox/awsapi"
)

type describeLoadBalancersRequest struct {
	LoadBalancerArns []string
	Names            []string
	Paging
}

type describeLoadBalancersAnswer struct {
	LoadBalancers []loadBalancerEntry `xml:"LoadBalancers>member"`
	NextMarker    string              `xml:",omitempty"`
}

type loadBalancerEntry struct {
	LoadBalancerArn   string
	DNSName           string
	CreatedTime       awsapi.Time
	LoadBalancerName  string
	Scheme            string
	VpcId             string     `xml:",omitempty"`
	State             stateEntry // always active: it serves from its creation on
	Type              string
	AvailabilityZones []zoneEntry `xml:"AvailabilityZones>member"`
	SecurityGroups    []string    `xml:"SecurityGroups>member"`
	IpAddressType     string
}

type stateEntry struct{ Code string }

type zoneEntry struct{ SubnetId string }

func (s *Service) describeLoadBalancers(_ context.Context, in describeLoadBalancersRequest) (out describeLoadBalancersAnswer, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, arn := range in.LoadBalancerArns {
		if s.balancers[arn] == nil {
			return out, noLoadBalancer(arn)
		}
	}
	all := s.sortedBalancers()
	for _, name := range in.Names {
		if !slices.ContainsFunc(all, func(l loadBalancer) bool { return l.Name == name }) {
			return out, notFoundNames("LoadBalancerNotFound", "Load balancers", name)
		}
	}
	for _, l := range all {
		if len(in.LoadBalancerArns)+len(in.Names) == 0 ||
			slices.Contains(in.LoadBalancerArns, l.ARN) || slices.Contains(in.Names, l.Name) {
			out.LoadBalancers = append(out.LoadBalancers, s.balancerEntry(l))
		}
	}
	out.LoadBalancers, out.NextMarker, err = cut(in.Paging, out.LoadBalancers, func(e loadBalancerEntry) string { return e.LoadBalancerArn })
	return out, err
}

func (s *Service) balancerEntry(l loadBalancer) loadBalancerEntry {
	e := loadBalancerEntry{
		LoadBalancerArn: l.ARN, DNSName: l.dnsName(), CreatedTime: awsapi.Time{Time: l.Created},
		LoadBalancerName: l.Name, Scheme: l.scheme(), VpcId: s.vpcOf(l.ARN), State: stateEntry{"active"},
		Type: "application", SecurityGroups: l.SecurityGroups, IpAddressType: l.addressType(),
	}
	for _, subnet := range l.subnets() {
		e.AvailabilityZones = append(e.AvailabilityZones, zoneEntry{subnet})
	}
	return e
}

// vpcOf is the VPC of the target groups that the load balancer forwards to; empty without any.
func (s *Service) vpcOf(balancer string) string {
	for _, g := range s.groups {
		if rec := g.record(); slices.Contains(s.balancersOf(rec.ARN), balancer) {
			return rec.VPC
		}
	}
	return ""
}

type describeLoadBalancerAttributesRequest struct{ LoadBalancerArn string }

func (s *Service) describeLoadBalancerAttributes(_ context.Context, in describeLoadBalancerAttributesRequest) (out attributesAnswer, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b := s.balancers[in.LoadBalancerArn]
	if b == nil {
		return out, noLoadBalancer(in.LoadBalancerArn)
	}
	l := b.record()
	mode := l.XFF
	if mode == "" {
		mode = "append"
	}
	out.Attributes = []attribute{
		{"deletion_protection.enabled", strconv.FormatBool(l.DeletionProtection)},
		{"idle_timeout.timeout_seconds", strconv.Itoa(defaulted(l.IdleTimeout, 60))},
		{"routing.http.drop_invalid_header_fields.enabled", strconv.FormatBool(l.DropInvalidHeaders)},
		{"routing.http.preserve_host_header.enabled", strconv.FormatBool(l.PreserveHost)},
		{"routing.http.xff_client_port.enabled", strconv.FormatBool(l.XFFClientPort)},
		{"routing.http.xff_header_processing.mode", mode},
	}
	return out, nil
}
