package infra

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Artifacts is the bucket for what passes between the stages of the pipeline, and for the binary of the Jenkins host.
type Artifacts struct {
	pulumi.ResourceState
	Bucket *s3.BucketV2
	// Key is the ARN of the KMS key that everything in the bucket is encrypted with.
	Key pulumi.StringOutput
	// Ready are the settings that have to be in force before anything is put into the bucket.
	Ready []pulumi.Resource
}

// Prefixes of the bucket's keys that are ours; CodePipeline begins its keys with the pipeline's name.
const (
	binaryPrefix    = "slipway/"
	readinessPrefix = "readiness/"
)

// NewArtifacts declares the bucket. Destroy empties it first: artifacts are made again from their commit, and the
// binary is in the hands of whoever runs the update.
func NewArtifacts(ctx *pulumi.Context, names naming, config *Config) (*Artifacts, error) {
	a := &Artifacts{}
	if err := ctx.RegisterComponentResource("slipway:infra:Artifacts", names.name("artifacts"), a); err != nil {
		return nil, err
	}
	child := pulumi.Parent(a)
	if err := a.key(ctx, names, config, child); err != nil {
		return nil, err
	}
	var err error
	a.Bucket, err = s3.NewBucketV2(ctx, names.name("artifacts"), &s3.BucketV2Args{
		ForceDestroy: pulumi.Bool(true), Tags: names.tags("artifacts"),
	}, child)
	if err != nil {
		return nil, err
	}
	for _, declare := range []func(*pulumi.Context, naming, *Config, pulumi.ResourceOption) error{
		a.ownership, a.closure, a.versioning, a.encryption, a.policy, a.expiry,
	} {
		if err := declare(ctx, names, config, child); err != nil {
			return nil, err
		}
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{"bucket": a.Bucket.Bucket, "key": a.Key})
}

// key is slipway:kmsKeyArn, or a key of the stack's own that AWS rotates every year.
func (a *Artifacts) key(ctx *pulumi.Context, names naming, config *Config, child pulumi.ResourceOption) error {
	if config.KMSKeyArn != "" {
		a.Key = pulumi.String(config.KMSKeyArn).ToStringOutput()
		return nil
	}
	key, err := kms.NewKey(ctx, names.name("artifacts"), &kms.KeyArgs{
		Description:          pulumi.String("Artifacts of " + names.base),
		EnableKeyRotation:    pulumi.Bool(true),
		DeletionWindowInDays: pulumi.Int(7),
		Tags:                 names.tags("artifacts"),
	}, child)
	if err != nil {
		return err
	}
	a.Key = key.Arn
	_, err = kms.NewAlias(ctx, names.name("artifacts"), &kms.AliasArgs{
		Name: pulumi.String("alias/" + names.base + "-artifacts"), TargetKeyId: key.KeyId,
	}, child)
	return err
}
