package worker

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/automation/worker/artifact"
)

// partial marks a folder that is not unpacked in full.
const partial = ".part"

// largest is how long an artifact may be, in bytes. CodePipeline's own limit for a source is 1 GB.
const largest = 2 << 30

// renewals is how often in a row credentials may be refused before the job fails for it.
const renewals = 3

// fetch brings the source to the disk, unless it is there or the build has begun.
func (j *job) fetch(ctx context.Context) error {
	if j.Build > 0 || j.Queue > 0 {
		return nil
	}
	if _, err := os.Stat(j.source()); err == nil {
		return nil
	}
	size, err := j.receive(ctx)
	if err != nil {
		return err
	}
	if err := j.unpack(ctx); err != nil {
		return err
	}
	j.log.Info("source fetched", "bytes", size, "folder", j.source())
	return nil
}

// receive downloads the artifact. Its credentials hold for a quarter of an hour: refused ones are asked for again.
func (j *job) receive(ctx context.Context) (int64, error) {
	pace := j.pace
	for refused, had := 0, int64(0); ; refused++ {
		client, err := j.s3()
		if err != nil {
			return 0, err
		}
		get := artifact.Download{S3: client, Clock: j.clock, Most: largest, Stall: pace.stall, Pause: pace.retry, Tries: pace.tries}
		size, err := get.To(ctx, j.order.Source, j.download())
		if size > had {
			refused, had = 0, size
		}
		switch {
		case err == nil:
			return size, nil
		case ctx.Err() != nil:
			return 0, context.Cause(ctx)
		case !artifact.CredentialError(err) || refused >= renewals:
			return 0, j.unfetched(err)
		}
		j.log.Info("credentials of the artifact renewed", "had", size, "error", j.redact(err.Error()))
		if refused > 0 && !j.pause(ctx, pace.retry) {
			return 0, context.Cause(ctx)
		}
		if err := j.details(ctx); err != nil {
			return 0, err
		}
	}
}

// s3 is a client with the job's own credentials: the worker's may not read the bucket.
func (j *job) s3() (*s3.Client, error) {
	c := j.data.ArtifactCredentials
	if c == nil {
		return nil, failed(types.FailureTypePermissionError, "the job came without credentials for its artifact")
	}
	return s3.NewFromConfig(j.aws, func(o *s3.Options) {
		o.Credentials = aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(
			aws.ToString(c.AccessKeyId), aws.ToString(c.SecretAccessKey), aws.ToString(c.SessionToken)))
	}), nil
}

func (j *job) unfetched(err error) error {
	switch {
	case artifact.Missing(err):
		return failed(types.FailureTypeRevisionUnavailable, "the source is not there: %v", err)
	case artifact.CredentialError(err):
		return failed(types.FailureTypePermissionError, "the source may not be read: %v", err)
	case artifact.TooLarge(err):
		return failed(types.FailureTypeJobFailed, "%v", err)
	}
	return failed(types.FailureTypeSystemUnavailable, "%v", err)
}

// unpack turns the download into the source's folder, in one step as seen from outside.
func (j *job) unpack(ctx context.Context) error {
	folder := j.source() + partial
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("removing what was unpacked in part: %w", err)
	}
	err := artifact.Unzip(ctx, j.download(), folder, j.limits)
	var refused *artifact.Unsafe
	switch {
	case errors.As(err, &refused) && refused.NotZip:
		return failed(types.FailureTypeConfigurationError, "%s; the source action's OutputArtifactFormat must be CODE_ZIP", refused.Reason)
	case errors.As(err, &refused):
		return failed(types.FailureTypeJobFailed, "%s", refused.Reason)
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return failed(types.FailureTypeSystemUnavailable, "%v", err)
	}
	if err := os.Rename(folder, j.source()); err != nil {
		return failed(types.FailureTypeSystemUnavailable, "moving the source to its place: %v", err)
	}
	if err := os.Remove(j.download()); err != nil {
		j.log.Warn("download is left behind", "error", err.Error())
	}
	return nil
}
