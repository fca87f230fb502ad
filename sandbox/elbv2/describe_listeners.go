package elbv2

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

type describeListenersRequest struct {
	LoadBalancerArn string
	ListenerArns    []string
	Paging
}

type describeListenersAnswer struct {
	Listeners  []listenerEntry `xml:"Listeners>member"`
	NextMarker string          `xml:",omitempty"`
}

type listenerEntry struct {
	ListenerArn     string
	LoadBalancerArn string
	Port            int
	Protocol        string
	SslPolicy       string             `xml:",omitempty"`
	Certificates    []certificateEntry `xml:"Certificates>member,omitempty"`
	DefaultActions  []actionEntry      `xml:"DefaultActions>member"`
}

type certificateEntry struct{ CertificateArn string }

type actionEntry struct {
	Type                string
	Order               int                 `xml:",omitempty"`
	TargetGroupArn      string              `xml:",omitempty"`
	ForwardConfig       *forwardEntry       `xml:",omitempty"`
	FixedResponseConfig *fixedResponseEntry `xml:",omitempty"`
	RedirectConfig      *redirectEntry      `xml:",omitempty"`
}

type forwardEntry struct {
	TargetGroups []tupleEntry `xml:"TargetGroups>member"`
}

type tupleEntry struct {
	TargetGroupArn string
	Weight         int
}

type fixedResponseEntry struct {
	MessageBody string `xml:",omitempty"`
	StatusCode  string
	ContentType string
}

type redirectEntry struct {
	Protocol   string `xml:",omitempty"`
	Port       string `xml:",omitempty"`
	Host       string `xml:",omitempty"`
	Path       string `xml:",omitempty"`
	Query      string `xml:",omitempty"`
	StatusCode string
}

func actionEntries(actions []action) (all []actionEntry) {
	for _, a := range actions {
		e := actionEntry{Type: a.Type, Order: a.Order}
		if groups := a.groups(); len(groups) > 0 {
			e.ForwardConfig = &forwardEntry{}
			for _, g := range groups {
				e.ForwardConfig.TargetGroups = append(e.ForwardConfig.TargetGroups, tupleEntry{g.ARN, defaulted(g.Weight, 1)})
			}
			if len(groups) == 1 {
				e.TargetGroupArn = groups[0].ARN
			}
		}
		if f := a.FixedResponse; f != nil {
			e.FixedResponseConfig = &fixedResponseEntry{f.Body, f.status(), f.ContentType}
		}
		if d := a.Redirect; d != nil {
			e.RedirectConfig = &redirectEntry{d.Protocol, d.Port, d.Host, d.Path, d.Query, d.StatusCode}
		}
		all = append(all, e)
	}
	return all
}

func (s *Service) describeListeners(_ context.Context, in describeListenersRequest) (out describeListenersAnswer, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if in.LoadBalancerArn != "" && s.balancers[in.LoadBalancerArn] == nil {
		return out, noLoadBalancer(in.LoadBalancerArn)
	}
	for _, arn := range in.ListenerArns {
		if _, found := s.listeners[arn]; !found {
			return out, noListener(arn)
		}
	}
	for _, l := range s.listeners {
		if l.LoadBalancer == in.LoadBalancerArn || slices.Contains(in.ListenerArns, l.ARN) {
			e := listenerEntry{
				ListenerArn: l.ARN, LoadBalancerArn: l.LoadBalancer, Port: l.port(), Protocol: l.protocol(), SslPolicy: l.policy(),
				DefaultActions: actionEntries(l.Actions),
			}
			if l.Certificate != "" {
				e.Certificates = []certificateEntry{{l.Certificate}}
			}
			out.Listeners = append(out.Listeners, e)
		}
	}
	slices.SortFunc(out.Listeners, func(a, b listenerEntry) int { return strings.Compare(a.ListenerArn, b.ListenerArn) })
	out.Listeners, out.NextMarker, err = cut(in.Paging, out.Listeners, func(e listenerEntry) string { return e.ListenerArn })
	return out, err
}

type describeRulesRequest struct {
	ListenerArn string
	RuleArns    []string
	Paging
}

type describeRulesAnswer struct {
	Rules      []ruleEntry `xml:"Rules>member"`
	NextMarker string      `xml:",omitempty"`
}

type ruleEntry struct {
	RuleArn    string
	Priority   string
	Conditions []conditionEntry `xml:"Conditions>member"`
	Actions    []actionEntry    `xml:"Actions>member"`
	IsDefault  bool
}

type conditionEntry struct {
	Field  string
	Values []string `xml:"Values>member"`
}

func (s *Service) describeRules(_ context.Context, in describeRulesRequest) (out describeRulesAnswer, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	l, found := s.listeners[in.ListenerArn]
	if in.ListenerArn != "" && !found {
		return out, noListener(in.ListenerArn)
	}
	var all []rule
	for _, r := range s.rules {
		if r.Listener == in.ListenerArn || slices.Contains(in.RuleArns, r.ARN) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b rule) int { return a.Priority - b.Priority })
	for _, r := range all {
		out.Rules = append(out.Rules, ruleEntry{
			RuleArn: r.ARN, Priority: strconv.Itoa(r.Priority), Conditions: conditionEntries(r.Conditions), Actions: actionEntries(r.Actions)})
	}
	if found {
		out.Rules = append(out.Rules, ruleEntry{
			RuleArn:  strings.Replace(l.ARN, ":listener/", ":listener-rule/", 1) + "/default",
			Priority: "default", Actions: actionEntries(l.Actions), IsDefault: true})
	}
	out.Rules, out.NextMarker, err = cut(in.Paging, out.Rules, func(e ruleEntry) string { return e.RuleArn })
	return out, err
}

// conditionEntries has the conditions whose values are plain lists; a header's name and a query's keys are left out.
func conditionEntries(conditions []condition) (all []conditionEntry) {
	for _, c := range conditions {
		for _, f := range []struct {
			field string
			v     *values
		}{{"host-header", c.Host}, {"path-pattern", c.Path}, {"http-request-method", c.Method}, {"source-ip", c.Source}} {
			if f.v != nil {
				all = append(all, conditionEntry{f.field, f.v.Values})
			}
		}
		if c.Header != nil {
			all = append(all, conditionEntry{"http-header", c.Header.Values})
		}
		for _, q := range c.Query {
			all = append(all, conditionEntry{"query-string", []string{q.Value}})
		}
	}
	return all
}
