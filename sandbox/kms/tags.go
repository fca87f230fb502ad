package kms

import (
	"context"
	"maps"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
)

// mostTags is how many tags a key may have, and the other two how long they may be, in characters
// (https://docs.aws.amazon.com/kms/latest/APIReference/API_Tag.html, November 2026).
const (
	mostTags        = 50
	longestTagKey   = 128
	longestTagValue = 256
)

type tag struct{ TagKey, TagValue string }

// tagMap returns tags by key. A key that is given twice is an error.
func tagMap(tags []tag) (map[string]string, error) {
	all := map[string]string{}
	for _, t := range tags {
		if _, twice := all[t.TagKey]; twice {
			return nil, awsapi.Errorf("TagException", "The tag key %q is given twice", t.TagKey)
		}
		all[t.TagKey] = t.TagValue
	}
	return all, nil
}

func checkTags(tags map[string]string) error {
	if len(tags) > mostTags {
		return awsapi.Errorf("TagException", "A key may have %d tags, not %d", mostTags, len(tags))
	}
	for k, v := range tags {
		if k == "" || len([]rune(k)) > longestTagKey || len([]rune(v)) > longestTagValue || strings.HasPrefix(k, "aws:") {
			return awsapi.Errorf("TagException", "The tag %q is not valid: keys have 1 to %d characters and do not begin with aws:, values up to %d",
				k, longestTagKey, longestTagValue)
		}
	}
	return nil
}

type tagInput struct {
	KeyID string
	Tags  []tag
}

func (s *Service) tagResource(_ context.Context, in tagInput) (struct{}, error) {
	added, err := tagMap(in.Tags)
	if err != nil {
		return struct{}{}, err
	}
	_, err = s.change(in.KeyID, unlessPending, func(k *key) error {
		all := maps.Clone(k.Tags)
		if all == nil {
			all = map[string]string{}
		}
		maps.Copy(all, added)
		k.Tags = all
		return k.check()
	})
	return struct{}{}, err
}

type untagInput struct {
	KeyID   string
	TagKeys []string
}

func (s *Service) untagResource(_ context.Context, in untagInput) (struct{}, error) {
	_, err := s.change(in.KeyID, unlessPending, func(k *key) error {
		maps.DeleteFunc(k.Tags, func(name, _ string) bool { return slices.Contains(in.TagKeys, name) })
		return nil
	})
	return struct{}{}, err
}

type listTagsInput struct {
	KeyID string
	paging
}

type listTagsOutput struct {
	Tags []tag
	more
}

func (s *Service) listResourceTags(_ context.Context, in listTagsInput) (out listTagsOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.own(in.KeyID)
	if err != nil {
		return out, err
	}
	all := []tag{}
	for _, name := range slices.Sorted(maps.Keys(k.Tags)) {
		all = append(all, tag{name, k.Tags[name]})
	}
	out.Tags, out.more, err = page(all, in.paging, 50, 50, func(t tag) string { return t.TagKey })
	return out, err
}
