package cloud

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

// Image is what a repository holds under a tag or a digest.
type Image struct {
	Digest string // sha256:…
	Tags   []string
	Pushed time.Time
	Bytes  int64
}

// Image finds an image by tag, or by digest when ref begins with "sha256:".
// An image that is not there is no error: found is false.
func (c *Cloud) Image(ctx context.Context, repository, ref string) (image Image, found bool, err error) {
	id := types.ImageIdentifier{ImageTag: aws.String(ref)}
	if strings.HasPrefix(ref, "sha256:") {
		id = types.ImageIdentifier{ImageDigest: aws.String(ref)}
	}
	out, err := c.ecr.DescribeImages(ctx, &ecr.DescribeImagesInput{
		RepositoryName: aws.String(repository),
		ImageIds:       []types.ImageIdentifier{id},
	})
	var missing *types.ImageNotFoundException
	switch {
	case errors.As(err, &missing):
		return Image{}, false, nil
	case err != nil:
		return Image{}, false, wrap("look for image %s in repository %s", err, ref, repository)
	case len(out.ImageDetails) == 0:
		return Image{}, false, nil
	}
	return imageOf(out.ImageDetails[0]), true, nil
}

func imageOf(detail types.ImageDetail) Image {
	return Image{
		Digest: aws.ToString(detail.ImageDigest),
		Tags:   detail.ImageTags,
		Pushed: aws.ToTime(detail.ImagePushedAt),
		Bytes:  aws.ToInt64(detail.ImageSizeInBytes),
	}
}

// Images lists the images of a repository that have a tag.
func (c *Cloud) Images(ctx context.Context, repository string) ([]Image, error) {
	var all []Image
	pages := ecr.NewDescribeImagesPaginator(c.ecr, &ecr.DescribeImagesInput{
		RepositoryName: aws.String(repository), Filter: &types.DescribeImagesFilter{TagStatus: types.TagStatusTagged},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, wrap("list the images of repository %s", err, repository)
		}
		for _, detail := range page.ImageDetails {
			all = append(all, imageOf(detail))
		}
	}
	return all, nil
}

// deleteAtOnce is how many images one BatchDeleteImage takes (Amazon ECR API reference, November 2026).
const deleteAtOnce = 100

// DeleteImages deletes images by their digests, with all of their tags. One that is gone already is no error.
func (c *Cloud) DeleteImages(ctx context.Context, repository string, digests []string) error {
	var wrong []error
	for all := range slices.Chunk(digests, deleteAtOnce) {
		in := &ecr.BatchDeleteImageInput{RepositoryName: aws.String(repository)}
		for _, digest := range all {
			in.ImageIds = append(in.ImageIds, types.ImageIdentifier{ImageDigest: aws.String(digest)})
		}
		out, err := c.ecr.BatchDeleteImage(ctx, in)
		if err != nil {
			return wrap("delete images of repository %s", err, repository)
		}
		for _, f := range out.Failures {
			if f.FailureCode != types.ImageFailureCodeImageNotFound {
				wrong = append(wrong, fmt.Errorf("delete image %s of repository %s: %s (%s)", aws.ToString(f.ImageId.ImageDigest), repository, aws.ToString(f.FailureReason), f.FailureCode))
			}
		}
	}
	return errors.Join(wrong...)
}

// HasImages says whether a repository holds any image. One that does not exist holds none.
func (c *Cloud) HasImages(ctx context.Context, repository string) (bool, error) {
	out, err := c.ecr.ListImages(ctx, &ecr.ListImagesInput{RepositoryName: aws.String(repository), MaxResults: aws.Int32(1)})
	var missing *types.RepositoryNotFoundException
	if errors.As(err, &missing) {
		return false, nil
	}
	if err != nil {
		return false, wrap("list the images of repository %s", err, repository)
	}
	return len(out.ImageIds) > 0, nil
}
