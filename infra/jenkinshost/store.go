package jenkinshost

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/scope"
)

// store puts a program and its checksum into the bucket, and returns its address there.
func (p Program) store(in scope.Scope, to Bucket) (pulumi.StringOutput, []pulumi.Resource, error) {
	object := func(suffix string) *s3.BucketObjectv2Args {
		return &s3.BucketObjectv2Args{
			Bucket: to.Name, Key: pulumi.String(p.key() + suffix),
			ContentType:          pulumi.String("application/octet-stream"),
			ServerSideEncryption: pulumi.String("aws:kms"), KmsKeyId: to.Key,
			Tags: in.Tags(p.name),
		}
	}
	program, sum := object(""), object(".sha256")
	program.Source, sum.Content = pulumi.NewFileAsset(p.path), pulumi.String(p.sha256+"\n")
	sum.ContentType = pulumi.String("text/plain")
	first, err := s3.NewBucketObjectv2(in.Ctx, in.Name(p.name), program, in.Child, pulumi.DependsOn(to.Ready))
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	second, err := s3.NewBucketObjectv2(in.Ctx, in.Name(p.name+"-sum"), sum, in.Child, pulumi.DependsOn(to.Ready))
	return pulumi.Sprintf("s3://%s/%s", first.Bucket, p.key()), []pulumi.Resource{first, second}, err
}
