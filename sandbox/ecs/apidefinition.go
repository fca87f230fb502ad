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

type deleteDefinitionsInput struct {
	Definitions []string `json:"taskDefinitions"`
}

type deleteDefinitionsOutput struct {
	Definitions []taskDefinitionView `json:"taskDefinitions"`
	Failures    []failure            `json:"failures"`
}

// deleteDefinitions deletes task definitions that are INACTIVE. One that tasks or services still have stays
// DELETE_IN_PROGRESS on AWS until they are gone; here it is refused (ECS API reference, DeleteTaskDefinitions, November 2026).
func (s *Service) deleteDefinitions(_ context.Context, in deleteDefinitionsInput) (deleteDefinitionsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := deleteDefinitionsOutput{[]taskDefinitionView{}, []failure{}}
	const most = 10
	if n := len(in.Definitions); n == 0 || n > most {
		return out, invalid("taskDefinitions has from 1 to %d elements.", most)
	}
	for _, ref := range in.Definitions {
		d := s.definitions[lastPart(ref)]
		if d == nil {
			out.Failures = append(out.Failures, missing(ref))
			continue
		}
		if d.Status == "ACTIVE" || s.used(d) {
			out.Failures = append(out.Failures, failure{d.ARN, "The specified task definition is still in ACTIVE status, or in use. Please deregister the target and try again."})
			continue
		}
		delete(s.definitions, d.key())
		s.remove(s.tables.definitions, "d/", d.key())
		view := d.taskDefinitionView
		view.Status = "DELETE_IN_PROGRESS"
		out.Definitions = append(out.Definitions, view)
	}
	return out, nil
}

// used reports whether a task that has not been forgotten, or a service, is of a task definition.
func (s *Service) used(d *taskDefinition) bool {
	for _, t := range s.tasks {
		if t.Internal.Definition == d.key() {
			return true
		}
	}
	for _, v := range s.services {
		if v.Status != "INACTIVE" && (v.TaskDefinition == d.ARN || v.Internal.Completed.Definition == d.ARN) {
			return true
		}
	}
	return false
}
