package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which top packages of the module each folder may import, itself aside.
var mayImport = map[string][]string{
	"":            {"infra"},
	"infra":       {"images"},
	"images":      {},
	"automation":  {"infra", "images", "sandbox"},
	"sandbox":     {},
	"conformance": {"automation", "images", "infra", "sandbox"},
}

// doors are the packages below a top package that others may import: the daemon starts and stops a sandbox, the user
// data of the Jenkins host is a part of what is on AWS, whoever runs the program knows its keys and its outputs, and IAM's
// rules are the same wherever they are applied. What identifies an image is known to whoever puts one into a registry.
var doors = []string{"sandbox/buildkit", "sandbox/daemon", "sandbox/datachannel", "sandbox/iam", "sandbox/iam/calls", "images/jenkins", "infra/config", "infra/outputs", "automation/project", "automation/recipe"}

// Imports point one way: what stands on AWS knows nothing of who puts it there, nor on what.
func TestImportsPointOneWay(t *testing.T) {
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && file != "." && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir
		}
		if strings.HasSuffix(file, ".go") {
			checkImports(t, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkImports(t *testing.T, file string) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	inside, _ := filepath.Rel(".", file)
	from, _, nested := strings.Cut(filepath.ToSlash(inside), "/")
	if !nested {
		from = ""
	}
	allowed, known := mayImport[from]
	if !known {
		return
	}
	for _, spec := range parsed.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		ours, inModule := strings.CutPrefix(path.Clean(imported), "slipway/")
		to, _, _ := strings.Cut(ours, "/")
		if !inModule || to == from {
			continue
		}
		door := ours == to || slices.Contains(doors, ours) || to == "sandbox" && strings.HasSuffix(file, "_test.go") // a test may serve one service
		if !slices.Contains(allowed, to) || !door {
			t.Errorf("%s imports %s", inside, imported)
		}
	}
}

// rooms says which packages of infra each of them may import. The three that declare something know nothing of each other,
// but for delivery: its pipeline waits for the Jenkins host, and its bucket and action type are what the host works with.
var rooms = map[string][]string{
	"config":      {},
	"outputs":     {},
	"scope":       {"config", "outputs"},
	"policy":      {"config", "scope"},
	"network":     {"config", "scope"},
	"environment": {"config", "network", "outputs", "policy", "scope"},
	"jenkinshost": {"config", "network", "outputs", "policy", "scope"},
	"delivery":    {"config", "jenkinshost", "outputs", "policy", "scope"},
}

func TestInfraHasNoSidewaysImports(t *testing.T) {
	files, err := filepath.Glob("infra/*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		room := path.Base(path.Dir(filepath.ToSlash(file)))
		allowed, known := rooms[room]
		if !known {
			t.Errorf("infra/%s is no room that the test knows", room)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range parsed.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			to, ours := strings.CutPrefix(imported, "slipway/infra")
			if ours && !slices.Contains(allowed, strings.TrimPrefix(to, "/")) {
				t.Errorf("%s imports %s", file, imported)
			}
		}
	}
}
