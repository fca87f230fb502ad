package elbv2

import (
	"context"
	"strconv"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// targetGroup is what the store keeps of a target group.
type targetGroup struct {
	Name          string            `json:"name"`
	NamePrefix    string            `json:"namePrefix,omitempty"`
	Port          *int              `json:"port,omitempty"`
	Protocol      string            `json:"protocol,omitempty"`
	Version       string            `json:"protocolVersion,omitempty"`
	VPC           string            `json:"vpcId,omitempty"`
	TargetType    string            `json:"targetType,omitempty"`
	IPAddressType string            `json:"ipAddressType,omitempty"`
	Delay         string            `json:"deregistrationDelay,omitempty"` // seconds; a string in the schema
	Algorithm     string            `json:"loadBalancingAlgorithmType,omitempty"`
	SlowStart     int               `json:"slowStart,omitempty"`
	Stickiness    *stickiness       `json:"stickiness,omitempty"`
	HealthCheck   *healthCheck      `json:"healthCheck,omitempty"`
	Tags          map[string]string `json:"tags,omitempty"`

	ARN string `json:"arn"`
}

type stickiness struct {
	Enabled *bool  `json:"enabled,omitempty"`
	Type    string `json:"type"`
}

// delay is the deregistration delay in seconds.
func (g targetGroup) delay() int {
	if n, err := strconv.Atoi(g.Delay); err == nil {
		return n
	}
	return 300
}

func (g targetGroup) targetType() string {
	if g.TargetType == "" {
		return "instance"
	}
	return g.TargetType
}

func (g targetGroup) algorithm() string {
	if g.Algorithm == "" {
		return "round_robin"
	}
	return g.Algorithm
}

func (g targetGroup) check() error {
	unavailable := func(what, value, only string) error {
		return awsapi.Errorf("ValidationError", "%s '%s' is not available in the sandbox: only %s", what, value, only)
	}
	switch {
	case !elbName.MatchString(g.Name):
		return awsapi.Errorf("ValidationError", "Target group name '%s' must have at most 32 characters, only letters, digits and hyphens, and must not begin or end with a hyphen", g.Name)
	case g.targetType() != "instance" && g.targetType() != "ip":
		return unavailable("target type", g.TargetType, "instance and ip are")
	case g.Protocol != "HTTP":
		return unavailable("target group protocol", g.Protocol, "HTTP is")
	case g.Version != "" && g.Version != "HTTP1":
		return unavailable("protocol version", g.Version, "HTTP1 is")
	case g.algorithm() != "round_robin" && g.algorithm() != "least_outstanding_requests":
		return unavailable("load balancing algorithm", g.Algorithm, "round_robin and least_outstanding_requests are")
	case g.SlowStart != 0:
		return unavailable("slow start of", strconv.Itoa(g.SlowStart)+" s", "0 is")
	case g.Stickiness != nil && defaulted(g.Stickiness.Enabled, true):
		return unavailable("stickiness", g.Stickiness.Type, "enabled = false is")
	case g.Port == nil || *g.Port < 1 || *g.Port > 65535:
		return awsapi.Errorf("ValidationError", "A port from 1 to 65535 must be specified")
	}
	if n, err := strconv.Atoi(g.Delay); g.Delay != "" && (err != nil || n < 0 || n > 3600) {
		return awsapi.Errorf("ValidationError", "Target group attribute key 'deregistration_delay.timeout_seconds' must be from 0 to 3600, it is '%s'", g.Delay)
	}
	return g.checks().check()
}

// checks are the health check settings with their defaults.
func (g targetGroup) checks() healthCheck {
	if g.HealthCheck == nil {
		return healthCheck{}.withDefaults()
	}
	return g.HealthCheck.withDefaults()
}

func (g targetGroup) outputs(balancers []string) (resource.Properties, error) {
	_, suffix, _ := strings.Cut(g.ARN, g.arnService())
	return resource.Encode(map[string]any{
		"arn": g.ARN, "arnSuffix": suffix, "name": g.Name, "healthCheck": g.checks(),
		"loadBalancerArns": append([]string{}, balancers...), "targetType": g.targetType(),
		"deregistrationDelay": strconv.Itoa(g.delay()), "loadBalancingAlgorithmType": g.algorithm(),
		"protocolVersion": "HTTP1", "ipAddressType": "ipv4",
	})
}

func (g targetGroup) arnService() string { return ":" + naming.Account + ":" }

type targetGroups struct{ s *Service }

func (b targetGroups) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var g targetGroup
	if err := resource.Decode(in, &g); err != nil {
		return "", nil, err
	}
	if g.Name == "" {
		g.Name = g.NamePrefix + naming.Hex(8)
	}
	if err := g.check(); err != nil {
		return "", nil, err
	}
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	for _, other := range b.s.groups {
		if other.record().Name == g.Name {
			return "", nil, awsapi.Errorf("DuplicateTargetGroupName", "A target group with the same name '%s' exists, but with different settings", g.Name)
		}
	}
	g.ARN = b.s.region.ARN("elasticloadbalancing", "targetgroup/"+g.Name+"/"+naming.Hex(16))
	if err := b.s.tables.groups.Put(g.ARN, g); err != nil {
		return "", nil, err
	}
	b.s.groups[g.ARN] = b.s.newGroup(g)
	out, err := g.outputs(nil)
	return g.ARN, out, err
}

func (b targetGroups) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var g targetGroup
	if err := resource.Decode(in, &g); err != nil {
		return nil, err
	}
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	group := b.s.groups[id]
	if group == nil {
		return nil, noTargetGroup(id)
	}
	g.ARN, g.Name = id, group.record().Name
	if err := g.check(); err != nil {
		return nil, err
	}
	if err := b.s.tables.groups.Put(id, g); err != nil {
		return nil, err
	}
	group.change(g)
	return g.outputs(b.s.balancersOf(id))
}

func (b targetGroups) Delete(_ context.Context, id string) error {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	group := b.s.groups[id]
	if group == nil {
		return nil
	}
	if len(b.s.balancersOf(id)) > 0 {
		return awsapi.Errorf("ResourceInUse", "Target group '%s' is currently in use by a listener or a rule", id)
	}
	for _, r := range group.registrations() {
		if err := b.s.tables.targets.Delete(r.key()); err != nil {
			return err
		}
	}
	if err := b.s.tables.groups.Delete(id); err != nil {
		return err
	}
	group.setUsed(false)
	delete(b.s.groups, id)
	return nil
}

func (b targetGroups) Read(_ context.Context, id string) (resource.Properties, bool, error) {
	b.s.mu.RLock()
	defer b.s.mu.RUnlock()
	group := b.s.groups[id]
	if group == nil {
		return nil, false, nil
	}
	out, err := group.record().outputs(b.s.balancersOf(id))
	return out, true, err
}

// balancersOf lists the load balancers with a listener or rule that forwards to the group.
func (s *Service) balancersOf(group string) []string {
	found := map[string]bool{}
	note := func(actions []action, balancer string) {
		for _, a := range actions {
			for _, g := range a.groups() {
				if g.ARN == group {
					found[balancer] = true
				}
			}
		}
	}
	for _, l := range s.listeners {
		note(l.Actions, l.LoadBalancer)
	}
	for _, r := range s.rules {
		note(r.Actions, s.listeners[r.Listener].LoadBalancer)
	}
	return sortedKeys(found)
}

func noTargetGroup(arn string) error {
	return awsapi.Errorf("TargetGroupNotFound", "Target group '%s' not found", arn)
}
