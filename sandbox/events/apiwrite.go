package events

import (
	"context"
	"errors"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/events/pattern"
)

type putRuleRequest struct {
	Name, EventPattern, ScheduleExpression, State, Description, RoleArn, EventBusName string
	Tags                                                                              []struct{ Key, Value string }
}

type putRuleAnswer struct{ RuleArn string }

// putRule makes a rule, or changes all of one that is there.
func (s *Service) putRule(_ context.Context, in putRuleRequest) (out putRuleAnswer, err error) {
	r := rule{
		Name: in.Name, Bus: in.EventBusName, Description: in.Description, Pattern: in.EventPattern, Schedule: in.ScheduleExpression,
		State: in.State, Role: in.RoleArn, Tags: map[string]string{},
	}
	for _, t := range in.Tags {
		r.Tags[t.Key] = t.Value
	}
	r.settle()
	return putRuleAnswer{s.ruleARN(in.Name)}, s.store(r, func(bool) error { return nil })
}

type onBus struct{ Name, EventBusName string }

func (s *Service) deleteRule(ctx context.Context, in onBus) (struct{}, error) {
	return struct{}{}, ruleBehaviour{s}.Delete(ctx, in.Name)
}

func (s *Service) enableRule(_ context.Context, in onBus) (struct{}, error) {
	return struct{}{}, s.setState(in.Name, enabled)
}

func (s *Service) disableRule(_ context.Context, in onBus) (struct{}, error) {
	return struct{}{}, s.setState(in.Name, disabled)
}

func (s *Service) setState(name, state string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, found, err := s.rules.Get(name)
	if err != nil || !found {
		if err == nil {
			err = noRule(name)
		}
		return err
	}
	r.State = state
	return s.rules.Put(name, r)
}

type putTargetsRequest struct {
	Rule, EventBusName string
	Targets            []targetView
}

type targetsAnswer struct {
	FailedEntryCount int
	FailedEntries    []failedTarget
}

type failedTarget struct{ TargetId, ErrorCode, ErrorMessage string }

func (s *Service) putTargets(_ context.Context, in putTargetsRequest) (out targetsAnswer, err error) {
	out.FailedEntries = []failedTarget{}
	for _, t := range in.Targets {
		if err := s.storeTarget(target{Rule: in.Rule, Bus: in.EventBusName, ID: t.Id, ARN: t.Arn, Role: t.RoleArn}); err != nil {
			return out, err
		}
	}
	return out, nil
}

type removeTargetsRequest struct {
	Rule, EventBusName string
	Ids                []string
	Force              bool
}

func (s *Service) removeTargets(ctx context.Context, in removeTargetsRequest) (out targetsAnswer, err error) {
	out.FailedEntries = []failedTarget{}
	if _, err := s.describeRule(ctx, ruleRequest{Name: in.Rule}); err != nil {
		return out, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range in.Ids {
		err = errors.Join(err, s.targets.Delete(target{Rule: in.Rule, ID: id}.key()))
	}
	return out, err
}

type testPatternRequest struct{ EventPattern, Event string }

type testPatternAnswer struct{ Result bool }

func (s *Service) testPattern(_ context.Context, in testPatternRequest) (out testPatternAnswer, err error) {
	p, err := pattern.Parse(in.EventPattern)
	if err != nil {
		return out, awsapi.Errorf("InvalidEventPatternException", "Event pattern is not valid. Reason: %v", err)
	}
	if out.Result, err = p.Matches([]byte(in.Event)); err != nil {
		return out, invalid("Parameter Event is not valid. Reason: %v", err)
	}
	return out, nil
}
