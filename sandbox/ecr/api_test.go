package ecr

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func TestImagesAsTheSDKSeesThem(t *testing.T) {
	x := start(t, t.TempDir(), "")
	x.repo("app", nil)
	pushed, digest := x.push("app:v1")
	if err := remote.Write(x.ref("app:also"), pushed, x.login()); err != nil {
		t.Fatal(err)
	}
	api, ctx := x.sdk(), context.Background()
	out, err := api.DescribeImages(ctx, &client.DescribeImagesInput{
		RepositoryName: aws.String("app"), ImageIds: []types.ImageIdentifier{{ImageTag: aws.String("v1")}}})
	if err != nil || len(out.ImageDetails) != 1 {
		t.Fatal(out, err)
	}
	d := out.ImageDetails[0]
	if *d.ImageDigest != digest || strings.Join(d.ImageTags, " ") != "v1 also" || *d.ImageSizeInBytes < 2048 || d.ImagePushedAt.IsZero() {
		t.Errorf("%+v", d)
	}
	got, err := api.BatchGetImage(ctx, &client.BatchGetImageInput{RepositoryName: aws.String("app"),
		ImageIds: []types.ImageIdentifier{{ImageDigest: &digest}, {ImageTag: aws.String("v9")}}})
	if err != nil || len(got.Images) != 1 || len(got.Failures) != 1 || got.Failures[0].FailureCode != types.ImageFailureCodeImageNotFound {
		t.Fatal(got, err)
	}
	if want, _ := pushed.RawManifest(); *got.Images[0].ImageManifest != string(want) {
		t.Errorf("manifest %s", *got.Images[0].ImageManifest)
	}
}

func TestErrorsInECRsWords(t *testing.T) {
	x := start(t, t.TempDir(), "")
	x.repo("app", nil)
	x.push("app:v1")
	api, ctx := x.sdk(), context.Background()
	_, err := api.DescribeImages(ctx, &client.DescribeImagesInput{
		RepositoryName: aws.String("app"), ImageIds: []types.ImageIdentifier{{ImageTag: aws.String("v9")}}})
	var noImage *types.ImageNotFoundException
	if !errors.As(err, &noImage) || *noImage.Message != "The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist within the repository with name 'app' in the registry with id '000000000000'" {
		t.Error(err)
	}
	_, err = api.DescribeRepositories(ctx, &client.DescribeRepositoriesInput{RepositoryNames: []string{"gone"}})
	var noRepository *types.RepositoryNotFoundException
	if !errors.As(err, &noRepository) {
		t.Error(err)
	}
	_, err = api.DescribeImageScanFindings(ctx, &client.DescribeImageScanFindingsInput{
		RepositoryName: aws.String("app"), ImageId: &types.ImageIdentifier{ImageTag: aws.String("v1")}})
	var noScan *types.ScanNotFoundException
	if !errors.As(err, &noScan) {
		t.Error(err)
	}
	_, err = api.GetLifecyclePolicy(ctx, &client.GetLifecyclePolicyInput{RepositoryName: aws.String("app")})
	var noPolicy *types.LifecyclePolicyNotFoundException
	if !errors.As(err, &noPolicy) {
		t.Error(err)
	}
}

func TestListingsCarryOnWhereTheyStopped(t *testing.T) {
	x := start(t, t.TempDir(), "")
	x.repo("app", nil)
	for i := range 5 {
		x.push(fmt.Sprintf("app:v%d", i))
	}
	var tags []string
	pages := client.NewListImagesPaginator(x.sdk(), &client.ListImagesInput{RepositoryName: aws.String("app"), MaxResults: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if len(page.ImageIds) > 2 {
			t.Errorf("%d on a page", len(page.ImageIds))
		}
		for _, id := range page.ImageIds {
			tags = append(tags, *id.ImageTag)
		}
	}
	if got := strings.Join(tags, " "); got != "v0 v1 v2 v3 v4" {
		t.Error(got)
	}
}

func TestDeletingImages(t *testing.T) {
	x := start(t, t.TempDir(), "")
	x.repo("app", nil)
	pushed, digest := x.push("app:v1")
	if err := remote.Write(x.ref("app:v2"), pushed, x.login()); err != nil {
		t.Fatal(err)
	}
	api, ctx := x.sdk(), context.Background()
	remove := func(id types.ImageIdentifier) {
		t.Helper()
		out, err := api.BatchDeleteImage(ctx, &client.BatchDeleteImageInput{RepositoryName: aws.String("app"), ImageIds: []types.ImageIdentifier{id}})
		if err != nil || len(out.ImageIds) != 1 || len(out.Failures) != 0 {
			t.Fatal(out, err)
		}
	}
	remove(types.ImageIdentifier{ImageTag: aws.String("v1")})
	if _, err := remote.Image(x.ref("app@"+digest), x.login()); err != nil {
		t.Error("the image went with one of its tags:", err)
	}
	if _, err := remote.Image(x.ref("app:v1"), x.login()); err == nil {
		t.Error("a deleted tag is there")
	}
	remove(types.ImageIdentifier{ImageTag: aws.String("v2")})
	if _, err := remote.Image(x.ref("app@"+digest), x.login()); err == nil {
		t.Error("an image without tags is there")
	}
	x.push("app:v1")
}

func TestAuthorizationToken(t *testing.T) {
	x := start(t, t.TempDir(), "")
	out, err := x.sdk().GetAuthorizationToken(context.Background(), &client.GetAuthorizationTokenInput{})
	if err != nil {
		t.Fatal(err)
	}
	d := out.AuthorizationData[0]
	if b, _ := base64.StdEncoding.DecodeString(*d.AuthorizationToken); string(b) != "AWS:"+x.token || *d.ProxyEndpoint != "http://"+x.Addr() {
		t.Errorf("%s %s", b, *d.ProxyEndpoint)
	}
	f, err := x.Functions()["aws:ecr/getAuthorizationToken:getAuthorizationToken"](context.Background(), nil)
	if err != nil || f["userName"].StringValue() != "AWS" || f["password"].StringValue() != x.token {
		t.Error(f, err)
	}
}
