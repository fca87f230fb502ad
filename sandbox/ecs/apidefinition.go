package ecs

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/ecs/definition"
)

type registerInput struct {
	definition.Task
	ContainerDefinitions json.RawMessage `json:"containerDefinitions"`
	Tags                 []tag           `json:"tags"`
	Volumes              []any           `json:"volumes"`
	PlacementConstraints []any           `json:"placementConstraints"`
}

type definitionOutput struct {
	Definition taskDefinitionView `json:"taskDefinition"`
	Tags       []tag              `json:"tags,omitempty"`
}

func (s *Service) apiRegisterDefinition(_ context.Context, in registerInput) (definitionOutput, error) {
	asked := definitionInputs{Volumes: in.Volumes, PlacementConstraints: in.PlacementConstraints}
	if err := asked.unsupported(); err != nil {
		return definitionOutput{}, err
	}
	containers, err := definition.Containers(string(in.ContainerDefinitions))
	if err != nil {
		return definitionOutput{}, awsapi.Errorf("ClientException", "%s", err)
	}
	in.Task.ContainerDefinitions = containers
	d, err := s.registerDefinition(in.Task, in.Tags, false)
	if err != nil {
		return definitionOutput{}, err
	}
	return definitionOutput{d.taskDefinitionView, d.Internal.Tags}, nil
}

type describeDefinitionInput struct {
	Definition string   `json:"taskDefinition"`
	Include    []string `json:"include"`
}

func (s *Service) describeDefinition(_ context.Context, in describeDefinitionInput) (out definitionOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.definition(in.Definition)
	if err != nil {
		return out, err
	}
	out.Definition = d.taskDefinitionView
	if slices.Contains(in.Include, "TAGS") {
		out.Tags = d.Internal.Tags
	}
	return out, nil
}

type listDefinitionsInput struct {
	page
	FamilyPrefix string `json:"familyPrefix"`
	Status       string `json:"status"`
	Sort         string `json:"sort"`
}

type listDefinitionsOutput struct {
	ARNs      []string `json:"taskDefinitionArns"`
	NextToken string   `json:"nextToken,omitempty"`
}

func (s *Service) listDefinitions(_ context.Context, in listDefinitionsInput) (out listDefinitionsOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*taskDefinition
	for _, d := range s.definitions {
		if d.Status == cmp.Or(in.Status, "ACTIVE") && (in.FamilyPrefix == "" || d.Family == in.FamilyPrefix) {
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b *taskDefinition) int {
		return cmp.Or(strings.Compare(a.Family, b.Family), cmp.Compare(a.Revision, b.Revision))
	})
	if in.Sort == "DESC" {
		slices.Reverse(found)
	}
	var all []string
	for _, d := range found {
		all = append(all, d.ARN)
	}
	out.ARNs, out.NextToken, err = in.cut(all)
	return out, err
}
