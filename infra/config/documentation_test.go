package config

import (
	"fmt"
	"os"
	"strings"
	"testing"
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
