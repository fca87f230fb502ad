package elbv2

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// loadBalancer is what the store keeps of a load balancer: its inputs, and the port it was given.
type loadBalancer struct {
	Name               string            `json:"name"`
	NamePrefix         string            `json:"namePrefix,omitempty"`
	Type               string            `json:"loadBalancerType,omitempty"`
	Internal           bool              `json:"internal,omitempty"`
	IPAddressType      string            `json:"ipAddressType,omitempty"`
	Subnets            []string          `json:"subnets,omitempty"`
	SubnetMappings     []subnetMapping   `json:"subnetMappings,omitempty"`
	SecurityGroups     []string          `json:"securityGroups,omitempty"`
	IdleTimeout        *int              `json:"idleTimeout,omitempty"`
	ClientKeepAlive    *int              `json:"clientKeepAlive,omitempty"`
	DropInvalidHeaders bool              `json:"dropInvalidHeaderFields,omitempty"`
	PreserveHost       bool              `json:"preserveHostHeader,omitempty"`
	EnableHTTP2        *bool             `json:"enableHttp2,omitempty"`
	DeletionProtection bool              `json:"enableDeletionProtection,omitempty"`
	XFF                string            `json:"xffHeaderProcessingMode,omitempty"`
	XFFClientPort      bool              `json:"enableXffClientPort,omitempty"`
	Tags               map[string]string `json:"tags,omitempty"`

	ARN     string    `json:"arn"`
	Port    int       `json:"port"`
	Created time.Time `json:"created"`
}

type subnetMapping struct {
	SubnetID string `json:"subnetId"`
}

// hostedZone is the Route 53 zone of the names of load balancers in us-east-1, which an alias record names.
const hostedZone = "Z35SXDOTRQ7X7K"

func (l loadBalancer) dnsName() string { return fmt.Sprintf("localhost:%d", l.Port) }

// suffix is the part of the ARN that CloudWatch and listeners use: app/name/id.
func (l loadBalancer) suffix() string {
	_, suffix, _ := strings.Cut(l.ARN, ":loadbalancer/")
	return suffix
}

func (l loadBalancer) scheme() string {
	if l.Internal {
		return "internal"
	}
	return "internet-facing"
}

func (l loadBalancer) subnets() []string {
	all := append([]string{}, l.Subnets...)
	for _, m := range l.SubnetMappings {
		all = append(all, m.SubnetID)
	}
	return all
}

func (l loadBalancer) idle() time.Duration {
	return time.Duration(defaulted(l.IdleTimeout, 60)) * time.Second
}

func (l loadBalancer) outputs() (resource.Properties, error) {
	return resource.Encode(map[string]any{
		"arn": l.ARN, "arnSuffix": l.suffix(), "dnsName": l.dnsName(), "zoneId": hostedZone, "name": l.Name,
		"idleTimeout": defaulted(l.IdleTimeout, 60), "loadBalancerType": "application",
		"internal": l.Internal, "ipAddressType": l.addressType(),
	})
}

func (l loadBalancer) addressType() string {
	if l.IPAddressType == "" {
		return "ipv4"
	}
	return l.IPAddressType
}

func defaulted[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return *v
}

