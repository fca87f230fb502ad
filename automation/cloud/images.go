package cloud

import (
	"context"
	"errors"
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
	detail := out.ImageDetails[0]
	return Image{
		Digest: aws.ToString(detail.ImageDigest),
		Tags:   detail.ImageTags,
		Pushed: aws.ToTime(detail.ImagePushedAt),
		Bytes:  aws.ToInt64(detail.ImageSizeInBytes),
	}, true, nil
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
