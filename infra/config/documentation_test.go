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
	for _, s := range settings {
		fallback := "none"
		if s.fallback != "" {
			fallback = "`" + s.fallback + "`"
		}
		row := fmt.Sprintf("| `%s` | %s | %s |", s.key, fallback, s.allowed)
		if !strings.Contains(string(text), row) {
			t.Errorf("docs/configuration.md lacks the row\n%s", row)
		}
	}
}
