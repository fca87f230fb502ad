package ecr

import (
	"context"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

type told []string

func (all *told) Publish(_ context.Context, source, detailType string, _ []string, detail any) error {
	d := detail.(imageAction)
	*all = append(*all, source+" "+detailType+" "+d.Action+" "+d.Repository+" "+d.Tag)
	return nil
}

func TestEventsOfImages(t *testing.T) {
	x := start(t, t.TempDir(), "")
	all := &told{}
	x.events = all
	x.repo("app", nil)
	image, digest := x.push("app:one")
	if err := remote.Write(x.ref("app:one"), image, x.login()); err != nil { // as docker does: no change
		t.Fatal(err)
	}
	if err := remote.Tag(x.ref("app:two").Context().Tag("two"), image, x.login()); err != nil {
		t.Fatal(err)
	}
	if _, err := x.sdk().BatchDeleteImage(t.Context(), &client.BatchDeleteImageInput{
		RepositoryName: aws.String("app"), ImageIds: []types.ImageIdentifier{{ImageDigest: &digest}},
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"aws.ecr ECR Image Action PUSH app one", "aws.ecr ECR Image Action PUSH app two",
		"aws.ecr ECR Image Action DELETE app one", "aws.ecr ECR Image Action DELETE app two",
	}
	if !slices.Equal(*all, want) {
		t.Errorf("they are %q", *all)
	}
}
