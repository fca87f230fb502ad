package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Hold is a person's word that nothing is released to an environment, or that releases go on. It is an object beside the
// releases, ledger/ENVIRONMENT/hold.json, of which the bucket keeps all versions.
type Hold struct {
	Environment string    `json:"environment"`
	Held        bool      `json:"held"`
	Who         string    `json:"who"` // the ARN of the person's credentials
	Reason      string    `json:"reason,omitempty"`
	At          time.Time `json:"at"`
}

func (l Ledger) holdKey() string { return l.folder() + "hold.json" }

// Hold answers the last word about the environment; the zero value when nobody said anything. It looks for the object
// first: S3 answers AccessDenied for one that is not there to whoever may list only a prefix (Amazon S3 API reference,
// GetObject, November 2026).
func (l Ledger) Hold(ctx context.Context) (Hold, error) {
	there, err := l.Objects.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String(l.Bucket), Prefix: aws.String(l.holdKey()), MaxKeys: aws.Int32(1)})
	if err != nil {
		return Hold{}, fmt.Errorf("list %s in bucket %s: %w", l.holdKey(), l.Bucket, err)
	}
	if len(there.Contents) == 0 {
		return Hold{}, nil
	}
	out, err := l.Objects.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(l.Bucket), Key: aws.String(l.holdKey())})
	if err != nil {
		return Hold{}, fmt.Errorf("read %s in bucket %s: %w", l.holdKey(), l.Bucket, err)
	}
	defer func() { _ = out.Body.Close() }()
	var h Hold
	text, err := io.ReadAll(io.LimitReader(out.Body, mostBytes))
	if err == nil {
		err = json.Unmarshal(text, &h)
	}
	if err == nil && h.Environment != l.Environment {
		err = fmt.Errorf("it is of environment %q", h.Environment)
	}
	if err != nil {
		return Hold{}, fmt.Errorf("read %s in bucket %s: %w", l.holdKey(), l.Bucket, err)
	}
	return h, nil
}

// SetHold writes a person's word. The last one counts.
func (l Ledger) SetHold(ctx context.Context, h Hold) error {
	h.Environment, h.At = l.Environment, l.Now().UTC().Truncate(time.Second)
	text, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return err
	}
	_, err = l.Objects.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(l.Bucket), Key: aws.String(l.holdKey()), Body: bytes.NewReader(append(text, '\n')), ContentType: aws.String("application/json"),
	})
	if err != nil {
		return fmt.Errorf("write %s in bucket %s: %w", l.holdKey(), l.Bucket, err)
	}
	return nil
}
