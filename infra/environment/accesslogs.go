package environment

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/policy"
	"slipway/infra/scope"
)

// accessLogs are where the load balancer writes its requests to; the zero value is nowhere.
type accessLogs struct {
	bucket *s3.BucketV2
	// ready is what has to be in force before the load balancer may write: AWS tries it at once.
	ready []pulumi.Resource
}

func (a accessLogs) args() lb.LoadBalancerAccessLogsPtrInput {
	if a.bucket == nil {
		return nil
	}
	return &lb.LoadBalancerAccessLogsArgs{Bucket: a.bucket.Bucket, Enabled: pulumi.Bool(true)}
}

// newAccessLogs declares a bucket that outlives the stack with all that closes it: nothing can make the logs again.
func newAccessLogs(in scope.Scope) (accessLogs, error) {
	a := accessLogs{}
	if !in.Config.AccessLogs {
		return a, nil
	}
	var err error
	a.bucket, err = s3.NewBucketV2(in.Ctx, in.Name("access"), &s3.BucketV2Args{Tags: in.Tags("access")}, in.Child, pulumi.RetainOnDelete(true))
	if err != nil {
		return a, err
	}
	for _, declare := range []func(scope.Scope, ...pulumi.ResourceOption) (pulumi.Resource, error){a.closure, a.encryption, a.expiry, a.policy} {
		// S3 refuses two changes of a bucket's access at the same time, so one setting waits for the other.
		setting, err := declare(in, in.Child, pulumi.RetainOnDelete(true), pulumi.DependsOn(a.ready))
		if err != nil {
			return a, err
		}
		a.ready = append(a.ready, setting)
	}
	return a, nil
}

func (a accessLogs) closure(in scope.Scope, options ...pulumi.ResourceOption) (pulumi.Resource, error) {
	return s3.NewBucketPublicAccessBlock(in.Ctx, in.Name("access"), &s3.BucketPublicAccessBlockArgs{
		Bucket:          a.bucket.Bucket,
		BlockPublicAcls: pulumi.Bool(true), BlockPublicPolicy: pulumi.Bool(true),
		IgnorePublicAcls: pulumi.Bool(true), RestrictPublicBuckets: pulumi.Bool(true),
	}, options...)
}

// encryption is with S3's own keys, the only ones that Elastic Load Balancing writes with (Application Load Balancers
// guide, "Enable access logs", read in November 2026).
func (a accessLogs) encryption(in scope.Scope, options ...pulumi.ResourceOption) (pulumi.Resource, error) {
	return s3.NewBucketServerSideEncryptionConfigurationV2(in.Ctx, in.Name("access"), &s3.BucketServerSideEncryptionConfigurationV2Args{
		Bucket: a.bucket.Bucket,
		Rules: s3.BucketServerSideEncryptionConfigurationV2RuleArray{&s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
			ApplyServerSideEncryptionByDefault: &s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{
				SseAlgorithm: pulumi.String("AES256"),
			},
		}},
	}, options...)
}

func (a accessLogs) expiry(in scope.Scope, options ...pulumi.ResourceOption) (pulumi.Resource, error) {
	return s3.NewBucketLifecycleConfigurationV2(in.Ctx, in.Name("access"), &s3.BucketLifecycleConfigurationV2Args{
		Bucket: a.bucket.Bucket,
		Rules: s3.BucketLifecycleConfigurationV2RuleArray{&s3.BucketLifecycleConfigurationV2RuleArgs{
			Id: pulumi.String("logs"), Status: pulumi.String("Enabled"),
			Filter:     &s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")},
			Expiration: &s3.BucketLifecycleConfigurationV2RuleExpirationArgs{Days: pulumi.Int(in.Config.LogRetentionDays)},
		}},
	}, options...)
}

// policy lets Elastic Load Balancing write below AWSLogs, for load balancers of this account, and nobody come by plain
// HTTP. The service's name stands for the accounts that the regions opened before August 2022 had to be given by number
// (the same page, "Legacy bucket policy").
func (a accessLogs) policy(in scope.Scope, options ...pulumi.ResourceOption) (pulumi.Resource, error) {
	document := a.bucket.Arn.ApplyT(func(bucket string) (string, error) {
		write := policy.Allow(bucket+"/AWSLogs/"+in.Where.Account+"/*", "s3:PutObject").When("StringEquals", "aws:SourceAccount", in.Where.Account)
		write.Principal = map[string]string{"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
		plain := policy.AllowEach([]string{bucket, bucket + "/*"}, "s3:*").When("Bool", "aws:SecureTransport", "false")
		plain.Effect, plain.Principal = "Deny", map[string]string{"AWS": "*"}
		return policy.Text(write, plain)
	}).(pulumi.StringOutput)
	return s3.NewBucketPolicy(in.Ctx, in.Name("access"), &s3.BucketPolicyArgs{Bucket: a.bucket.Bucket, Policy: document}, options...)
}
