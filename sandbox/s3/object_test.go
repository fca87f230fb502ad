package s3_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// keys that would leave the folder if any of them became a path.
var keys = []string{
	"plain.txt", "a/b/c", "../../etc/passwd", "..", "with space + plus", "größe/日本", "a//b", "trailing/", "per%cent", "quote\"'<&>", strings.Repeat("k", 1024),
}

func TestObjectsComeBackAsTheyWerePut(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	ctx := context.Background()
	for _, key := range keys {
		body := "the content of " + key
		if _, err := r.client.PutObject(ctx, &awss3.PutObjectInput{
			Bucket: ptr("things"), Key: &key, Body: strings.NewReader(body), ContentType: ptr("text/x-thing"),
			Metadata: map[string]string{"made-by": "test"},
		}); err != nil {
			t.Fatalf("putting %q: %v", key, err)
		}
		out, err := r.client.GetObject(ctx, &awss3.GetObjectInput{Bucket: ptr("things"), Key: &key})
		if err != nil {
			t.Fatalf("getting %q: %v", key, err)
		}
		got, err := io.ReadAll(out.Body)
		if err != nil || string(got) != body || *out.ContentType != "text/x-thing" || out.Metadata["made-by"] != "test" {
			t.Errorf("%q came back as %q, %s, %v: %v", key, got, *out.ContentType, out.Metadata, err)
		}
	}
	r.stop()
	r.start()
	for _, key := range keys {
		body, size, err := r.Get(ctx, "things", key)
		if err != nil {
			t.Fatalf("after a restart, %q: %v", key, err)
		}
		body.Close()
		if size != int64(len("the content of "+key)) {
			t.Errorf("after a restart %q has %d bytes", key, size)
		}
		if _, err := r.client.DeleteObject(ctx, &awss3.DeleteObjectInput{Bucket: ptr("things"), Key: &key}); err != nil {
			t.Errorf("deleting %q: %v", key, err)
		}
	}
	if left, err := os.ReadDir(r.files()); err != nil || len(left) > 0 {
		t.Errorf("%d files are left: %v", len(left), err)
	}
}

func TestRangesAndConditions(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	ctx := context.Background()
	put, err := r.client.PutObject(ctx, &awss3.PutObjectInput{Bucket: ptr("things"), Key: ptr("k"), Body: strings.NewReader("0123456789")})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		in   awss3.GetObjectInput
		want string // the content, or the error
	}{
		"first bytes":      {awss3.GetObjectInput{Range: ptr("bytes=0-3")}, "0123"},
		"last bytes":       {awss3.GetObjectInput{Range: ptr("bytes=-2")}, "89"},
		"from the middle":  {awss3.GetObjectInput{Range: ptr("bytes=7-")}, "789"},
		"behind the end":   {awss3.GetObjectInput{Range: ptr("bytes=20-30")}, "InvalidRange"},
		"several ranges":   {awss3.GetObjectInput{Range: ptr("bytes=0-1,3-4")}, "0123456789"},
		"the same etag":    {awss3.GetObjectInput{IfMatch: put.ETag}, "0123456789"},
		"another etag":     {awss3.GetObjectInput{IfMatch: ptr(`"nothing"`)}, "PreconditionFailed"},
		"not the etag":     {awss3.GetObjectInput{IfNoneMatch: put.ETag}, "304"},
		"a missing object": {awss3.GetObjectInput{Key: ptr("other")}, "NoSuchKey"},
		"a missing bucket": {awss3.GetObjectInput{Bucket: ptr("nothings")}, "NoSuchBucket"},
		"a wrong version":  {awss3.GetObjectInput{VersionId: ptr("x")}, "NoSuchVersion"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.in.Bucket == nil {
				c.in.Bucket = ptr("things")
			}
			if c.in.Key == nil {
				c.in.Key = ptr("k")
			}
			if got := content(r.client.GetObject(ctx, &c.in)); got != c.want {
				t.Errorf("it is %q, not %q", got, c.want)
			}
		})
	}
}

