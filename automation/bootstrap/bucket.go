package bootstrap

import (
	"context"
	"errors"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"slipway/automation/fault"
)

// bucketDiffers looks whether the bucket exists and is the account's own. S3 answers HEAD with a status alone: 301 from
// another region, 403 for a bucket of somebody else and for one that the caller may not see (Amazon S3 API Reference,
// HeadBucket, November 2026).
func (a *account) bucketDiffers(ctx context.Context) (string, error) {
	_, err := a.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account})
	if err == nil {
		a.exists = true
		return "", a.checkRegion(ctx)
	}
	var answer *awshttp.ResponseError
	if !errors.As(err, &answer) {
		return "", err
	}
	switch answer.HTTPStatusCode() {
	case http.StatusNotFound:
		return "create the bucket " + a.Bucket + " in " + a.AWS.Region, nil
	case http.StatusForbidden:
		return "", a.notOurs(err)
	case http.StatusMovedPermanently, http.StatusBadRequest:
		return "", a.elsewhere(answer.Response.Header.Get("X-Amz-Bucket-Region"), err)
	}
	return "", err
}

func (a *account) notOurs(err error) error {
	return &fault.Error{
		Op: "looking at the bucket " + a.Bucket, Code: fault.BadInput, Err: err,
		Cause: "it belongs to another account than " + a.Account + ", or these credentials may not see it",
		Next:  "choose another name: slipway bootstrap --bucket NAME",
	}
}

func (a *account) elsewhere(region string, err error) error {
	if region == "" {
		region = "another region"
	}
	return &fault.Error{
		Op: "looking at the bucket " + a.Bucket, Code: fault.BadInput, Err: err, Cause: "it is in " + region + ", not in " + a.AWS.Region,
		Next: "choose another name (slipway bootstrap --bucket NAME), or that region (AWS_REGION)",
	}
}

// checkRegion asks S3 for the region, which is empty for us-east-1 and EU for a bucket of 2012 in eu-west-1.
func (a *account) checkRegion(ctx context.Context) error {
	at, err := a.s3.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account})
	if err != nil {
		return err
	}
	region := string(at.LocationConstraint)
	switch region {
	case "":
		region = "us-east-1"
	case "EU":
		region = "eu-west-1"
	}
	if region != a.AWS.Region {
		return a.elsewhere(region, nil)
	}
	return nil
}

// makeBucket leaves the region out for us-east-1, where S3 takes none.
func (a *account) makeBucket(ctx context.Context) error {
	in := &s3.CreateBucketInput{Bucket: &a.Bucket}
	if a.AWS.Region != "us-east-1" {
		in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(a.AWS.Region)}
	}
	_, err := a.s3.CreateBucket(ctx, in)
	var ours *types.BucketAlreadyOwnedByYou
	var theirs *types.BucketAlreadyExists
	switch {
	case errors.As(err, &theirs):
		return a.notOurs(err)
	case err != nil && !errors.As(err, &ours): // somebody of this account was faster
		return err
	}
	a.exists = true
	return nil
}
