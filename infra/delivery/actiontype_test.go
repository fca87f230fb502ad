package delivery

import (
	"testing"

	"slipway/infra/config"
)

// The version of an action type is for good: with another definition it is another, and with the same the same.
func TestActionTypeVersionFollowsItsDefinition(t *testing.T) {
	base := actionDefinitionOf(&config.Config{})
	known, err := base.version()
	if err != nil || known != "8180345" {
		t.Errorf("version is %s, %v: the definition has changed", known, err)
	}
	seen := map[string]string{known: "the definition itself"}
	for name, change := range map[string]func(d *actionDefinition){
		"category":  func(d *actionDefinition) { d.Category = "Test" },
		"inputs":    func(d *actionDefinition) { d.Inputs = 2 },
		"outputs":   func(d *actionDefinition) { d.Outputs = 1 },
		"entity":    func(d *actionDefinition) { d.EntityURL = "https://a.example.com/" },
		"execution": func(d *actionDefinition) { d.ExecutionURL = "https://a.example.com/" },
		"one less":  func(d *actionDefinition) { d.Properties = d.Properties[1:] },
		"order":     func(d *actionDefinition) { d.Properties[0], d.Properties[1] = d.Properties[1], d.Properties[0] },
		"name":      func(d *actionDefinition) { d.Properties[0].Name = "Project" },
		"text":      func(d *actionDefinition) { d.Properties[0].Description = "" },
		"key":       func(d *actionDefinition) { d.Properties[0].Key = false },
		"required":  func(d *actionDefinition) { d.Properties[0].Required = false },
		"queryable": func(d *actionDefinition) { d.Properties[0].Queryable = false },
	} {
		definition := actionDefinitionOf(&config.Config{})
		change(&definition)
		version, err := definition.version()
		if other, taken := seen[version]; taken || err != nil || len(version) > 9 {
			t.Errorf("%s: version %s, %v (as %s)", name, version, err, other)
		}
		seen[version] = name
	}
}
