package elbv2

import (
	"context"
	"slices"
	"strings"
)

type describeTagsRequest struct{ ResourceArns []string }

type describeTagsAnswer struct {
	TagDescriptions []tagDescription `xml:"TagDescriptions>member"`
}

type tagDescription struct {
	ResourceArn string
	Tags        []attribute `xml:"Tags>member"`
}

func (s *Service) describeTags(_ context.Context, in describeTagsRequest) (out describeTagsAnswer, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, arn := range in.ResourceArns {
		tags, err := s.tagsOf(arn)
		if err != nil {
			return out, err
		}
		d := tagDescription{ResourceArn: arn}
		for k, v := range tags {
			d.Tags = append(d.Tags, attribute{k, v})
		}
		slices.SortFunc(d.Tags, func(a, b attribute) int { return strings.Compare(a.Key, b.Key) })
		out.TagDescriptions = append(out.TagDescriptions, d)
	}
	return out, nil
}

func (s *Service) tagsOf(arn string) (map[string]string, error) {
	if b := s.balancers[arn]; b != nil {
		return b.record().Tags, nil
	}
	if g := s.groups[arn]; g != nil {
		return g.record().Tags, nil
	}
	if l, found := s.listeners[arn]; found {
		return l.Tags, nil
	}
	if r, found := s.rules[arn]; found {
		return r.Tags, nil
	}
	switch {
	case strings.Contains(arn, ":targetgroup/"):
		return nil, noTargetGroup(arn)
	case strings.Contains(arn, ":listener/"):
		return nil, noListener(arn)
	}
	return nil, noLoadBalancer(arn)
}

func (s *Service) sortedBalancers() (all []loadBalancer) {
	for _, b := range s.balancers {
		all = append(all, b.record())
	}
	slices.SortFunc(all, func(a, b loadBalancer) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func (s *Service) sortedGroups() (all []targetGroup) {
	for _, g := range s.groups {
		all = append(all, g.record())
	}
	slices.SortFunc(all, func(a, b targetGroup) int { return strings.Compare(a.Name, b.Name) })
	return all
}
