// Package host knows whether the Jenkins host is ready: the host itself says so, in objects of delivery's bucket.
//
//	readiness/INSTANCE/progress  {"step":"packages","number":2,"of":9,"at":…} at the start of each boot step
//	readiness/INSTANCE/ok        {"at":…,"seconds":N} when Jenkins answers and the worker is ready
//	readiness/INSTANCE/failed    "STEP: reason" and the last lines of the boot's log
//
// Of ok and failed the newer one counts.
package host

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Objects is the part of S3 that a look at a host needs.
type Objects interface {
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

// Host is one instance, and the bucket that it writes to.
type Host struct {
	Bucket, Instance string
	Objects          Objects
}

// State is how far a host is.
type State string

// The states of a host.
const (
	Silent State = "silent" // it has written nothing yet
	Boots  State = "boots"
	Ready  State = "ready"
	Failed State = "failed"
)

// Look is what a host says of itself at one time.
type Look struct {
	State State
	Said  time.Time // when it said so: the object's LastModified; zero when silent
	Step  Step      // the last one that began, where it boots
	Why   string    // where it failed: "STEP: reason"
	Lines []string  // where it failed: the last of its log
}

// Step is a step of a boot.
type Step struct {
	Name   string    `json:"step"`
	Number int       `json:"number"`
	Of     int       `json:"of"`
	At     time.Time `json:"at"`
}

// mostBytes bounds what is read of one object: 40 lines of a log are far less.
const mostBytes = 64 << 10

// Look asks once: one call, and a second one for what a host that is not ready says.
func (h Host) Look(ctx context.Context) (Look, error) {
	prefix := "readiness/" + h.Instance + "/"
	out, err := h.Objects.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String(h.Bucket), Prefix: aws.String(prefix)})
	if err != nil {
		return Look{}, fmt.Errorf("list %s in bucket %s: %w", prefix, h.Bucket, err)
	}
	written := map[string]time.Time{}
	for _, object := range out.Contents {
		written[strings.TrimPrefix(aws.ToString(object.Key), prefix)] = aws.ToTime(object.LastModified)
	}
	ok, failed, progress := written["ok"], written["failed"], written["progress"]
	switch {
	case !failed.IsZero() && !failed.Before(ok):
		return h.failure(ctx, prefix+"failed", failed)
	case !ok.IsZero():
		return Look{State: Ready, Said: ok}, nil
	case !progress.IsZero():
		return h.progress(ctx, prefix+"progress", progress)
	}
	return Look{State: Silent}, nil
}

func (h Host) failure(ctx context.Context, key string, at time.Time) (Look, error) {
	text, err := h.read(ctx, key)
	why, log, _ := strings.Cut(strings.TrimRight(string(text), "\n"), "\n")
	look := Look{State: Failed, Said: at, Why: why}
	if log != "" {
		look.Lines = strings.Split(log, "\n")
	}
	return look, err
}

func (h Host) progress(ctx context.Context, key string, at time.Time) (Look, error) {
	text, err := h.read(ctx, key)
	if err != nil {
		return Look{}, err
	}
	look := Look{State: Boots, Said: at}
	if err := json.Unmarshal(text, &look.Step); err != nil {
		return Look{}, fmt.Errorf("read %s in bucket %s: %w", key, h.Bucket, err)
	}
	return look, nil
}

// BootTime is how long a ready host's boot took, 0 when it does not say.
func (h Host) BootTime(ctx context.Context) time.Duration {
	text, err := h.read(ctx, "readiness/"+h.Instance+"/ok")
	var said struct {
		Seconds float64 `json:"seconds"`
	}
	if err != nil || json.Unmarshal(text, &said) != nil || said.Seconds <= 0 {
		return 0
	}
	return time.Duration(said.Seconds * float64(time.Second))
}

func (h Host) read(ctx context.Context, key string) ([]byte, error) {
	out, err := h.Objects.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(h.Bucket), Key: aws.String(key)})
	if err != nil {
		return nil, fmt.Errorf("read %s in bucket %s: %w", key, h.Bucket, err)
	}
	defer func() { _ = out.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(out.Body, mostBytes))
	if err != nil {
		return nil, fmt.Errorf("read %s in bucket %s: %w", key, h.Bucket, err)
	}
	return text, nil
}
