package codecommit_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	awscc "github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/smithy-go"

	"slipway/sandbox/awsapi"
)

// client is AWS's own, at the service's API.
func (r *rig) client() *awscc.Client {
	server := httptest.NewServer(awsapi.NewHandler(slog.New(slog.DiscardHandler), r.API()))
	r.t.Cleanup(server.Close)
	return awscc.New(awscc.Options{
		Region: "eu-west-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("sandbox", "sandbox", ""),
	})
}

func apiCode(err error) string {
	var known smithy.APIError
	if errors.As(err, &known) {
		return known.ErrorCode()
	}
	return code(err)
}

func TestTheClientOfAWSReadsRepositories(t *testing.T) {
	r := newRig(t)
	out := r.repository("app")
	r.repository("empty")
	c := r.clone("app")
	first := c.commit("a", "1")
	id := c.commit("a", "2")
	c.git("push", "--quiet", "origin", "HEAD:main", "HEAD:x/y")
	client, ctx := r.client(), context.Background()
	app, empty, none := "app", "empty", "none"

	got, err := client.GetRepository(ctx, &awscc.GetRepositoryInput{RepositoryName: &app})
	if err != nil {
		t.Fatal(err)
	}
	m := got.RepositoryMetadata
	if *m.RepositoryId != out["repositoryId"].StringValue() || *m.DefaultBranch != "main" || *m.CloneUrlHttp != r.server.URL+"/v1/repos/app" ||
		*m.Arn != out["arn"].StringValue() || m.CreationDate.IsZero() || m.LastModifiedDate.Before(*m.CreationDate) {
		t.Errorf("it is %+v", m)
	}
	if got, err := client.GetRepository(ctx, &awscc.GetRepositoryInput{RepositoryName: &empty}); err != nil || got.RepositoryMetadata.DefaultBranch != nil {
		t.Errorf("an empty one has the default branch %v: %v", got.RepositoryMetadata.DefaultBranch, err)
	}
	list, err := client.ListRepositories(ctx, &awscc.ListRepositoriesInput{})
	if err != nil || len(list.Repositories) != 2 || *list.Repositories[0].RepositoryName != "app" {
		t.Errorf("the list is %+v: %v", list, err)
	}
	batch, err := client.BatchGetRepositories(ctx, &awscc.BatchGetRepositoriesInput{RepositoryNames: []string{"none", "app"}})
	if err != nil || len(batch.Repositories) != 1 || strings.Join(batch.RepositoriesNotFound, " ") != "none" {
		t.Errorf("several are %+v: %v", batch, err)
	}
	branches, err := client.ListBranches(ctx, &awscc.ListBranchesInput{RepositoryName: &app})
	if err != nil || strings.Join(branches.Branches, " ") != "main x/y" {
		t.Errorf("the branches are %+v: %v", branches, err)
	}
	main := "main"
	branch, err := client.GetBranch(ctx, &awscc.GetBranchInput{RepositoryName: &app, BranchName: &main})
	if err != nil || *branch.Branch.CommitId != id || *branch.Branch.BranchName != "main" {
		t.Errorf("the branch is %+v: %v", branch, err)
	}
	commit, err := client.GetCommit(ctx, &awscc.GetCommitInput{RepositoryName: &app, CommitId: &id})
	if err != nil {
		t.Fatal(err)
	}
	if c := commit.Commit; *c.CommitId != id || strings.Join(c.Parents, " ") != first || *c.Message != "change a\n" || *c.Author.Name != "Ann" ||
		*c.Author.Date != "1700000000 +0200" || *c.Committer.Email != "bob@example.org" || len(*c.TreeId) != 40 {
		t.Errorf("the commit is %+v", c)
	}

	nothing := strings.Repeat("0", 40)
	_, repository := client.GetRepository(ctx, &awscc.GetRepositoryInput{RepositoryName: &none})
	_, noBranch := client.GetBranch(ctx, &awscc.GetBranchInput{RepositoryName: &app, BranchName: &none})
	_, emptyBranch := client.GetBranch(ctx, &awscc.GetBranchInput{RepositoryName: &empty, BranchName: &main})
	_, noCommit := client.GetCommit(ctx, &awscc.GetCommitInput{RepositoryName: &app, CommitId: &nothing})
	_, badCommit := client.GetCommit(ctx, &awscc.GetCommitInput{RepositoryName: &app, CommitId: &main})
	for want, err := range map[string]error{
		"RepositoryDoesNotExistException": repository, "CommitIdDoesNotExistException": noCommit, "InvalidCommitIdException": badCommit,
	} {
		if apiCode(err) != want {
			t.Errorf("%v is not a %s", err, want)
		}
	}
	for _, err := range []error{noBranch, emptyBranch} {
		if apiCode(err) != "BranchDoesNotExistException" {
			t.Errorf("a missing branch: %v", err)
		}
	}
}
