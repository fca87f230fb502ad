package environment

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/outputs"
	"slipway/infra/scope"
)

// Release is what an environment is to run.
type Release struct {
	// Image is `repo@sha256:…`; empty before the first release.
	Image string
	// Commit is what Image was built from; empty when nobody said.
	Commit string
	// First is true while nothing was running before: the service goes from no task to the desired count.
	First bool
	// Repository is the ARN of the ECR repository that images come from; empty when they come from another registry.
	Repository string
	// RepositoryURL is the repository's name in an image reference; empty when the delivery stack is not up.
	RepositoryURL string
}

// Digest is the `sha256:…` of the image, or empty.
func (r Release) Digest() string {
	_, digest, _ := strings.Cut(r.Image, "@")
	return digest
}

var errNoDelivery = errors.New("there is no registry to pull an image from: run `slipway up delivery` first, " +
	"or set slipway:image to an image that is already in a registry")

// currentRelease takes the image from the configuration, or else the one of the stack's own last update,
// so that an update of the infrastructure alone leaves the running image in place.
func currentRelease(ctx *pulumi.Context, c *config.Config) (Release, error) {
	last, err := scope.LastOutputs(ctx, scope.OwnStack(ctx))
	if err != nil {
		return Release{}, err
	}
	registry, err := scope.LastOutputs(ctx, scope.SiblingStack(ctx, c.DeliveryStack))
	if err != nil {
		return Release{}, err
	}
	release := Release{Image: c.Image, Commit: c.Commit, First: last[outputs.Image] == ""}
	if release.Image == "" {
		release.Image, release.Commit = last[outputs.Image], last[outputs.Commit]
	}
	release.Repository, release.RepositoryURL = registry[outputs.RepositoryArn], registry[outputs.RepositoryURL]
	if release.Image == "" && release.RepositoryURL == "" {
		return Release{}, errNoDelivery
	}
	if release.Repository == "" {
		release.Repository = repositoryArn(release.Image)
	}
	return release, nil
}

// repositoryArn follows from an image in ECR (`account.dkr.ecr.region.amazonaws.com/name`); it is empty for another registry.
func repositoryArn(image string) string {
	host, rest, _ := strings.Cut(image, "/")
	name, _, _ := strings.Cut(rest, "@")
	part := strings.SplitN(host, ".", 5)
	if len(part) < 5 || part[1] != "dkr" || part[2] != "ecr" || !strings.HasPrefix(part[4], "amazonaws.com") {
		return ""
	}
	return fmt.Sprintf("arn:%s:ecr:%s:%s:repository/%s", scope.PartitionOf(part[3]), part[3], part[0], name)
}
