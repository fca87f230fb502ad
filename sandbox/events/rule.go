package events

import (
	"context"
	"regexp"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/events/pattern"
	"slipway/sandbox/resource"
)

const (
	enabled  = "ENABLED"
	disabled = "DISABLED"
	bus      = "default"
)

// rule is what the store keeps of a rule.
type rule struct {
	Name        string            `json:"name"`
	Bus         string            `json:"eventBusName,omitempty"`
	Description string            `json:"description,omitempty"`
	Pattern     string            `json:"eventPattern,omitempty"`
	Schedule    string            `json:"scheduleExpression,omitempty"`
	State       string            `json:"state,omitempty"`
	IsEnabled   *bool             `json:"isEnabled,omitempty"`
	Role        string            `json:"roleArn,omitempty"`
	Tags        map[string]string `json:"tags,omitempty"`
}

var ruleName = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)

// settle gives a rule its defaults.
func (r *rule) settle() {
	if r.Bus == "" {
		r.Bus = bus
	}
	if r.State == "" {
		r.State = enabled
		if r.IsEnabled != nil && !*r.IsEnabled {
			r.State = disabled
		}
	}
}

// matches tells whether an event fits the rule's pattern.
func (r rule) matches(event []byte) (bool, error) {
	p, err := pattern.Parse(r.Pattern)
	if err != nil {
		return false, err
	}
	return p.Matches(event)
}

func (s *Service) check(r rule) error {
	switch {
	case !ruleName.MatchString(r.Name):
		return invalid("1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+", r.Name)
	case r.Bus != bus && r.Bus != s.region.ARN("events", "event-bus/"+bus):
		return awsapi.Errorf("ResourceNotFoundException", "Event bus %s does not exist: there is only the default one here.", r.Bus)
	case r.Schedule != "":
		return invalid("Parameter ScheduleExpression is not supported here: no schedule runs; write an event pattern.")
	case r.Pattern == "":
		return invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.")
	case r.State != enabled && r.State != disabled:
		return invalid("1 validation error detected: Value '%s' at 'state' failed to satisfy constraint: "+
			"Member must satisfy enum value set: [DISABLED, ENABLED]", r.State)
	}
	if _, err := pattern.Parse(r.Pattern); err != nil {
		return awsapi.Errorf("InvalidEventPatternException", "Event pattern is not valid. Reason: %v", err)
	}
	return nil
}

func invalid(format string, args ...any) error {
	return awsapi.Errorf("ValidationException", format, args...)
}

func (s *Service) ruleARN(name string) string { return s.region.ARN("events", "rule/"+name) }

// ruleBehaviour is aws:cloudwatch/eventRule:EventRule. Its id is the name.
type ruleBehaviour struct{ *Service }

func (b ruleBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	out, r, err := b.put(in, "")
	return r.Name, out, err
}

func (b ruleBehaviour) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	out, _, err := b.put(in, id)
	return out, err
}

// put stores the rule. Without an id it is a new one, whose name must be free.
func (b ruleBehaviour) put(in resource.Properties, id string) (resource.Properties, rule, error) {
	var r rule
	if err := resource.Decode(in, &r); err != nil {
		return nil, rule{}, err
	}
	if id != "" {
		r.Name = id
	}
	r.settle()
	err := b.store(r, func(found bool) error {
		switch {
		case found && id == "":
			return awsapi.Errorf("ResourceAlreadyExistsException", "Rule %s already exists.", r.Name)
		case !found && id != "":
			return noRule(id)
		}
		return nil
	})
	if err != nil {
		return nil, rule{}, err
	}
	out, err := resource.Encode(map[string]any{
		"arn": b.ruleARN(r.Name), "name": r.Name, "eventBusName": bus, "state": r.State, "isEnabled": r.State == enabled,
	})
	return out, r, err
}

// store checks a rule and keeps it, unless one that is found already, or is not, may not be.
func (s *Service) store(r rule, may func(found bool) error) error {
	if err := s.check(r); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, found, err := s.rules.Get(r.Name)
	if err == nil {
		err = may(found)
	}
	if err != nil {
		return err
	}
	return s.rules.Put(r.Name, r)
}

// Delete removes the rule. One that has targets stays, as EventBridge has it.
func (b ruleBehaviour) Delete(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	targets, err := b.targets.All()
	if err != nil {
		return err
	}
	for _, t := range targets {
		if t.Rule == id {
			return invalid("Rule can't be deleted since it has targets.")
		}
	}
	return b.rules.Delete(id)
}

func noRule(name string) error {
	return awsapi.Errorf("ResourceNotFoundException", "Rule %s does not exist on EventBus default.", name)
}
