package release

import "testing"

func TestBrief(t *testing.T) {
	for message, want := range map[string]string{
		"(service web) has reached a steady state.": "ECS: has reached a steady state.",
		"(service web) registered 1 targets in (target-group arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/web-tg/0b360e11c6fa957a)": "ECS: registered 1 targets in (target-group web-tg)",
		"something else": "ECS: something else",
	} {
		if got := brief(message); got != want {
			t.Errorf("brief(%q) = %q, want %q", message, got, want)
		}
	}
}
