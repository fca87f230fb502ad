package main

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra"
)

// program is the project's own, with the file of an S3 object named by its path: the bridge of this lane takes the
// property as Terraform has it, as text, where Pulumi's own provider takes an asset.
func program(ctx *pulumi.Context) error {
	if err := ctx.RegisterResourceTransform(pathForAsset); err != nil {
		return err
	}
	return infra.Program(ctx)
}

func pathForAsset(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
	asset, ok := args.Props["source"].(pulumi.Asset)
	if !ok || args.Type != "aws:s3/bucketObjectv2:BucketObjectv2" {
		return nil
	}
	args.Props["source"] = pulumi.String(asset.Path())
	return &pulumi.ResourceTransformResult{Props: args.Props, Opts: args.Opts}
}