// elbName is the rule for names of load balancers and target groups.
var elbName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`)

func (l loadBalancer) check() error {
	switch {
	case l.Type != "" && l.Type != "application":
		return awsapi.Errorf("ValidationError", "load balancer type '%s' is not available in the sandbox: only 'application' is", l.Type)
	case !elbName.MatchString(l.Name) || strings.HasPrefix(l.Name, "internal-"):
		return awsapi.Errorf("ValidationError", "The load balancer name '%s' must have at most 32 characters, only letters, digits and hyphens, must not begin or end with a hyphen, and must not begin with 'internal-'", l.Name)
	case defaulted(l.IdleTimeout, 60) < 1 || defaulted(l.IdleTimeout, 60) > 4000:
		return awsapi.Errorf("ValidationError", "Load balancer attribute key 'idle_timeout.timeout_seconds' must be from 1 to 4000, it is %d", *l.IdleTimeout)
	case l.XFF != "" && l.XFF != "append" && l.XFF != "preserve" && l.XFF != "remove":
		return awsapi.Errorf("ValidationError", "Load balancer attribute key 'routing.http.xff_header_processing.mode' must be append, preserve or remove, it is '%s'", l.XFF)
	}
	return nil
}

type loadBalancers struct{ s *Service }

func (b loadBalancers) Create(ctx context.Context, in resource.Properties) (string, resource.Properties, error) {
	var l loadBalancer
	if err := resource.Decode(in, &l); err != nil {
		return "", nil, err
	}
	if l.Name == "" {
		l.Name = l.NamePrefix + naming.Hex(8)
	}
	if err := l.check(); err != nil {
		return "", nil, err
	}
	l.ARN = b.s.region.ARN("elasticloadbalancing", "loadbalancer/app/"+l.Name+"/"+naming.Hex(16))
	l.Created = b.s.clock.Now().UTC()
	l, err := b.s.addBalancer(ctx, l)
	if err != nil {
		return "", nil, err
	}
	out, err := l.outputs()
	return l.ARN, out, err
}

func (s *Service) addBalancer(ctx context.Context, l loadBalancer) (loadBalancer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range s.balancers {
		if other.record().Name == l.Name {
			return l, awsapi.Errorf("DuplicateLoadBalancerName", "A load balancer with the same name '%s' exists, but with different settings", l.Name)
		}
	}
	sockets, port, err := firstFree(ctx, s.firstPort)
	if err != nil {
		return l, fmt.Errorf("creating load balancer %s: %w", l.Name, err)
	}
	l.Port = port
	if err := s.tables.balancers.Put(l.ARN, l); err != nil {
		closeAll(sockets)
		return l, err
	}
	balancer := newBalancer(l)
	balancer.start(sockets, s)
	s.balancers[l.ARN] = balancer
	return l, nil
}

func (b loadBalancers) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var l loadBalancer
	if err := resource.Decode(in, &l); err != nil {
		return nil, err
	}
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	balancer := b.s.balancers[id]
	if balancer == nil {
		return nil, noLoadBalancer(id)
	}
	old := balancer.record()
	l.Name, l.ARN, l.Port, l.Created = old.Name, old.ARN, old.Port, old.Created
	if err := l.check(); err != nil {
		return nil, err
	}
	if err := b.s.tables.balancers.Put(id, l); err != nil {
		return nil, err
	}
	balancer.rec.Store(&l)
	return l.outputs()
}

func (b loadBalancers) Delete(ctx context.Context, id string) error {
	b.s.mu.Lock()
	balancer := b.s.balancers[id]
	if balancer == nil {
		b.s.mu.Unlock()
		return nil
	}
	if balancer.record().DeletionProtection {
		b.s.mu.Unlock()
		return awsapi.Errorf("OperationNotPermitted", "Load balancer '%s' cannot be deleted because deletion protection is enabled", id)
	}
	err := b.s.forgetBalancer(id)
	b.s.mu.Unlock()
	if err == nil {
		balancer.stop(ctx)
	}
	return err
}

// forgetBalancer removes a load balancer and, as AWS does, its listeners with it.
func (s *Service) forgetBalancer(arn string) error {
	for _, l := range s.listeners {
		if l.LoadBalancer == arn {
			if err := s.forgetListener(l.ARN); err != nil {
				return err
			}
		}
	}
	if err := s.tables.balancers.Delete(arn); err != nil {
		return err
	}
	delete(s.balancers, arn)
	s.route()
	return nil
}

func (b loadBalancers) Read(_ context.Context, id string) (resource.Properties, bool, error) {
	b.s.mu.RLock()
	defer b.s.mu.RUnlock()
	balancer := b.s.balancers[id]
	if balancer == nil {
		return nil, false, nil
	}
	out, err := balancer.record().outputs()
	return out, true, err
}

func noLoadBalancer(arn string) error {
	return awsapi.Errorf("LoadBalancerNotFound", "Load balancer '%s' not found", arn)
}
