package drill

import (
	"os"
	"strings"
	"testing"
)

// Every drill has a name of its own and a rule that the diagnosis has.
func TestEveryDrillHasARule(t *testing.T) {
	rules, err := os.ReadFile("../diagnose/rules.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{"all": true}
	for _, d := range All {
		if seen[d.Name] || d.Fault == "" || !strings.Contains(string(rules), `{"`+d.Rule+`", `) {
			t.Errorf("%+v", d)
		}
		seen[d.Name] = true
		if found := Find(d.Name); len(found) != 1 || found[0].Name != d.Name {
			t.Errorf("%s is found as %+v", d.Name, found)
		}
	}
	if len(Find("all")) != len(All) || Find("nonsense") != nil {
		t.Error("all are not found, or what is none is")
	}
}
