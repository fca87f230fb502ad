package recipe

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// missing is how BuildKit names a file that a step wants and the context does not have: version 0.8 of Docker 20.10 says
// `"/a": not found` behind a cache key, later ones behind the checksum of a ref.
var missing = regexp.MustCompile(`(?:cache key|checksum of ref)\b.*?"/([^"]+)"`)

// Explain says why a build lacks a file that a person sees in the folder: .dockerignore leaves it out, or it is not
// committed. It answers nothing for a build that failed otherwise.
func (r Recipe) Explain(said []string) string {
	found := missing.FindStringSubmatch(strings.Join(said, "\n"))
	if found == nil {
		return ""
	}
	name := path.Clean(found[1])
	full := path.Join(r.Identity.Folder, name)
	if _, err := os.Lstat(filepath.Join(r.Context, filepath.FromSlash(name))); err != nil {
		return fmt.Sprintf("the commit has no %s, which the Dockerfile takes: commit it, if .gitignore does not leave it out", full)
	}
	if by := r.ignoredBy(name); by != "" {
		return fmt.Sprintf("%s leaves out %s, which the Dockerfile takes: add a line !%s to it", path.Join(r.Identity.Folder, by), full, name)
	}
	return ""
}

// ignoredBy is the file that leaves a name out of the context, or nothing.
func (r Recipe) ignoredBy(name string) string {
	root, err := os.OpenRoot(r.Context)
	if err != nil {
		return ""
	}
	defer func() { _ = root.Close() }()
	dockerfile, _, _ := strings.Cut(r.Identity.Dockerfile, "@")
	by := dockerfile + ignoreSuffix
	own, err := read(root, by)
	if err != nil {
		by, own = ignoreSuffix, nil
	}
	ignored, err := patterns(root, own)
	if err != nil {
		return ""
	}
	if out, err := ignored.MatchesOrParentMatches(filepath.FromSlash(name)); err != nil || !out {
		return ""
	}
	return by
}
