package release

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/automation/release/ledger"
	"slipway/sandbox/s3/s3test"
)

const bucket = "records"

// newLedger is the ledger of dev, on an S3 that really answers.
func newLedger(t *testing.T, now func() time.Time) ledger.Ledger {
	t.Helper()
	return ledger.Ledger{Bucket: bucket, Environment: "dev", Objects: s3.NewFromConfig(s3test.New(t, bucket)), Now: now}
}
