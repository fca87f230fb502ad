package ecs

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
)

type deregisterInput struct {
	Definition string `json:"taskDefinition"`
}

type deregisterOutput struct {
	Definition taskDefinitionView `json:"taskDefinition"`
}

// oneRevision is how one revision of a family is named, alone or at the end of an ARN.
var oneRevision = regexp.MustCompile(`(^|/)[a-zA-Z0-9_-]+:[0-9]+$`)

// deregisterDefinition makes a revision INACTIVE: what runs with it goes on, and nothing new is started with it.
func (s *Service) deregisterDefinition(_ context.Context, in deregisterInput) (out deregisterOutput, err error) {
	if !oneRevision.MatchString(in.Definition) {
		return out, awsapi.Errorf("ClientException", "Invalid revision number. Number: %s", lastPart(in.Definition))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.definitions[lastPart(in.Definition)]
	if d == nil {
		return out, awsapi.Errorf("ClientException", "The specified task definition does not exist.")
	}
	if d.Status == "ACTIVE" {
		d.Status, d.DeregisteredAt = "INACTIVE", s.now()
		s.saveDefinition(d)
	}
	return deregisterOutput{d.taskDefinitionView}, nil
}

type familiesInput struct {
	page
	Prefix string `json:"familyPrefix"`
	Status string `json:"status"`
}

type familiesOutput struct {
	Families  []string `json:"families"`
	NextToken string   `json:"nextToken,omitempty"`
}

// listFamilies lists families: an ACTIVE one has a revision that is, an INACTIVE one has none.
func (s *Service) listFamilies(_ context.Context, in familiesInput) (out familiesOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted, active := cmp.Or(in.Status, "ACTIVE"), map[string]bool{}
	if !slices.Contains([]string{"ACTIVE", "INACTIVE", "ALL"}, wanted) {
		return out, invalid("Invalid status: %s", in.Status)
	}
	for _, d := range s.definitions {
		active[d.Family] = active[d.Family] || d.Status == "ACTIVE"
	}
	var all []string
	for family, is := range active {
		if strings.HasPrefix(family, in.Prefix) && (wanted == "ALL" || is == (wanted == "ACTIVE")) {
			all = append(all, family)
		}
	}
	slices.Sort(all)
	out.Families, out.NextToken, err = in.cut(all)
	return out, err
}
