package config

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// The table of keys in the documentation is the table in the program.
func TestDocumentationListsEveryKey(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows(known, "") {
		if !strings.Contains(string(text), row) {
			t.Errorf("docs/configuration.md lacks the row\n%s", row)
		}
	}
}

// rows are those of the table for a group of keys and all keys within them.
func rows(g *group, within string) []string {
	var all []string
	for _, s := range g.settings {
		fallback := "none"
		if s.key == "appName" {
			fallback = "the project's name"
		} else if s.fallback != "" {
			fallback = "`" + s.fallback + "`"
		}
		all = append(all, fmt.Sprintf("| `%s` | %s | %s |", within+s.key, fallback, s.allowed))
	}
	for _, o := range g.objects {
		if o.parts != nil {
			all = append(all, rows(o.parts, within+o.key+".")...)
			continue
		}
		all = append(all, fmt.Sprintf("| `%s` | none | %s |", within+o.key, o.allowed))
	}
	return all
}

var example = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// Every example in the documentation is YAML, and a configuration that is accepted.
func TestExamplesAreAccepted(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := example.FindAllSubmatch(text, -1)
	for _, found := range examples {
		var file struct{ Config map[string]any }
		if err := yaml.Unmarshal(found[1], &file); err != nil {
			t.Errorf("%v:\n%s", err, found[1])
			continue
		}
		raw := map[string]string{"kind": KindEnvironment}
		for full, value := range file.Config {
			key, _ := strings.CutPrefix(full, Namespace+":")
			if shared, ok := value.(map[string]any); ok && shared["value"] != nil { // as Pulumi.yaml has it
				value = shared["value"]
			}
			raw[key] = textOf(value)
		}
		if _, err := Parse(raw); err != nil {
			t.Errorf("%v:\n%s", err, found[1])
		}
	}
	if len(examples) < 4 {
		t.Errorf("%d examples were found", len(examples))
	}
}
