// Package s3test gives tests an S3 that really answers.
package s3test

import (
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	sandboxs3 "slipway/sandbox/s3"
	"slipway/sandbox/sigv4"
	"slipway/sandbox/store"
)

// Region is where its buckets are.
const Region = "us-east-1"

// New returns the configuration of a client of a new S3 with these buckets, which ends with the test.
func New(t *testing.T, buckets ...string) aws.Config {
	t.Helper()
	owner := sigv4.NewRoot()
	server := httptest.NewServer(open(t, owner).Handler())
	t.Cleanup(server.Close)
	c := aws.Config{
		Region: Region, BaseEndpoint: aws.String(server.URL), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(owner.AccessKeyID, owner.SecretAccessKey, ""),
	}
	for _, name := range buckets {
		if _, err := s3.NewFromConfig(c).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(name)}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func open(t *testing.T, owner sigv4.Root) *sandboxs3.Service {
	t.Helper()
	st, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	keys, err := sigv4.New(st, owner, nil)
	if err != nil {
		t.Fatal(err)
	}
	service, err := sandboxs3.New(st, Region, sandboxs3.Options{Dir: t.TempDir(), Keys: keys, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return service
}
