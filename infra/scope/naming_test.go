package scope

import "testing"

func TestNamesFitAWS(t *testing.T) {
	for stack, want := range map[string]string{
		"dev": "app-dev", "feature_x.1": "app-feature-x-1", "a-very-long-stack-name": "app-a-very-long-stac", "long-enough-to-cu-": "app-long-enough-to-c",
	} {
		if got := NewNaming("app", stack).Base; got != want || len(got) > baseLength {
			t.Errorf("stack %s: %s", stack, got)
		}
	}
}
