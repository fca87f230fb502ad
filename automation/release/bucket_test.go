package release

import (
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/automation/release/ledger"
	sandboxs3 "slipway/sandbox/s3"
	"slipway/sandbox/sigv4"
	"slipway/sandbox/store"
)

const bucket = "records"

var owner = sigv4.NewRoot()

// newLedger is the ledger of dev, on an S3 that really answers.
func newLedger(t *testing.T, now func() time.Time) ledger.Ledger {
	t.Helper()
	st, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := sigv4.New(st, owner, nil)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := sandboxs3.New(st, "us-east-1", sandboxs3.Options{Dir: t.TempDir(), Keys: keys, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(objects.Handler())
	t.Cleanup(func() { server.Close(); st.Close() })
	client := s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(owner.AccessKeyID, owner.SecretAccessKey, ""),
	})
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(bucket)}); err != nil {
		t.Fatal(err)
	}
	return ledger.Ledger{Bucket: bucket, Environment: "dev", Objects: client, Now: now}
}
