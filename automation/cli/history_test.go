package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"slipway/automation/release"
	"slipway/automation/release/ledger"
)

// show tells people what a proof saw in lines, and what it lacks.
func TestProofForPeople(t *testing.T) {
	digest := "sha256:" + strings.Repeat("a", 64)
	proof := release.Proof{
		Requested: digest, Commit: "c1", Basis: release.BasisVersion, Path: "/version", Accepted: "200",
		Running: []release.Running{{Task: "t1", Digest: digest}}, Targets: release.Targets{Tasks: 1, Healthy: 1},
		Served:             []release.Served{{Status: 200, Commit: "c1", Digest: digest, Task: "t1"}},
		RunningIsRequested: true, TargetsAreHealthy: true, ServedIsRequested: true, ServedIsHealthy: true,
	}
	whole := shownProof(t, proof)
	for _, want := range []string{"task t1 with " + digest, "1 of 1 tasks behind", "/version with status 200, commit c1", "all of it agrees"} {
		if !strings.Contains(whole, want) {
			t.Errorf("%q is not in\n%s", want, whole)
		}
	}
	proof.Served, proof.ServedIsRequested = []release.Served{{Error: "connection refused"}}, false
	if text := shownProof(t, proof); !strings.Contains(text, "not proved: ") || strings.ContainsAny(text, "{}") {
		t.Error(text)
	}
}

func shownProof(t *testing.T, proof release.Proof) string {
	t.Helper()
	recorded, err := json.Marshal(proof)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	printEntry(&out, ledger.Entry{Number: 3, Environment: "dev", Kind: ledger.Deploy, Outcome: ledger.Released, Proof: recorded})
	return out.String()
}
