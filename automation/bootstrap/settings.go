package bootstrap

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"slipway/automation/fault"
)

func (a *account) accessDiffers(ctx context.Context) (string, error) {
	const what = "block public access"
	if !a.exists {
		return what, nil
	}
	out, err := a.s3.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account})
	if err != nil {
		return what, unless(err, "NoSuchPublicAccessBlockConfiguration")
	}
	b := out.PublicAccessBlockConfiguration
	if aws.ToBool(b.BlockPublicAcls) && aws.ToBool(b.BlockPublicPolicy) && aws.ToBool(b.IgnorePublicAcls) && aws.ToBool(b.RestrictPublicBuckets) {
		return "", nil
	}
	return what, nil
}

func (a *account) closeAccess(ctx context.Context) error {
	yes := aws.Bool(true)
	_, err := a.s3.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
		Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
			BlockPublicAcls: yes, BlockPublicPolicy: yes, IgnorePublicAcls: yes, RestrictPublicBuckets: yes,
		},
	})
	return err
}

func (a *account) ownershipDiffers(ctx context.Context) (string, error) {
	const what = "disable access control lists"
	if !a.exists {
		return what, nil
	}
	out, err := a.s3.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account})
	if err != nil {
		return what, unless(err, "OwnershipControlsNotFoundError")
	}
	for _, rule := range out.OwnershipControls.Rules {
		if rule.ObjectOwnership == types.ObjectOwnershipBucketOwnerEnforced {
			return "", nil
		}
	}
	return what, nil
}

func (a *account) own(ctx context.Context) error {
	_, err := a.s3.PutBucketOwnershipControls(ctx, &s3.PutBucketOwnershipControlsInput{
		Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account, OwnershipControls: &types.OwnershipControls{
			Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipBucketOwnerEnforced}},
		},
	})
	return err
}

func (a *account) versioningDiffers(ctx context.Context) (string, error) {
	const what = "keep replaced versions of the state"
	if !a.exists {
		return what, nil
	}
	out, err := a.s3.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account})
	if err != nil || out.Status == types.BucketVersioningStatusEnabled {
		return "", err
	}
	return what, nil
}

func (a *account) version(ctx context.Context) error {
	_, err := a.s3.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	return err
}

func (a *account) encryptionDiffers(ctx context.Context) (string, error) {
	what := "encrypt with the key " + a.Alias
	if !a.exists || a.key == "" {
		return what, nil
	}
	out, err := a.s3.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account})
	if err != nil {
		return what, unless(err, "ServerSideEncryptionConfigurationNotFoundError")
	}
	for _, rule := range out.ServerSideEncryptionConfiguration.Rules {
		by := rule.ApplyServerSideEncryptionByDefault
		if by != nil && by.SSEAlgorithm == types.ServerSideEncryptionAwsKms && aws.ToString(by.KMSMasterKeyID) == a.key {
			return "", nil
		}
	}
	return what, nil
}

// encrypt has S3 ask KMS once for many objects: a bucket key.
func (a *account) encrypt(ctx context.Context) error {
	_, err := a.s3.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
		Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account,
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
			BucketKeyEnabled: aws.Bool(true),
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{
				SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: &a.key,
			},
		}}},
	})
	return err
}

// lifecycleDiffers refuses a rule that expires current versions: one day the state would be gone.
func (a *account) lifecycleDiffers(ctx context.Context) (string, error) {
	const what = "expire replaced versions after 90 days, but for the newest 20"
	if !a.exists {
		return what, nil
	}
	out, err := a.s3.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account})
	if err != nil {
		return what, unless(err, "NoSuchLifecycleConfiguration")
	}
	for _, rule := range out.Rules {
		if rule.Status == types.ExpirationStatusEnabled && rule.Expiration != nil && (rule.Expiration.Days != nil || rule.Expiration.Date != nil) {
			return "", &fault.Error{
				Op: "looking at the bucket " + a.Bucket, Code: fault.BadInput,
				Cause: fmt.Sprintf("its lifecycle rule %q deletes current objects, and with them the state of your stacks", aws.ToString(rule.ID)),
				Next:  "remove that rule, or choose another bucket: slipway bootstrap --bucket NAME",
			}
		}
	}
	return "", nil // rules of somebody's own, which lose nothing
}

func (a *account) expire(ctx context.Context) error {
	_, err := a.s3.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
		Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{{
			ID: aws.String("replaced"), Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: aws.String("")},
			NoncurrentVersionExpiration:    &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(90), NewerNoncurrentVersions: aws.Int32(20)},
			AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(7)},
		}}},
	})
	return err
}
