package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"slipway/infra/config"
)

var (
	link = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	key  = regexp.MustCompile(`slipway:([A-Za-z]+)`)
)

// Every page may be read alone: its links lead to files that exist, and the keys that it names can be set.
func TestDocumentation(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("pages %v, error %v", pages, err)
	}
	for _, page := range append(pages, "README.md", "CONTRIBUTING.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(found[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), found[1])); err != nil {
				t.Errorf("%s links to %s, which does not exist", page, found[1])
			}
		}
		for _, found := range key.FindAllStringSubmatch(string(text), -1) {
			if tag := found[1] == "app" || found[1] == "stack"; !tag && !config.Known(found[1]) {
				t.Errorf("%s names slipway:%s, which is no key", page, found[1])
			}
		}
	}
}
