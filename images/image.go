// Package images declares the container images that Slipway builds. An image is built and pushed before an
// environment is updated, in a stack of its own, so that a build that fails touches no environment.
package images

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi-docker/sdk/v4/go/docker"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Outputs of the stack.
const (
	// OutputDigest is the `sha256:…` of the pushed image's manifest.
	OutputDigest = "Digest"
	// OutputImage is the reference to deploy: `repo@sha256:…`.
	OutputImage = "Image"
)

// Program returns the Pulumi program that builds and pushes one image. Args that cannot work make it fail before
// the first resource, with everything that is wrong.
func Program(args Args) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args, err := args.Complete()
		if err != nil {
			return fmt.Errorf("the image cannot be built:\n%w", err)
		}
		built, err := build(ctx, args)
		if err != nil {
			return err
		}
		reference := built.RepoDigest.ApplyT(checkReference).(pulumi.StringOutput)
		ctx.Export(OutputImage, reference)
		ctx.Export(OutputDigest, reference.ApplyT(digest).(pulumi.StringOutput))
		return nil
	}
}

func build(ctx *pulumi.Context, args Args) (*docker.Image, error) {
	token := ecr.GetAuthorizationTokenOutput(ctx, ecr.GetAuthorizationTokenOutputArgs{})
	return docker.NewImage(ctx, "app", &docker.ImageArgs{
		ImageName: pulumi.String(args.Repository + ":" + args.Tag),
		Build: &docker.DockerBuildArgs{
			Context:        pulumi.String(args.Context),
			Dockerfile:     pulumi.String(args.Dockerfile),
			Platform:       pulumi.String(args.Platform),
			BuilderVersion: docker.BuilderVersionBuilderBuildKit,
			Args:           pulumi.ToStringMap(args.Arguments),
			Target:         optional(args.Target),
		},
		Registry: &docker.RegistryArgs{
			Server:   pulumi.String(host(args.Repository)),
			Username: token.UserName(),
			Password: pulumi.ToSecret(token.Password()).(pulumi.StringOutput),
		},
	})
}

var referenceForm = regexp.MustCompile(`\A[^@]+@sha256:[0-9a-f]{64}\z`)

// checkReference refuses what is no reference by digest: an image that was built but not pushed has none.
func checkReference(reference string) (string, error) {
	if !referenceForm.MatchString(reference) {
		return "", fmt.Errorf("the registry gave no digest for the image: got %q", reference)
	}
	return reference, nil
}

func digest(reference string) string {
	_, digest, _ := strings.Cut(reference, "@")
	return digest
}

func optional(text string) pulumi.StringPtrInput {
	if text == "" {
		return nil
	}
	return pulumi.String(text)
}
