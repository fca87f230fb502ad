package project

import (
	"context"
	"strings"
)

// Below is the project's folder in the git repository that has its Pulumi.yaml, with slashes. It is empty for a project at
// the root of its repository, and for one that git does not have.
func (p *Project) Below(ctx context.Context) string {
	s := &Source{Folder: p.Root, there: p.Root}
	if _, err := s.git(ctx, "ls-files", "--error-unmatch", "--", "Pulumi.yaml"); err != nil {
		return ""
	}
	return Prefix(ctx, p.Root)
}

// Prefix is a folder's path in the git repository that it is in, with slashes. It is empty for the repository itself, and
// where there is none.
func Prefix(ctx context.Context, folder string) string {
	out, err := Git(ctx, folder, "rev-parse", "--show-prefix").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(out), "\n"), "/")
}
