// Package artifact brings a CodePipeline artifact to the disk: it downloads the
// object with the job's own credentials and unpacks it. Neither holds more in
// memory than a buffer, whatever the size.
package artifact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/jonboulle/clockwork"
)

// Object is where an artifact lies.
type Object struct{ Bucket, Key string }

// Download fetches one object into a file. It goes on from where it was when the connection breaks or the credentials
// expire.
type Download struct {
	S3    *s3.Client
	Clock clockwork.Clock
	Most  int64         // bytes; a larger object is refused
	Stall time.Duration // how long no byte may come before the connection counts as broken
	Pause time.Duration // before another try
	Tries int           // in a row without a single byte
}

// credentialErrors are S3's words for credentials that are no longer good, or may not be.
var credentialErrors = map[string]bool{
	"ExpiredToken": true, "ExpiredTokenException": true, "InvalidToken": true, "InvalidAccessKeyId": true, "AccessDenied": true,
	"SignatureDoesNotMatch": true, "TokenRefreshRequired": true, "RequestExpired": true, "Forbidden": true,
}

// CredentialError says whether err is S3 refusing the credentials.
func CredentialError(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && credentialErrors[api.ErrorCode()]
}

// Missing says whether err is S3 not having the object or its bucket.
func Missing(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode() {
	case "NoSuchKey", "NoSuchBucket", "NoSuchVersion", "NotFound":
		return true
	}
	return false
}

// To downloads the object into the file at path and answers its size. S3 refusing the credentials is answered at once:
// the caller calls again with new ones and the same file, and what is there is not fetched twice. A file left by another
// object must be removed before.
func (d Download) To(ctx context.Context, o Object, path string) (int64, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("opening the file for the artifact: %w", err)
	}
	defer func() { _ = file.Close() }()
	at, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, fmt.Errorf("opening the file for the artifact: %w", err)
	}
	for barren := 0; ; {
		n, err := d.piece(ctx, o, file, at)
		at += n
		if err == nil {
			return at, file.Sync()
		}
		if n > 0 {
			barren = 0
		}
		barren++
		if barren >= d.Tries || ctx.Err() != nil || Missing(err) || CredentialError(err) || errors.Is(err, errTooLarge) {
			return at, fmt.Errorf("downloading s3://%s/%s: %w", o.Bucket, o.Key, err)
		}
		select {
		case <-ctx.Done():
		case <-d.Clock.After(d.Pause):
		}
	}
}

var errTooLarge = errors.New("the artifact is too large")

// TooLarge says whether err is an object beyond the download's limit.
func TooLarge(err error) bool { return errors.Is(err, errTooLarge) }

// piece reads from byte at to the end, or to where the connection breaks, and answers how many bytes it wrote.
func (d Download) piece(ctx context.Context, o Object, file io.Writer, at int64) (int64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stalled := d.Clock.AfterFunc(d.Stall, cancel)
	defer stalled.Stop()
	in := &s3.GetObjectInput{Bucket: &o.Bucket, Key: &o.Key}
	if at > 0 {
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", at))
	}
	out, err := d.S3.GetObject(ctx, in)
	if complete(err) && at > 0 {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = out.Body.Close() }()
	if at > 0 && out.ContentRange == nil {
		return 0, errors.New("the answer is not the part that was asked for")
	}
	length := aws.ToInt64(out.ContentLength)
	if at+length > d.Most {
		return 0, fmt.Errorf("%w: %d bytes, at most %d", errTooLarge, at+length, d.Most)
	}
	n, err := io.Copy(file, watched{io.LimitReader(out.Body, d.Most-at+1), stalled, d.Stall})
	if err == nil && n != length {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// complete says that S3 has nothing behind the byte asked for: the file is whole.
func complete(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "InvalidRange"
}

// watched pushes the end of a stalled download on with every byte.
type watched struct {
	from  io.Reader
	timer clockwork.Timer
	stall time.Duration
}

// Read reads.
func (w watched) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	if n > 0 {
		w.timer.Reset(w.stall)
	}
	return n, err
}
