package ecs

import (
	"fmt"
	"strings"
	"testing"
)

func TestTagsOfResources(t *testing.T) {
	s := quiet(t, &walls{})
	def := register(t, s, nil, map[string]any{"name": "app", "image": "ecr/app", "memory": 64})
	if _, _, err := (serviceBehaviour{s}).Create(t.Context(), serviceProperties(def.ARN, 0, map[string]any{"loadBalancers": nil})); err != nil {
		t.Fatal(err)
	}
	for _, arn := range []string{"arn:aws:ecs:us-east-1:000000000000:cluster/c", webARN, def.ARN} {
		if _, err := s.addTags(t.Context(), tagInput{arn, []tag{{"b", "2"}, {"a", "1"}, {"c", ""}}}); err != nil {
			t.Fatal(arn, err)
		}
		if _, err := s.removeTags(t.Context(), untagInput{arn, []string{"c", "none"}}); err != nil {
			t.Fatal(arn, err)
		}
		if out, err := s.listTags(t.Context(), tagsInput{arn}); err != nil || fmt.Sprint(out.Tags) != "[{a 1} {b 2}]" {
			t.Errorf("%s has %v, %v", arn, out.Tags, err)
		}
	}
	var many []tag
	for i := range 51 {
		many = append(many, tag{Key: fmt.Sprint(i)})
	}
	for _, c := range []struct {
		in   tagInput
		want string
	}{
		{tagInput{webARN, many}, "InvalidParameterException: The number of tags (53)"},
		{tagInput{webARN, []tag{{"aws:x", ""}}}, "InvalidParameterException: Invalid tag key"},
		{tagInput{webARN + "9", nil}, "ResourceNotFoundException"},
		{tagInput{"web", nil}, "InvalidParameterException: Invalid ARN"},
		{tagInput{"arn:aws:ecs:us-east-1:000000000000:task/c/1", nil}, "InvalidParameterException: tags of a task are not kept here"},
	} {
		if _, err := s.addTags(t.Context(), c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

func TestARevisionThatIsDeregistered(t *testing.T) {
	s := quiet(t, &walls{})
	container := map[string]any{"name": "app", "image": "ecr/app", "memory": 64}
	first, second := register(t, s, nil, container), register(t, s, nil, container)
	for _, c := range []struct{ name, want string }{
		{"web", "Invalid revision number"}, {"web:9", "does not exist"}, {second.ARN, ""}, {second.ARN, ""},
	} {
		if _, err := s.deregisterDefinition(t.Context(), deregisterInput{c.name}); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if d, err := s.definition("web"); err != nil || d.ARN != first.ARN {
		t.Error("the newest revision is not the one before", d, err)
	}
	families := func(status string) string {
		out, err := s.listFamilies(t.Context(), familiesInput{Status: status})
		return fmt.Sprint(out.Families, err)
	}
	if got := families("ACTIVE"); got != "[web] <nil>" {
		t.Error(got)
	}
	if _, err := s.deregisterDefinition(t.Context(), deregisterInput{"web:1"}); err != nil {
		t.Fatal(err)
	}
	if got := families("ACTIVE") + families("INACTIVE"); got != "[] <nil>[web] <nil>" {
		t.Error(got)
	}
}
