package s3_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func TestVersions(t *testing.T) {
	r := newRig(t)
	r.bucket("things", true)
	ctx := context.Background()
	var ids []string
	for _, body := range []string{"one", "two"} {
		out, err := r.client.PutObject(ctx, &awss3.PutObjectInput{Bucket: ptr("things"), Key: ptr("k"), Body: strings.NewReader(body)})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, aws.ToString(out.VersionId))
	}
	get := func(id *string) string {
		return content(r.client.GetObject(ctx, &awss3.GetObjectInput{Bucket: ptr("things"), Key: ptr("k"), VersionId: id}))
	}
	if ids[0] == "" || ids[0] == ids[1] || get(&ids[0]) != "one" || get(&ids[1]) != "two" || get(nil) != "two" {
		t.Fatalf("the versions are %v: %q, %q", ids, get(&ids[0]), get(nil))
	}
	head, err := r.client.HeadObject(ctx, &awss3.HeadObjectInput{Bucket: ptr("things"), Key: ptr("k"), VersionId: &ids[0]})
	if err != nil || *head.VersionId != ids[0] || *head.ContentLength != 3 {
		t.Errorf("the head of the first version is %+v: %v", head, err)
	}
	gone, err := r.client.DeleteObject(ctx, &awss3.DeleteObjectInput{Bucket: ptr("things"), Key: ptr("k")})
	if err != nil || !aws.ToBool(gone.DeleteMarker) {
		t.Fatalf("deleting has answered %+v: %v", gone, err)
	}
	if got := get(nil); got != "NoSuchKey" {
		t.Errorf("a deleted object is %q", got)
	}
	if get(&ids[0]) != "one" || get(gone.VersionId) != "MethodNotAllowed" {
		t.Errorf("the first version is %q, the marker %q", get(&ids[0]), get(gone.VersionId))
	}
	list, err := r.client.ListObjectVersions(ctx, &awss3.ListObjectVersionsInput{Bucket: ptr("things")})
	if err != nil || len(list.Versions) != 2 || len(list.DeleteMarkers) != 1 || !*list.DeleteMarkers[0].IsLatest {
		t.Errorf("the versions are listed as %+v: %v", list, err)
	}
	if _, err := r.client.DeleteObject(ctx, &awss3.DeleteObjectInput{Bucket: ptr("things"), Key: ptr("k"), VersionId: gone.VersionId}); err != nil {
		t.Fatal(err)
	}
	if got := get(nil); got != "two" {
		t.Errorf("without the marker the object is %q", got)
	}
}

func TestVersioningIsSwitchedOverHTTP(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	ctx := context.Background()
	put := func(body string) string {
		out, err := r.client.PutObject(ctx, &awss3.PutObjectInput{Bucket: ptr("things"), Key: ptr("k"), Body: strings.NewReader(body)})
		if err != nil {
			t.Fatal(err)
		}
		return aws.ToString(out.VersionId)
	}
	status := func(want types.BucketVersioningStatus) {
		t.Helper()
		out, err := r.client.GetBucketVersioning(ctx, &awss3.GetBucketVersioningInput{Bucket: ptr("things")})
		if err != nil || out.Status != want {
			t.Errorf("versioning is %q, not %q: %v", out.Status, want, err)
		}
	}
	set := func(to types.BucketVersioningStatus) {
		if _, err := r.client.PutBucketVersioning(ctx, &awss3.PutBucketVersioningInput{
			Bucket: ptr("things"), VersioningConfiguration: &types.VersioningConfiguration{Status: to},
		}); err != nil {
			t.Fatal(err)
		}
	}
	status("")
	if id := put("before"); id != "" {
		t.Errorf("without versions the id is %q", id)
	}
	set(types.BucketVersioningStatusEnabled)
	status(types.BucketVersioningStatusEnabled)
	if put("versioned") == "" {
		t.Error("with versions there is no id")
	}
	set(types.BucketVersioningStatusSuspended)
	put("after")
	body, _, err := r.Get(ctx, "things", "k")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if b, _ := io.ReadAll(body); string(b) != "after" {
		t.Errorf("the object is %q", b)
	}
	list, err := r.client.ListObjectVersions(ctx, &awss3.ListObjectVersionsInput{Bucket: ptr("things")})
	if err != nil || len(list.Versions) != 2 {
		t.Errorf("there are %d versions, not the one without an id and the other: %v", len(list.Versions), err)
	}
}
