package ecs

import (
	"context"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
)

// mostTags is how many tags a resource may have (Amazon ECS API reference, TagResource, November 2026).
const mostTags = 50

type tagsInput struct {
	ARN string `json:"resourceArn"`
}

type tagsOutput struct {
	Tags []tag `json:"tags"`
}

type tagInput struct {
	ARN  string `json:"resourceArn"`
	Tags []tag  `json:"tags"`
}

type untagInput struct {
	ARN  string   `json:"resourceArn"`
	Keys []string `json:"tagKeys"`
}

// tagged finds the tags of a cluster, service or task definition, and how to write them.
func (s *Service) tagged(arn string) (tags *[]tag, save func(), err error) {
	kind, path, _ := strings.Cut(strings.TrimPrefix(arn, s.Region.ARN("ecs", "")), "/")
	switch c, v, d := s.clusters[path], s.services[path], s.definitions[path]; {
	case !strings.HasPrefix(arn, s.Region.ARN("ecs", "")):
		return nil, nil, invalid("Invalid ARN: %s", arn)
	case kind == "cluster" && c != nil && c.Status == "ACTIVE":
		return &c.Tags, func() { s.saveCluster(c) }, nil
	case kind == "service" && v != nil && v.Status == "ACTIVE":
		return &v.Tags, func() { s.saveService(v) }, nil
	case kind == "task-definition" && d != nil:
		return &d.Internal.Tags, func() { s.saveDefinition(d) }, nil
	case kind != "cluster" && kind != "service" && kind != "task-definition":
		return nil, nil, invalid("tags of a %s are not kept here", kind)
	}
	return nil, nil, awsapi.Errorf("ResourceNotFoundException", "The specified resource %s was not found.", arn)
}

func (s *Service) listTags(_ context.Context, in tagsInput) (tagsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tags, _, err := s.tagged(in.ARN)
	if err != nil {
		return tagsOutput{}, err
	}
	return tagsOutput{append([]tag{}, *tags...)}, nil
}

func (s *Service) addTags(_ context.Context, in tagInput) (out struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tags, save, err := s.tagged(in.ARN)
	if err != nil {
		return out, err
	}
	all := map[string]string{}
	for _, t := range append(slices.Clone(*tags), in.Tags...) {
		if t.Key == "" || strings.HasPrefix(strings.ToLower(t.Key), "aws:") {
			return out, invalid("Invalid tag key: %q. A key is not empty and does not begin with aws:", t.Key)
		}
		all[t.Key] = t.Value
	}
	if len(all) > mostTags {
		return out, invalid("The number of tags (%d) exceeds the limit of %d per resource.", len(all), mostTags)
	}
	*tags = tagsOf(all)
	save()
	return out, nil
}

func (s *Service) removeTags(_ context.Context, in untagInput) (out struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tags, save, err := s.tagged(in.ARN)
	if err != nil {
		return out, err
	}
	*tags = slices.DeleteFunc(slices.Clone(*tags), func(t tag) bool { return slices.Contains(in.Keys, t.Key) })
	save()
	return out, nil
}
