package naming_test

import (
	"regexp"
	"testing"

	"slipway/sandbox/naming"
)

func TestForms(t *testing.T) {
	for got, want := range map[string]string{
		naming.Region("eu-west-1").ARN("ecs", "cluster/dev"): `arn:aws:ecs:eu-west-1:000000000000:cluster/dev`,
		naming.GlobalARN("iam", "role/task"):                 `arn:aws:iam::000000000000:role/task`,
		naming.ID("vpc"):                                     `vpc-[0-9a-f]{17}`,
		naming.Hex(7):                                        `[0-9a-f]{7}`,
		naming.Hex(8):                                        `[0-9a-f]{8}`,
		naming.CallerARN:                                     `arn:aws:iam::000000000000:user/sandbox`,
	} {
		if !regexp.MustCompile("^" + want + "$").MatchString(got) {
			t.Errorf("%q is not %s", got, want)
		}
	}
}

func TestIDsDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := naming.ID("sg")
		if seen[id] {
			t.Fatalf("%s came twice", id)
		}
		seen[id] = true
	}
}
