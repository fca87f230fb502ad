package events

import (
	"context"
	"encoding/json"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

var (
	_ resource.Behaviour = ruleBehaviour{}
	_ resource.Behaviour = targetBehaviour{}
)

// Behaviours are the resource types that this service makes real.
func (s *Service) Behaviours() map[string]resource.Behaviour {
	return map[string]resource.Behaviour{
		"aws:cloudwatch/eventRule:EventRule":     ruleBehaviour{s},
		"aws:cloudwatch/eventTarget:EventTarget": targetBehaviour{s},
	}
}

// API is the part of EventBridge that AWS's clients can call here.
func (s *Service) API() awsapi.Service {
	return awsapi.Service{
		Name: "events", Protocol: awsapi.JSON,
		Actions: map[string]awsapi.Action{
			"DeleteRule":        awsapi.Do(s.deleteRule),
			"DisableRule":       awsapi.Do(s.disableRule),
			"EnableRule":        awsapi.Do(s.enableRule),
			"PutRule":           awsapi.Do(s.putRule),
			"PutTargets":        awsapi.Do(s.putTargets),
			"RemoveTargets":     awsapi.Do(s.removeTargets),
			"TestEventPattern":  awsapi.Do(s.testPattern),
			"DescribeRule":      awsapi.Do(s.describeRule),
			"ListRules":         awsapi.Do(s.listRules),
			"ListTargetsByRule": awsapi.Do(s.listTargets),
			"PutEvents":         awsapi.Do(s.putEvents),
		},
		Refused: map[string]string{
			"CreateEventBus": "there is only the default bus",
			"CreateArchive":  "events are not kept",
			"StartReplay":    "events are not kept",
		},
	}
}

type ruleRequest struct {
	Name string
	Rule string
}

type ruleView struct {
	Name         string
	Arn          string
	EventPattern string
	State        string
	Description  string `json:",omitempty"`
	RoleArn      string `json:",omitempty"`
	EventBusName string
}

func (s *Service) view(r rule) ruleView {
	return ruleView{r.Name, s.ruleARN(r.Name), r.Pattern, r.State, r.Description, r.Role, bus}
}

func (s *Service) describeRule(_ context.Context, in ruleRequest) (ruleView, error) {
	r, found, err := s.rules.Get(in.Name)
	if err != nil || !found {
		if err == nil {
			err = noRule(in.Name)
		}
		return ruleView{}, err
	}
	return s.view(r), nil
}

type listRulesRequest struct{ NamePrefix string }

type listRulesAnswer struct{ Rules []ruleView }

func (s *Service) listRules(_ context.Context, in listRulesRequest) (listRulesAnswer, error) {
	all, err := s.rules.All()
	out := listRulesAnswer{Rules: []ruleView{}}
	for _, r := range all {
		if strings.HasPrefix(r.Name, in.NamePrefix) {
			out.Rules = append(out.Rules, s.view(r))
		}
	}
	return out, err
}

type targetView struct {
	Id      string
	Arn     string
	RoleArn string `json:",omitempty"`
}

type listTargetsAnswer struct{ Targets []targetView }

func (s *Service) listTargets(ctx context.Context, in ruleRequest) (out listTargetsAnswer, err error) {
	if _, err := s.describeRule(ctx, ruleRequest{Name: in.Rule}); err != nil {
		return out, err
	}
	all, err := s.targets.All()
	out.Targets = []targetView{}
	for _, t := range all {
		if t.Rule == in.Rule {
			out.Targets = append(out.Targets, targetView{t.ID, t.ARN, t.Role})
		}
	}
	return out, err
}

type putEventsRequest struct{ Entries []putEntry }

type putEntry struct {
	Source, DetailType, Detail, EventBusName string
	Resources                                []string
	Time                                     awsapi.Time
}

type putEventsAnswer struct {
	FailedEntryCount int
	Entries          []putResult
}

type putResult struct {
	EventId      string `json:",omitempty"`
	ErrorCode    string `json:",omitempty"`
	ErrorMessage string `json:",omitempty"`
}

func (s *Service) putEvents(ctx context.Context, in putEventsRequest) (out putEventsAnswer, err error) {
	if len(in.Entries) < 1 || len(in.Entries) > 10 {
		return out, invalid("1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length from 1 to 10")
	}
	for _, one := range in.Entries {
		r := s.putOne(ctx, one)
		if r.ErrorCode != "" {
			out.FailedEntryCount++
		}
		out.Entries = append(out.Entries, r)
	}
	return out, nil
}

func (s *Service) putOne(ctx context.Context, in putEntry) putResult {
	e := Event{
		ID: naming.UUID(), Source: in.Source, DetailType: in.DetailType, Resources: in.Resources,
		Detail: json.RawMessage(in.Detail), Time: in.Time.Time,
	}
	err := refuseOthers(in)
	if err == nil {
		err = s.Put(ctx, e)
	}
	if err == nil {
		return putResult{EventId: e.ID}
	}
	if known, ok := err.(*awsapi.Error); ok {
		return putResult{ErrorCode: known.Code, ErrorMessage: known.Message}
	}
	return putResult{ErrorCode: "InternalFailure", ErrorMessage: err.Error()}
}

// refuseOthers refuses events that only AWS itself may put, and those for another bus.
func refuseOthers(in putEntry) error {
	switch {
	case strings.HasPrefix(in.Source, "aws."):
		return awsapi.Errorf("NotAuthorizedForSource", "Not authorized for the source.")
	case in.EventBusName != "" && in.EventBusName != bus:
		return awsapi.Errorf("ResourceNotFoundException", "Event bus %s does not exist.", in.EventBusName)
	}
	return nil
}
