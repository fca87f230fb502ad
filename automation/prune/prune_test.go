package prune

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"slipway/automation/cloud"
	"slipway/automation/release/ledger"
	"slipway/images"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// objects are a bucket in memory, with conditional writes taken for granted.
type objects map[string]string

func (o objects) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input, _ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	out := &s3.ListObjectsV2Output{}
	for key := range o {
		if strings.HasPrefix(key, *in.Prefix) && key > aws.ToString(in.StartAfter) {
			out.Contents = append(out.Contents, types.Object{Key: aws.String(key)})
		}
	}
	slices.SortFunc(out.Contents, func(a, b types.Object) int { return strings.Compare(*a.Key, *b.Key) })
	out.Contents = out.Contents[:min(len(out.Contents), int(aws.ToInt32(in.MaxKeys)))]
	return out, nil
}

func (o objects) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	return &s3.GetObjectOutput{Body: io.NopCloser(strings.NewReader(o[*in.Key]))}, nil
}

func (o objects) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	text, err := io.ReadAll(in.Body)
	o[*in.Key] = string(text)
	return &s3.PutObjectOutput{ETag: aws.String("e")}, err
}

type registry struct {
	images  []cloud.Image
	deleted []string
}

func (r *registry) Images(context.Context, string) ([]cloud.Image, error) { return r.images, nil }

func (r *registry) DeleteImages(_ context.Context, _ string, digests []string) error {
	r.deleted = digests
	return nil
}

// history is the ledger of an environment: commits and outcomes, the oldest first.
func history(t *testing.T, bucket objects, name string, all ...string) ledger.Ledger {
	t.Helper()
	book := ledger.Ledger{Bucket: "b", Environment: name, Objects: bucket, Now: func() time.Time { return noon }}
	for _, text := range all {
		digest, outcome, _ := strings.Cut(text, " ")
		e := ledger.Entry{Digest: digest, Image: "r@" + digest, Previous: "r@previous", Started: noon, Deadline: noon.Add(time.Hour)}
		a, err := book.Begin(t.Context(), e)
		if err == nil && outcome != ledger.InProgress {
			a.Entry.Outcome = outcome
			err = a.Finish(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return book
}

func TestFind(t *testing.T) {
	bucket := objects{}
	var there []cloud.Image
	for n, digest := range []string{"oldest", "old", "failed", "returned", "new", "newer", "rolling", "previous", "running", "built", "theirs", "untouched"} {
		i := cloud.Image{Digest: digest, Pushed: noon.AddDate(0, 0, n-30), Tags: []string{images.SourceTag + digest, digest}}
		switch digest {
		case "built":
			i.Pushed = noon.Add(-time.Hour)
		case "theirs":
			i.Tags = []string{"cache"}
		}
		there = append(there, i)
	}
	all := []Environment{
		{Name: "dev", Keep: 2, Ledger: history(t, bucket, "dev", "oldest released", "old released", "failed rolled back", "returned released", "new released", "returned released", "rolling in progress")},
		{Name: "prod", Keep: 1, Ledger: history(t, bucket, "prod", "old released", "newer released"), Runs: map[string]string{"running": "a task of prod runs it"}},
		{Name: "qa", Keep: 3, Ledger: history(t, bucket, "qa")},
	}
	found, err := Find(t.Context(), &registry{images: there}, "shop", all, noon)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, i := range found {
		got[i.Digest] = i.Kept
	}
	for digest, want := range map[string]string{
		"oldest": "", "old": "", "failed": "", "untouched": "",
		"returned": "release 6 of dev", "new": "release 5 of dev", "newer": "release 2 of prod", "rolling": "release 7 of dev is in progress",
		"previous": "release 7 of dev may return to it", "running": "a task of prod runs it",
		"built": "it was pushed less than a day ago", "theirs": "no build of slipway made it",
	} {
		if got[digest] != want {
			t.Errorf("%s: %q, want %q", digest, got[digest], want)
		}
	}
	var gone []string
	for _, i := range Unneeded(found) {
		gone = append(gone, i.Digest)
	}
	to := &registry{}
	if err := Delete(t.Context(), to, "shop", Unneeded(found)); err != nil || strings.Join(gone, " ") != "untouched failed old oldest" || !slices.Equal(to.deleted, gone) {
		t.Errorf("gone %v, deleted %v, %v", gone, to.deleted, err)
	}
}

// What an environment runs has to be known before anything is said of an image.
func TestAnUnreadableEnvironmentKeepsEverything(t *testing.T) {
	all := []Environment{{Name: "prod", Unknown: errors.New("AccessDenied"), Ledger: history(t, objects{}, "prod")}}
	if found, err := Find(t.Context(), &registry{}, "shop", all, noon); err == nil || !strings.Contains(err.Error(), "what prod runs") {
		t.Errorf("%v, %v", found, err)
	}
}