// content is an answer's body, or the code of the error.
func content(out *awss3.GetObjectOutput, err error) string {
	var answer *smithyhttp.ResponseError
	switch {
	case errors.As(err, &answer) && answer.HTTPStatusCode() == http.StatusNotModified:
		return "304"
	case err != nil:
		return code(err)
	}
	defer out.Body.Close()
	b, err := io.ReadAll(out.Body)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func TestPutsUnderConditions(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	put := func(in awss3.PutObjectInput) string {
		in.Bucket, in.Key, in.Body = ptr("things"), ptr("k"), strings.NewReader("x")
		_, err := r.client.PutObject(context.Background(), &in)
		return code(err)
	}
	for _, c := range []struct {
		in   awss3.PutObjectInput
		want string
	}{
		{awss3.PutObjectInput{IfMatch: ptr("x")}, "NoSuchKey"},
		{awss3.PutObjectInput{IfNoneMatch: ptr("*")}, ""},
		{awss3.PutObjectInput{IfNoneMatch: ptr("*")}, "PreconditionFailed"},
		{awss3.PutObjectInput{IfMatch: ptr(`"9dd4e461268c8034f5c8564e155c67a6"`)}, ""},
		{awss3.PutObjectInput{IfMatch: ptr(`"1dd4e461268c8034f5c8564e155c67a6"`)}, "PreconditionFailed"},
		{awss3.PutObjectInput{ContentMD5: ptr("AAAAAAAAAAAAAAAAAAAAAA==")}, "BadDigest"},
		{awss3.PutObjectInput{ContentMD5: ptr("short")}, "InvalidDigest"},
		{awss3.PutObjectInput{ChecksumCRC32: ptr("AAAAAA==")}, "BadDigest"},
		{awss3.PutObjectInput{ChecksumSHA256: ptr("LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=")}, ""},
		{awss3.PutObjectInput{Tagging: ptr("a=b")}, "NotImplemented"},
	} {
		if got := put(c.in); got != c.want {
			t.Errorf("%+v is answered with %q, not %q", c.in, got, c.want)
		}
	}
}

func TestChecksumsOfEveryKind(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	for _, algorithm := range types.ChecksumAlgorithm("").Values() {
		key := string(algorithm)
		_, err := r.client.PutObject(context.Background(), &awss3.PutObjectInput{
			Bucket: ptr("things"), Key: &key, Body: bytes.NewReader(make([]byte, 70_000)), ChecksumAlgorithm: algorithm,
		})
		switch algorithm {
		case types.ChecksumAlgorithmCrc32, types.ChecksumAlgorithmCrc32c, types.ChecksumAlgorithmCrc64nvme,
			types.ChecksumAlgorithmSha1, types.ChecksumAlgorithmSha256:
			if err != nil {
				t.Errorf("%s: %v", algorithm, err)
			}
			// The client compares the checksum that the answer has.
			if got := content(r.client.GetObject(context.Background(), &awss3.GetObjectInput{
				Bucket: ptr("things"), Key: &key, ChecksumMode: types.ChecksumModeEnabled,
			})); len(got) != 70_000 {
				t.Errorf("%s: it came back as %.80q", algorithm, got)
			}
		}
	}
}

// An object is deleted only while it is the one that the request names.
func TestDeletesUnderConditions(t *testing.T) {
	for _, versions := range []bool{false, true} {
		r := newRig(t)
		r.bucket("things", versions)
		ctx, put := context.Background(), &awss3.PutObjectInput{Bucket: ptr("things"), Key: ptr("k"), Body: strings.NewReader("text")}
		made, err := r.client.PutObject(ctx, put)
		if err != nil {
			t.Fatal(err)
		}
		wrong := `"00000000000000000000000000000000"`
		_, err = r.client.DeleteObject(ctx, &awss3.DeleteObjectInput{Bucket: ptr("things"), Key: ptr("k"), IfMatch: &wrong})
		if code(err) != "PreconditionFailed" {
			t.Errorf("another ETag: %v", err)
		}
		many := func(etag *string) *awss3.DeleteObjectsInput {
			return &awss3.DeleteObjectsInput{Bucket: ptr("things"), Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: ptr("k"), ETag: etag}}}}
		}
		out, err := r.client.DeleteObjects(ctx, many(&wrong))
		if err != nil || len(out.Deleted) != 0 || len(out.Errors) != 1 || *out.Errors[0].Code != "PreconditionFailed" {
			t.Errorf("another ETag among many: %+v, %v", out, err)
		}
		_, err = r.client.DeleteObject(ctx, &awss3.DeleteObjectInput{Bucket: ptr("things"), Key: ptr("none"), IfMatch: ptr("*")})
		if code(err) != "NoSuchKey" {
			t.Errorf("any, of no object: %v", err)
		}
		if out, err := r.client.DeleteObjects(ctx, many(made.ETag)); err != nil || len(out.Deleted) != 1 {
			t.Errorf("its own ETag: %+v, %v", out, err)
		}
	}
}
