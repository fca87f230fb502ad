package controller

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Archiver is the post-build action "Archive the artifacts".
type Archiver struct {
	Artifacts      []string // Ant patterns
	Excludes       []string
	AllowEmpty     bool
	OnlySuccessful bool
	FoldCase       bool
}

func archiver(e element) (Archiver, error) {
	a := Archiver{
		Artifacts: patterns(e.text("artifacts")), Excludes: patterns(e.text("excludes")), AllowEmpty: e.flag("allowEmptyArchive"),
		OnlySuccessful: e.flag("onlyIfSuccessful"), FoldCase: strings.TrimSpace(e.text("caseSensitive")) == "false",
	}
	if len(a.Artifacts) == 0 {
		return a, fmt.Errorf("the post-build action that archives artifacts names none")
	}
	return a, e.only("artifacts", "excludes", "allowEmptyArchive", "onlyIfSuccessful", "caseSensitive", "fingerprint", "defaultExcludes",
		"followSymlinks", "latestOnly")
}

func patterns(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
}

// archive copies what matches from the workspace into the folder to, and returns the paths in the workspace.
// Symbolic links are left out.
func (a Archiver) archive(workspace, to string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(workspace, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		path, err := filepath.Rel(workspace, file)
		if err != nil || !a.takes(filepath.ToSlash(path)) {
			return err
		}
		found = append(found, filepath.ToSlash(path))
		return copyFile(file, filepath.Join(to, path))
	})
	slices.Sort(found)
	return found, err
}

func (a Archiver) takes(path string) bool {
	matches := func(pattern string) bool { return ant(pattern, a.FoldCase).MatchString(path) }
	return slices.ContainsFunc(a.Artifacts, matches) && !slices.ContainsFunc(a.Excludes, matches)
}

// ant makes a regular expression of an Ant pattern: ? is a character and * any number of them within a name,
// ** any number of folders; a pattern that ends with / means all below.
func ant(pattern string, fold bool) *regexp.Regexp {
	if strings.HasSuffix(pattern, "/") {
		pattern += "**"
	}
	var b strings.Builder
	if fold {
		b.WriteString("(?i)")
	}
	b.WriteString("^")
	for rest := pattern; rest != ""; {
		switch {
		case strings.HasPrefix(rest, "**/"):
			b.WriteString("(?:[^/]+/)*")
			rest = rest[3:]
		case rest == "**":
			b.WriteString(".*")
			rest = ""
		case rest[0] == '*':
			b.WriteString("[^/]*")
			rest = rest[1:]
		case rest[0] == '?':
			b.WriteString("[^/]")
			rest = rest[1:]
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
			rest = rest[1:]
		}
	}
	b.WriteString("$")
	return regexp.MustCompile(b.String())
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, in); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}
