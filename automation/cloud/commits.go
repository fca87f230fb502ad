package cloud

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
)

// Commit answers who wrote a commit of a CodeCommit repository, as "name <address>", the first line of its message, and
// when it was committed.
func (c *Cloud) Commit(ctx context.Context, repository, hash string) (author, subject string, at time.Time, err error) {
	out, err := c.git.GetCommit(ctx, &codecommit.GetCommitInput{
		RepositoryName: aws.String(repository), CommitId: aws.String(hash),
	})
	if err != nil {
		return "", "", at, wrap("read commit %s of repository %s", err, hash, repository)
	}
	if out.Commit == nil {
		return "", "", at, nil
	}
	if by := out.Commit.Author; by != nil {
		author = fmt.Sprintf("%s <%s>", aws.ToString(by.Name), aws.ToString(by.Email))
	}
	subject, _, _ = strings.Cut(strings.TrimSpace(aws.ToString(out.Commit.Message)), "\n")
	if by := out.Commit.Committer; by != nil {
		at, err = commitTime(aws.ToString(by.Date))
	}
	return author, subject, at, err
}

// Tip is the hash of the last commit of a branch of a CodeCommit repository.
func (c *Cloud) Tip(ctx context.Context, repository, branch string) (string, error) {
	out, err := c.git.GetBranch(ctx, &codecommit.GetBranchInput{RepositoryName: aws.String(repository), BranchName: aws.String(branch)})
	if err != nil {
		return "", wrap("read branch %s of repository %s", err, branch, repository)
	}
	if out.Branch == nil {
		return "", nil
	}
	return aws.ToString(out.Branch.CommitId), nil
}

// commitTime reads a date in git's own form, which CodeCommit hands on: seconds since 1970, a space, the zone.
func commitTime(date string) (time.Time, error) {
	seconds, _, _ := strings.Cut(date, " ")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}, wrap("read the date %q of a commit", err, date)
	}
	return time.Unix(n, 0).UTC(), nil
}
