package events

import (
	"context"
	"regexp"
	"slices"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// target is what the store keeps of a rule's target.
type target struct {
	Rule string `json:"rule"`
	Bus  string `json:"eventBusName,omitempty"`
	ID   string `json:"targetId,omitempty"`
	ARN  string `json:"arn"`
	Role string `json:"roleArn,omitempty"`
}

// shaping are the inputs that would change what a target gets. A pipeline takes none of it.
var shaping = []string{
	"batchTarget", "deadLetterConfig", "ecsTarget", "httpTarget", "input", "inputPath", "inputTransformer", "kinesisTarget",
	"redshiftTarget", "retryPolicy", "runCommandTargets", "sagemakerPipelineTarget", "sqsTarget",
}

// targetID is the grammar of targets' ids.
var targetID = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)

func (t target) key() string { return t.Rule + "/" + t.ID }

func (s *Service) checkTarget(t target) error {
	if !targetID.MatchString(t.ID) {
		return invalid("1 validation error detected: Value '%s' at 'targetId' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+", t.ID)
	}
	if t.Bus != "" && t.Bus != bus && t.Bus != s.region.ARN("events", "event-bus/"+bus) {
		return awsapi.Errorf("ResourceNotFoundException", "Event bus %s does not exist: there is only the default one here.", t.Bus)
	}
	if s.isTopic(t.ARN) {
		return nil // a topic's own policy lets EventBridge in, and no role
	}
	if _, ok := s.pipeline(t.ARN); !ok {
		return invalid("Provided Arn %s is not supported here: a target is a pipeline or a topic of this account and region.", t.ARN)
	}
	if t.Role == "" {
		return invalid("RoleArn is required for target %s.", t.ARN)
	}
	return nil
}

func (s *Service) storeTarget(t target) error {
	if err := s.checkTarget(t); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, found, err := s.rules.Get(t.Rule); err != nil || !found {
		if err == nil {
			err = noRule(t.Rule)
		}
		return err
	}
	return s.targets.Put(t.key(), t)
}

// targetBehaviour is aws:cloudwatch/eventTarget:EventTarget. Its id is the rule's name and the target's.
type targetBehaviour struct{ *Service }

func (b targetBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	t := target{ID: "terraform-" + naming.Hex(20)}
	if err := resource.Decode(in, &t); err != nil {
		return "", nil, err
	}
	out, err := b.put(t, in)
	return t.Rule + "-" + t.ID, out, err
}

func (b targetBehaviour) put(t target, in resource.Properties) (resource.Properties, error) {
	for name := range in {
		if slices.Contains(shaping, string(name)) && !in[name].IsNull() {
			return nil, invalid("Parameter %s is not supported here: a target gets its event as it is, a few times at most.", name)
		}
	}
	if err := b.storeTarget(t); err != nil {
		return nil, err
	}
	return resource.Encode(map[string]any{"targetId": t.ID, "rule": t.Rule, "arn": t.ARN, "eventBusName": bus})
}

func (b targetBehaviour) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	old, found, err := b.find(id)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, awsapi.Errorf("ResourceNotFoundException", "the target %s does not exist", id)
	}
	t := target{ID: old.ID}
	if err := resource.Decode(in, &t); err != nil {
		return nil, err
	}
	t.Rule, t.ID = old.Rule, old.ID
	return b.put(t, in)
}

func (b targetBehaviour) Delete(_ context.Context, id string) error {
	t, found, err := b.find(id)
	if err != nil || !found {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.targets.Delete(t.key())
}

// find returns the target with the id that the AWS provider gives it.
func (b targetBehaviour) find(id string) (target, bool, error) {
	all, err := b.targets.All()
	i := slices.IndexFunc(all, func(t target) bool { return t.Rule+"-"+t.ID == id })
	if err != nil || i < 0 {
		return target{}, false, err
	}
	return all[i], true, nil
}
