package recipe

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"slipway/automation/fault"
	"slipway/automation/project"
)

// trouble is one kind of file that git has and a build cannot use.
type trouble struct {
	names []string
	is    string // of one of them
	next  string
}

// check refuses files that would reach the build as something else than what they stand for. What .dockerignore leaves out
// does not reach it.
func check(root *os.Root, of project.Context, ignore []byte) error {
	ignored, err := patterns(root, ignore)
	if err != nil {
		return fmt.Errorf("reading .dockerignore of %s: %w", of.Name, err)
	}
	e := fault.Error{Op: "reading the files of " + of.Name, Code: fault.BadInput}
	var next []string
	for _, t := range []trouble{
		{of.Submodules, "a submodule: its files are no part of the commit, and its folder would be empty in the image",
			"put the submodule's files into the repository (git subtree add)"},
		{of.Pointers, "a pointer of Git LFS: what it points to is no part of the commit, and the pointer would be in the image",
			"keep the file in git itself (git lfs migrate export --include=PATH), or fetch it in a step of the Dockerfile"},
		{of.Misnamed, "a name, or a link to one, that is no UTF-8, and Docker's builder takes no other",
			"rename it (git mv)"},
	} {
		if found := kept(of.Name, t, ignored); len(found) > 0 {
			e.Evidence = append(e.Evidence, found...)
			next = append(next, t.next)
		}
	}
	if len(next) == 0 {
		return nil
	}
	e.Cause = "the commit has what an image cannot be built from"
	e.Next = strings.Join(next, "; ") + "; or leave it out of the build in .dockerignore"
	return &e
}

// mostNamed is how many files of a kind are named.
const mostNamed = 10

func kept(folder string, t trouble, ignored *patternmatcher.PatternMatcher) (lines []string) {
	for _, name := range t.names {
		if out, err := ignored.MatchesOrParentMatches(filepath.FromSlash(name)); err == nil && out {
			continue
		}
		if len(lines) == mostNamed {
			return append(lines, "… and more")
		}
		lines = append(lines, fmt.Sprintf("%q is %s", path.Join(folder, name), t.is))
	}
	return lines
}

// patterns are those of the Dockerfile's own .dockerignore or, without one, of the context's.
func patterns(root *os.Root, own []byte) (*patternmatcher.PatternMatcher, error) {
	if own == nil {
		text, err := read(root, ignoreSuffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		own = text
	}
	lines, err := ignorefile.ReadAll(bytes.NewReader(own))
	if err != nil {
		return nil, err
	}
	return patternmatcher.New(lines)
}
