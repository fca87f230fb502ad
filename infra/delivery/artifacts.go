package delivery

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/scope"
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

// NewArtifacts declares the bucket. Destroy empties it first: artifacts are made again from their commit, and the
// binary is in the hands of whoever runs the update.
func NewArtifacts(in scope.Scope) (*Artifacts, error) {
	a := &Artifacts{}
	return a, in.Component("Artifacts", "artifacts", a, a.declare)
}

func (a *Artifacts) declare(in scope.Scope) (pulumi.Map, error) {
	if err := a.key(in); err != nil {
		return nil, err
	}
	var err error
	a.Bucket, err = s3.NewBucketV2(in.Ctx, in.Name("artifacts"), &s3.BucketV2Args{
		ForceDestroy: pulumi.Bool(true), Tags: in.Tags("artifacts"),
	}, in.Child)
	if err != nil {
		return nil, err
	}
	for _, declare := range []func(scope.Scope) error{
		a.ownership, a.closure, a.versioning, a.encryption, a.policy, a.expiry,
	} {
		if err := declare(in); err != nil {
			return nil, err
		}
	}
	return pulumi.Map{"bucket": a.Bucket.Bucket, "key": a.Key}, nil
}

// key is slipway:kmsKeyArn, or a key of the stack's own that AWS rotates every year.
func (a *Artifacts) key(in scope.Scope) error {
	if in.Config.KMSKeyArn != "" {
		a.Key = pulumi.String(in.Config.KMSKeyArn).ToStringOutput()
		return nil
	}
	key, err := kms.NewKey(in.Ctx, in.Name("artifacts"), &kms.KeyArgs{
		Description:          pulumi.String("Artifacts of " + in.Base),
		EnableKeyRotation:    pulumi.Bool(true),
		DeletionWindowInDays: pulumi.Int(7),
		Tags:                 in.Tags("artifacts"),
	}, in.Child)
	if err != nil {
		return err
	}
	a.Key = key.Arn
	_, err = kms.NewAlias(in.Ctx, in.Name("artifacts"), &kms.AliasArgs{
		Name: pulumi.String("alias/" + in.Base + "-artifacts"), TargetKeyId: key.KeyId,
	}, in.Child)
	return err
}
