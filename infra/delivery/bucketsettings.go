package delivery

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/jenkinshost"
	"slipway/infra/policy"
	"slipway/infra/scope"
)

// S3 refuses two changes of a bucket's access at the same time, so one setting waits for the other.
func (a *Artifacts) add(setting pulumi.Resource, err error) error {
	a.Ready = append(a.Ready, setting)
	return err
}

func (a *Artifacts) after() pulumi.ResourceOption { return pulumi.DependsOn(a.Ready) }

// ownership makes access lists void: only policies count.
func (a *Artifacts) ownership(in scope.Scope) error {
	return a.add(s3.NewBucketOwnershipControls(in.Ctx, in.Name("artifacts"), &s3.BucketOwnershipControlsArgs{
		Bucket: a.Bucket.Bucket,
		Rule:   &s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, in.Child))
}

func (a *Artifacts) closure(in scope.Scope) error {
	return a.add(s3.NewBucketPublicAccessBlock(in.Ctx, in.Name("artifacts"), &s3.BucketPublicAccessBlockArgs{
		Bucket:          a.Bucket.Bucket,
		BlockPublicAcls: pulumi.Bool(true), BlockPublicPolicy: pulumi.Bool(true),
		IgnorePublicAcls: pulumi.Bool(true), RestrictPublicBuckets: pulumi.Bool(true),
	}, in.Child, a.after()))
}

// versioning is what CodePipeline asks of an artifact's bucket: an action reads the very version that the one before wrote.
func (a *Artifacts) versioning(in scope.Scope) error {
	return a.add(s3.NewBucketVersioningV2(in.Ctx, in.Name("artifacts"), &s3.BucketVersioningV2Args{
		Bucket:                  a.Bucket.Bucket,
		VersioningConfiguration: &s3.BucketVersioningV2VersioningConfigurationArgs{Status: pulumi.String("Enabled")},
	}, in.Child, a.after()))
}

func (a *Artifacts) encryption(in scope.Scope) error {
	return a.add(s3.NewBucketServerSideEncryptionConfigurationV2(in.Ctx, in.Name("artifacts"), &s3.BucketServerSideEncryptionConfigurationV2Args{
		Bucket: a.Bucket.Bucket,
		Rules: s3.BucketServerSideEncryptionConfigurationV2RuleArray{&s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
			BucketKeyEnabled: pulumi.Bool(true),
			ApplyServerSideEncryptionByDefault: &s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{
				SseAlgorithm: pulumi.String("aws:kms"), KmsMasterKeyId: a.Key,
			},
		}},
	}, in.Child, a.after()))
}

func (a *Artifacts) policy(in scope.Scope) error {
	text := pulumi.All(a.Bucket.Arn, a.Key).ApplyT(func(args []any) (string, error) {
		return policy.Text(bucketStatements(args[0].(string), args[1].(string))...)
	}).(pulumi.StringOutput)
	return a.add(s3.NewBucketPolicy(in.Ctx, in.Name("artifacts"), &s3.BucketPolicyArgs{
		Bucket: a.Bucket.Bucket, Policy: text,
	}, in.Child, a.after()))
}

// bucketStatements refuse plain HTTP, and uploads that ask for another encryption than the bucket's. An upload that asks
// for none gets the bucket's.
func bucketStatements(bucket, key string) []policy.Statement {
	const algorithm, keyID = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
	deny := func(condition policy.Condition, resources []string, actions ...string) policy.Statement {
		return policy.Statement{Effect: "Deny", Principal: map[string]string{"AWS": "*"}, Action: actions, Resource: resources, Condition: condition}
	}
	unlike := func(header, value string) policy.Condition {
		return policy.Condition{"Null": {header: {"false"}}, "StringNotEquals": {header: {value}}}
	}
	return []policy.Statement{
		deny(policy.Condition{"Bool": {"aws:SecureTransport": {"false"}}}, []string{bucket, bucket + "/*"}, "s3:*"),
		deny(unlike(algorithm, "aws:kms"), []string{bucket + "/*"}, "s3:PutObject"),
		deny(unlike(keyID, key), []string{bucket + "/*"}, "s3:PutObject"),
	}
}

// expiry leaves alone the programs, which a new host may need at any time, and what the host says of itself: only their
// old versions go.
func (a *Artifacts) expiry(in scope.Scope) error {
	days := pulumi.Int(in.Config.ArtifactRetentionDays)
	current := func(id, prefix string) *s3.BucketLifecycleConfigurationV2RuleArgs {
		return &s3.BucketLifecycleConfigurationV2RuleArgs{
			Id: pulumi.String(id), Status: pulumi.String("Enabled"),
			Filter:     &s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String(prefix)},
			Expiration: &s3.BucketLifecycleConfigurationV2RuleExpirationArgs{Days: days},
		}
	}
	_, err := s3.NewBucketLifecycleConfigurationV2(in.Ctx, in.Name("artifacts"), &s3.BucketLifecycleConfigurationV2Args{
		Bucket: a.Bucket.Bucket,
		Rules: s3.BucketLifecycleConfigurationV2RuleArray{
			current("artifacts", pipelineName(in.Naming)+"/"+sourceArtifact+"/"),
			current("readiness", jenkinshost.OutputPrefix),
			&s3.BucketLifecycleConfigurationV2RuleArgs{
				Id: pulumi.String("leftovers"), Status: pulumi.String("Enabled"),
				Filter: &s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")},
				NoncurrentVersionExpiration: &s3.BucketLifecycleConfigurationV2RuleNoncurrentVersionExpirationArgs{
					NoncurrentDays: days,
				},
				AbortIncompleteMultipartUpload: &s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
					DaysAfterInitiation: pulumi.Int(1),
				},
			},
		},
	}, in.Child, a.after())
	return err
}
