package s3_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func TestReplacedVersionsExpire(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	r.bucket("things", true)
	_, err := r.client.PutBucketLifecycleConfiguration(ctx, &awss3.PutBucketLifecycleConfigurationInput{
		Bucket: ptr("things"), LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{{
			ID: ptr("old"), Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: ptr("state/")},
			NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(1), NewerNoncurrentVersions: aws.Int32(2)},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	write := func(times int) {
		for i := range times {
			for _, key := range []string{"state/dev", "other"} {
				if _, err := r.Put(ctx, "things", key, strings.NewReader(fmt.Sprint(i))); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	versions := func(prefix string) int {
		out, err := r.client.ListObjectVersions(ctx, &awss3.ListObjectVersionsInput{Bucket: ptr("things"), Prefix: &prefix})
		if err != nil {
			t.Fatal(err)
		}
		return len(out.Versions)
	}
	write(5)
	if n := versions("state/"); n != 5 {
		t.Errorf("within a day %d of 5 versions are there", n)
	}
	r.clock.Advance(25 * time.Hour)
	write(1)
	// The newest, the one that it has just replaced, which is not old for a day yet, and another one that is kept as newer.
	if n := versions("state/"); n != 3 {
		t.Errorf("a day later %d versions are there, not 3", n)
	}
	if n := versions("other"); n != 6 {
		t.Errorf("outside of the rule %d of 6 versions are there", n)
	}
	if files := len(r.entries()); files != 9 {
		t.Errorf("%d files are there for 9 versions", files)
	}
}

func TestACopyTakesNoRoom(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	r.bucket("things", true)
	if _, err := r.Put(ctx, "things", "a", strings.NewReader("first")); err != nil {
		t.Fatal(err)
	}
	out, err := r.client.CopyObject(ctx, &awss3.CopyObjectInput{Bucket: ptr("things"), Key: ptr("b"), CopySource: ptr("things/a")})
	if err != nil || aws.ToString(out.CopyObjectResult.ETag) == "" {
		t.Fatal(out, err)
	}
	if len(r.entries()) != 2 || !r.same() {
		t.Error("the copy has a file of its own")
	}
	for _, key := range []string{"a", "a"} { // a marker, then nothing
		if err := r.Delete(ctx, "things", key); err != nil {
			t.Fatal(err)
		}
	}
	if got := content(r.client.GetObject(ctx, &awss3.GetObjectInput{Bucket: ptr("things"), Key: ptr("b")})); got != "first" {
		t.Errorf("without its source the copy is %q", got)
	}
}
