package ecr

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
)

// lifecycle is a lifecycle policy as ECR's guide describes it.
type lifecycle struct {
	Rules []lifecycleRule `json:"rules"`
}

type lifecycleRule struct {
	Priority  int `json:"rulePriority"`
	Selection struct {
		TagStatus   string   `json:"tagStatus"`
		TagPrefixes []string `json:"tagPrefixList"`
		TagPatterns []string `json:"tagPatternList"`
		CountType   string   `json:"countType"`
		CountUnit   string   `json:"countUnit"`
		CountNumber int      `json:"countNumber"`
	} `json:"selection"`
	Action struct {
		Type string `json:"type"`
	} `json:"action"`
}

// checkLifecycle refuses a policy that ECR would refuse.
func checkLifecycle(text string) error {
	var p lifecycle
	err := json.Unmarshal([]byte(text), &p)
	if err == nil {
		err = p.check()
	}
	if err != nil {
		return awsapi.Errorf("InvalidParameterException",
			"Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: %s'", err)
	}
	return nil
}

func (p lifecycle) check() error {
	if len(p.Rules) == 0 {
		return fmt.Errorf("there must be a rule")
	}
	seen, last := map[int]bool{}, 0
	for _, r := range p.Rules {
		if r.Priority < 1 || seen[r.Priority] {
			return fmt.Errorf("rulePriority must be 1 or more and unique, it is %d", r.Priority)
		}
		seen[r.Priority], last = true, max(last, r.Priority)
		if err := r.check(); err != nil {
			return fmt.Errorf("rule %d: %w", r.Priority, err)
		}
	}
	for _, r := range p.Rules {
		if r.Selection.TagStatus == "any" && r.Priority != last {
			return fmt.Errorf("rule %d: a rule with tagStatus any must have the highest rulePriority", r.Priority)
		}
	}
	return nil
}

func (r lifecycleRule) check() error {
	s := r.Selection
	oneOf := func(what, value string, allowed ...string) error {
		if slices.Contains(allowed, value) {
			return nil
		}
		return fmt.Errorf("%s must be one of %s, it is '%s'", what, strings.Join(allowed, ", "), value)
	}
	if err := oneOf("tagStatus", s.TagStatus, "tagged", "untagged", "any"); err != nil {
		return err
	}
	if err := oneOf("countType", s.CountType, "imageCountMoreThan", "sinceImagePushed"); err != nil {
		return err
	}
	if err := oneOf("action type", r.Action.Type, "expire"); err != nil {
		return err
	}
	selects := len(s.TagPrefixes)+len(s.TagPatterns) > 0
	switch {
	case s.TagStatus == "tagged" && !selects:
		return fmt.Errorf("tagStatus tagged needs a tagPrefixList or a tagPatternList")
	case s.TagStatus != "tagged" && selects:
		return fmt.Errorf("tagStatus %s takes no tagPrefixList or tagPatternList", s.TagStatus)
	case s.CountNumber < 1:
		return fmt.Errorf("countNumber must be 1 or more, it is %d", s.CountNumber)
	case s.CountType == "sinceImagePushed" && s.CountUnit != "days":
		return fmt.Errorf("countType sinceImagePushed needs countUnit days, it is '%s'", s.CountUnit)
	case s.CountType == "imageCountMoreThan" && s.CountUnit != "":
		return fmt.Errorf("countType imageCountMoreThan takes no countUnit")
	}
	return nil
}
