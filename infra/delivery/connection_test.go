package delivery

import "testing"

func TestConnectionIsUsedUnderItsOwnName(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:codeconnections:us-east-1:000000000000:connection/abc":      "codeconnections:UseConnection",
		"arn:aws:codestar-connections:us-east-1:000000000000:connection/abc": "codestar-connections:UseConnection",
	} {
		if got := useConnection(arn); got != want {
			t.Errorf("%s: %s", arn, got)
		}
	}
}
