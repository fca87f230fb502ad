package cloud

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
)

// Commit answers who wrote a commit of a CodeCommit repository, as "name <address>", and the first line of its message.
func (c *Cloud) Commit(ctx context.Context, repository, hash string) (author, subject string, err error) {
	out, err := c.git.GetCommit(ctx, &codecommit.GetCommitInput{
		RepositoryName: aws.String(repository), CommitId: aws.String(hash),
	})
	if err != nil {
		return "", "", wrap("read commit %s of repository %s", err, hash, repository)
	}
	if out.Commit == nil {
		return "", "", nil
	}
	if by := out.Commit.Author; by != nil {
		author = fmt.Sprintf("%s <%s>", aws.ToString(by.Name), aws.ToString(by.Email))
	}
	subject, _, _ = strings.Cut(strings.TrimSpace(aws.ToString(out.Commit.Message)), "\n")
	return author, subject, nil
}
