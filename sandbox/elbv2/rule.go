package elbv2

import (
	"context"
	"strconv"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// rule is what the store keeps of a listener rule. The rule with the lowest priority number that matches wins.
type rule struct {
	Listener   string            `json:"listenerArn"`
	Priority   int               `json:"priority,omitempty"`
	Actions    []action          `json:"actions"`
	Conditions []condition       `json:"conditions"`
	Tags       map[string]string `json:"tags,omitempty"`

	ARN string `json:"arn"`
}

func (r rule) check() error {
	if r.Priority < 0 || r.Priority > 50000 {
		return awsapi.Errorf("ValidationError", "The priority of a rule must be from 1 to 50000, it is %d", r.Priority)
	}
	if len(r.Conditions) == 0 {
		return awsapi.Errorf("ValidationError", "A condition must be specified")
	}
	for _, c := range r.Conditions {
		if err := c.check(); err != nil {
			return err
		}
	}
	_, err := final(r.Actions)
	return err
}

type rules struct{ s *Service }

func (b rules) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var r rule
	if err := resource.Decode(in, &r); err != nil {
		return "", nil, err
	}
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	if _, found := b.s.listeners[r.Listener]; !found {
		return "", nil, noListener(r.Listener)
	}
	if r.Priority == 0 {
		r.Priority = b.s.lastPriority(r.Listener) + 1
	}
	r.ARN = strings.Replace(r.Listener, ":listener/", ":listener-rule/", 1) + "/" + naming.Hex(16)
	if err := b.s.putRule(r); err != nil {
		return "", nil, err
	}
	out, err := r.outputs()
	return r.ARN, out, err
}

func (b rules) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var r rule
	if err := resource.Decode(in, &r); err != nil {
		return nil, err
	}
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	old, found := b.s.rules[id]
	if !found {
		return nil, awsapi.Errorf("RuleNotFound", "Rule '%s' not found", id)
	}
	r.ARN, r.Listener = id, old.Listener
	if r.Priority == 0 {
		r.Priority = old.Priority
	}
	if err := b.s.putRule(r); err != nil {
		return nil, err
	}
	return r.outputs()
}

func (r rule) outputs() (resource.Properties, error) {
	return resource.Encode(map[string]any{"arn": r.ARN, "priority": r.Priority})
}

func (s *Service) lastPriority(listener string) (last int) {
	for _, r := range s.rules {
		if r.Listener == listener {
			last = max(last, r.Priority)
		}
	}
	return last
}

func (s *Service) putRule(r rule) error {
	if err := r.check(); err != nil {
		return err
	}
	for _, other := range s.rules {
		if other.Listener == r.Listener && other.Priority == r.Priority && other.ARN != r.ARN {
			return awsapi.Errorf("PriorityInUse", "Priority '%s' is currently in use", strconv.Itoa(r.Priority))
		}
	}
	if err := s.checkGroups(r.Actions); err != nil {
		return err
	}
	if err := s.tables.rules.Put(r.ARN, r); err != nil {
		return err
	}
	s.rules[r.ARN] = r
	s.route()
	return nil
}

func (b rules) Delete(_ context.Context, id string) error {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	if err := b.s.tables.rules.Delete(id); err != nil {
		return err
	}
	delete(b.s.rules, id)
	b.s.route()
	return nil
}
