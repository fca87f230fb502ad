package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// backend is where the stacks of a run keep their state and what encrypts their secrets, as on AWS.
type backend struct{ bucket, key string }

func (b backend) url() string { return "s3://" + b.bucket + "/slipway?region=" + region + "&awssdk=v2" }

func (b backend) secrets() string { return "awskms:///" + b.key + "?region=" + region + "&awssdk=v2" }

// keep makes the bucket and the key, which encrypts the bucket's objects too.
func (e *emulator) keep(ctx context.Context, bucket string) (backend, error) {
	var made struct{ KeyMetadata struct{ Arn string } }
	if err := e.ask("kms", "TrentService.CreateKey", map[string]any{"Description": "state of the conformance lane"}, &made); err != nil {
		return backend{}, err
	}
	loaded, err := config.LoadDefaultConfig(ctx, config.WithBaseEndpoint(e.target.String()))
	if err != nil {
		return backend{}, err
	}
	client := s3.NewFromConfig(loaded, func(o *s3.Options) { o.UsePathStyle = true })
	if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(bucket)}); err != nil {
		return backend{}, err
	}
	e.world.encrypts(bucket, made.KeyMetadata.Arn)
	return backend{bucket, made.KeyMetadata.Arn}, nil
}
