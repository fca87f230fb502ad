package cli

import (
	"bytes"
	"strings"
	"testing"

	"slipway/automation/engine"
)

func TestAgree(t *testing.T) {
	plan := engine.Changes{{Op: "create", Type: "aws:ec2/vpc:Vpc", Name: "dev"}, {Op: "replace", Type: "aws:ecs/taskDefinition:TaskDefinition", Name: "app", Diffs: []string{"containerDefinitions"}}}
	for answer, want := range map[string]bool{"y\n": true, "YES\n": true, "yes": true, "\n": false, "": false, "n\n": false, "yesterday\n": false} {
		var talk bytes.Buffer
		s := &Session{In: strings.NewReader(answer), Talk: &talk}
		if got, err := s.agree(plan, "Change it?"); err != nil || got != want {
			t.Errorf("%q: %v, %v", answer, got, err)
		}
		for _, line := range []string{"create   aws:ec2/vpc:Vpc", "containerDefinitions", "1 create, 1 replace", "Change it? [y/N]"} {
			if !strings.Contains(talk.String(), line) {
				t.Errorf("%q is not in\n%s", line, talk.String())
			}
		}
	}
}

func TestNameMustBeTyped(t *testing.T) {
	for answer, want := range map[string]bool{"dev\n": true, "y\n": false, "DEV\n": false, "": false} {
		s := &Session{In: strings.NewReader(answer), Talk: &bytes.Buffer{}}
		if got, err := s.typed("dev"); got != want || (err == nil) != want {
			t.Errorf("%q: %v, %v", answer, got, err)
		}
	}
}
