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
	"conformance": {"infra", "sandbox"},
}

// doors are the packages below a top package that others may import: the daemon starts and stops a sandbox, the
// user data of the Jenkins host is a part of what stands on AWS, and IAM's rules are the same wherever they are applied.
var doors = []string{"sandbox/daemon", "sandbox/iam", "images/jenkins"}

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
		if !slices.Contains(allowed, to) || ours != to && !slices.Contains(doors, ours) {
			t.Errorf("%s imports %s", inside, imported)
		}
	}
}
