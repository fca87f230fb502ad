package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

// Tag gives an image of a repository one more tag, as ECR's guide does (docs.aws.amazon.com/AmazonECR/latest/userguide/
// image-retag.html, 2026-11): its manifest is put again. That the image has the tag already is no error.
func (c *Cloud) Tag(ctx context.Context, repository, digest, tag string) error {
	manifest, kind, err := c.manifest(ctx, repository, digest)
	if err != nil {
		return err
	}
	_, err = c.ecr.PutImage(ctx, &ecr.PutImageInput{
		RepositoryName: aws.String(repository), ImageManifest: aws.String(manifest), ImageManifestMediaType: aws.String(kind),
		ImageTag: aws.String(tag), ImageDigest: aws.String(digest),
	})
	var has *types.ImageAlreadyExistsException
	if err != nil && !errors.As(err, &has) {
		return wrap("tag image %s of repository %s with %s", err, digest, repository, tag)
	}
	return nil
}

// Labels are those of an image's configuration; of an index of several platforms, those of its first image.
func (c *Cloud) Labels(ctx context.Context, repository, digest string) (map[string]string, error) {
	text, _, err := c.manifest(ctx, repository, digest)
	if err != nil {
		return nil, err
	}
	var m struct {
		Config    struct{ Digest string }
		Manifests []struct{ Digest string }
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return nil, wrap("read the manifest of image %s", err, digest)
	}
	if len(m.Manifests) > 0 && m.Manifests[0].Digest != digest {
		return c.Labels(ctx, repository, m.Manifests[0].Digest)
	}
	var image struct {
		Config struct{ Labels map[string]string }
	}
	if err := c.blob(ctx, repository, m.Config.Digest, &image); err != nil {
		return nil, wrap("read the configuration of image %s", err, digest)
	}
	return image.Config.Labels, nil
}

// manifestTypes are the kinds that docker and BuildKit push.
var manifestTypes = []string{
	"application/vnd.docker.distribution.manifest.v2+json", "application/vnd.docker.distribution.manifest.list.v2+json",
	"application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
}

func (c *Cloud) manifest(ctx context.Context, repository, digest string) (text, kind string, err error) {
	out, err := c.ecr.BatchGetImage(ctx, &ecr.BatchGetImageInput{
		RepositoryName: aws.String(repository), ImageIds: []types.ImageIdentifier{{ImageDigest: aws.String(digest)}},
		AcceptedMediaTypes: manifestTypes,
	})
	if err != nil {
		return "", "", wrap("read the manifest of image %s in repository %s", err, digest, repository)
	}
	if len(out.Images) == 0 {
		return "", "", fmt.Errorf("read the manifest of image %s in repository %s: it is not there", digest, repository)
	}
	return aws.ToString(out.Images[0].ImageManifest), aws.ToString(out.Images[0].ImageManifestMediaType), nil
}

// mostConfig bounds the configuration of an image.
const mostConfig = 4 << 20

// blob decodes a blob of JSON from where ECR says that it is: a URL that is signed and needs no credentials.
func (c *Cloud) blob(ctx context.Context, repository, digest string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	at, err := c.ecr.GetDownloadUrlForLayer(ctx, &ecr.GetDownloadUrlForLayerInput{
		RepositoryName: aws.String(repository), LayerDigest: aws.String(digest),
	})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, aws.ToString(at.DownloadUrl), http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("its blob was answered with %s", response.Status)
	}
	return json.NewDecoder(io.LimitReader(response.Body, mostConfig)).Decode(into)
}
