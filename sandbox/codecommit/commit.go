package codecommit

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"slipway/sandbox/awsapi"
)

// Commit is a commit of a repository.
type Commit struct {
	ID, Message         string
	Author, Email       string
	AuthorDate          time.Time // in UTC
	CommitterDate       time.Time // in UTC
	tree                string
	parents             []string
	committer, byEmail  string
	authored, committed string // seconds since 1970 and zone, as git has them
}

var commitForm = regexp.MustCompile(`^[0-9a-f]{40}$`)

// Head returns the newest commit of a branch. An *awsapi.Error says whether the repository, the branch or everything
// is missing.
func (s *Service) Head(ctx context.Context, repository, branch string) (Commit, error) {
	id, err := s.tip(ctx, repository, branch)
	if err != nil {
		return Commit{}, err
	}
	return s.commit(ctx, repository, id)
}

// tip returns the id of the newest commit of a branch.
func (s *Service) tip(ctx context.Context, repository, branch string) (string, error) {
	if _, err := s.find(repository); err != nil {
		return "", err
	}
	if branch == "" {
		return "", awsapi.Errorf("BranchNameRequiredException", "A branch name is required, but was not specified")
	}
	refs, err := s.refs(ctx, repository)
	switch {
	case err != nil:
		return "", err
	case len(refs) == 0:
		return "", errEmpty(repository, branch)
	case refs["refs/heads/"+branch] == "":
		return "", errNoBranch(repository, branch)
	}
	return refs["refs/heads/"+branch], nil
}

// Archive writes a zip of a commit's files, without git's own.
func (s *Service) Archive(ctx context.Context, repository, commit string, w io.Writer) error {
	c, err := s.commit(ctx, repository, commit)
	if err != nil {
		return err
	}
	if err := s.stream(ctx, w, s.folder(repository), "archive", "--format=zip", c.ID); err != nil {
		return fmt.Errorf("packing %s of %s: %w", c.ID, repository, err)
	}
	return nil
}

// fields of a commit as git prints them, with a zero byte between.
const fields = "%H%x00%T%x00%P%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B"

// commit reads a commit by its full id.
func (s *Service) commit(ctx context.Context, repository, id string) (Commit, error) {
	if _, err := s.find(repository); err != nil {
		return Commit{}, err
	}
	switch {
	case id == "":
		return Commit{}, awsapi.Errorf("CommitIdRequiredException", "A commit ID was not specified")
	case !commitForm.MatchString(id):
		return Commit{}, awsapi.Errorf("InvalidCommitIdException", "%q is not a full commit ID", id)
	}
	if _, err := s.run(ctx, s.folder(repository), "cat-file", "-e", id+"^{commit}"); err != nil {
		if ctx.Err() != nil {
			return Commit{}, ctx.Err()
		}
		return Commit{}, awsapi.Errorf("CommitIdDoesNotExistException", "the commit %s does not exist in the repository %s", id, repository)
	}
	out, err := s.run(ctx, s.folder(repository), "show", "--no-patch", "--no-show-signature", "--encoding=UTF-8", "--date=raw", "--format="+fields, id)
	if err != nil {
		return Commit{}, err
	}
	return parseCommit(out)
}

func parseCommit(text string) (c Commit, err error) {
	f := strings.SplitN(text, "\x00", 10)
	if len(f) != 10 {
		return c, fmt.Errorf("reading a commit: git printed %d fields", len(f))
	}
	c = Commit{
		ID: f[0], tree: f[1], parents: strings.Fields(f[2]), Author: f[3], Email: f[4], authored: f[5],
		committer: f[6], byEmail: f[7], committed: f[8], Message: strings.TrimSuffix(f[9], "\n"),
	}
	if c.AuthorDate, err = raw(c.authored); err == nil {
		c.CommitterDate, err = raw(c.committed)
	}
	return c, err
}

// raw reads a time in git's own form.
func raw(text string) (time.Time, error) {
	seconds, _, _ := strings.Cut(text, " ")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading a commit's time %q: %w", text, err)
	}
	return time.Unix(n, 0).UTC(), nil
}
