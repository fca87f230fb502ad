package environment

import (
	"fmt"
	"strings"

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

// currentRelease takes the image from the configuration, or else the one of the stack's own last update,
// so that an update of the infrastructure alone leaves the running image in place.
func currentRelease(in scope.Scope, last map[string]string) (Release, error) {
	registry, err := scope.LastOutputs(in.Ctx, scope.SiblingStack(in.Ctx, in.Config.DeliveryStack))
	if err != nil {
		return Release{}, err
	}
	release := Release{Image: in.Config.Image, Commit: in.Config.Commit, First: last[outputs.Image] == ""}
	if release.Image == "" {
		release.Image, release.Commit = last[outputs.Image], last[outputs.Commit]
	}
	release.Repository, release.RepositoryURL = registry[outputs.RepositoryArn], registry[outputs.RepositoryURL]
	if release.Image == "" && release.RepositoryURL == "" {
		return Release{}, &config.NoRegistry{Delivery: in.Config.DeliveryStack}
	}
	if release.Repository == "" {
		release.Repository = repositoryArn(in.Where, release.Image)
	}
	return release, nil
}

// repositoryArn follows from an image in ECR (`account.dkr.ecr.region.amazonaws.com/name`); it is empty for another
// registry, and another partition is one: no role of this one reaches it.
func repositoryArn(where scope.Location, image string) string {
	host, rest, _ := strings.Cut(image, "/")
	name, _, _ := strings.Cut(rest, "@")
	name, _, _ = strings.Cut(name, ":")
	part := strings.SplitN(host, ".", 5)
	if len(part) < 5 || part[1] != "dkr" || part[2] != "ecr" || part[4] != where.DNSSuffix {
		return ""
	}
	return fmt.Sprintf("arn:%s:ecr:%s:%s:repository/%s", where.Partition, part[3], part[0], name)
}
