package checkpoint

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// bucket is a backend in S3, such as s3://bucket/prefix?region=eu-west-1.
type bucket struct {
	client *s3.Client
	name   string
	prefix string // empty, or ends with a slash
}

// openBucket understands the options that are common in the URL of a backend (gocloud.dev/aws, V2ConfigFromURLParams, v0.37).
// One that it does not know is for the CLI.
func openBucket(ctx context.Context, u *url.URL) (store, error) {
	var load []func(*config.LoadOptions) error
	var options []func(*s3.Options)
	for key, values := range u.Query() {
		switch value := values[0]; key {
		case "awssdk": // of the CLI's client
		case "region":
			load = append(load, config.WithRegion(value))
		case "profile":
			load = append(load, config.WithSharedConfigProfile(value))
		case "endpoint":
			options = append(options, func(o *s3.Options) { o.BaseEndpoint = aws.String(value) })
		case "s3ForcePathStyle":
			options = append(options, func(o *s3.Options) { o.UsePathStyle = value == "true" })
		default:
			return nil, ErrForeign
		}
	}
	known, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, err
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	return bucket{client: s3.NewFromConfig(known, options...), name: u.Host, prefix: prefix}, nil
}

func (b bucket) get(ctx context.Context, key string) ([]byte, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: aws.String(b.prefix + key)})
	if missing := (*types.NoSuchKey)(nil); errors.As(err, &missing) {
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, err
	}
	defer out.Body.Close()
	return io.ReadAll(out.Body)
}

// list asks as the CLI does, so that the same permission serves both. A stack has few files with its name before theirs: the
// first page holds them all.
func (b bucket) list(ctx context.Context, prefix string) ([]string, error) {
	out, err := b.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
		Bucket: &b.name, Prefix: aws.String(b.prefix + prefix), Delimiter: aws.String("/"),
	})
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(out.Contents))
	for i, object := range out.Contents {
		keys[i] = strings.TrimPrefix(aws.ToString(object.Key), b.prefix)
	}
	return keys, nil
}
