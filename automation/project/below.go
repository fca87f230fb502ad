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
	prefix, err := s.git(ctx, "rev-parse", "--show-prefix")
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSuffix(prefix, "\n"), "/")
}
