package e2e

import "testing"

// A fault of a release, and two of the settings; `slipway sandbox drill all` makes the others.
func TestDrills(t *testing.T) {
	t.Parallel()
	w := bareWorld(t)
	var drilled struct {
		Data []struct {
			Name, Rule, Wanted, Problem string
			Serves                      bool
		}
	}
	w.json(&drilled, "sandbox", "drill", "crash", "secret", "image", "--json")
	if len(drilled.Data) != 3 {
		t.Fatalf("%+v", drilled)
	}
	for _, d := range drilled.Data {
		if d.Rule != d.Wanted || !d.Serves || d.Problem != "" {
			t.Errorf("%+v", d)
		}
	}
	w.fails(2, []string{`there is no drill "nonsense"`, "crash, "}, "sandbox", "drill", "nonsense")
}
