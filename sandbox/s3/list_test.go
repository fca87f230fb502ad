package s3_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func TestLists(t *testing.T) {
	r := newRig(t)
	r.bucket("things", true)
	r.bucket("others", false)
	ctx := context.Background()
	for _, key := range []string{"a/1", "a/2", "b", "c/x/1", "c/y", "d", "gone"} {
		if _, err := r.Put(ctx, "things", key, strings.NewReader(key)); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Delete(ctx, "things", "gone"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		in   awss3.ListObjectsV2Input
		want string
	}{
		"all":               {awss3.ListObjectsV2Input{}, "a/1 a/2 b c/x/1 c/y d"},
		"a prefix":          {awss3.ListObjectsV2Input{Prefix: ptr("a/")}, "a/1 a/2"},
		"folders":           {awss3.ListObjectsV2Input{Delimiter: ptr("/")}, "b d a/* c/*"},
		"a folder":          {awss3.ListObjectsV2Input{Delimiter: ptr("/"), Prefix: ptr("c/")}, "c/y c/x/*"},
		"from somewhere on": {awss3.ListObjectsV2Input{StartAfter: ptr("b")}, "c/x/1 c/y d"},
		"nothing":           {awss3.ListObjectsV2Input{Prefix: ptr("z")}, ""},
	} {
		for _, size := range []int32{1, 2, 1000} {
			in := c.in
			in.Bucket, in.MaxKeys = ptr("things"), aws.Int32(size)
			var found, folders []string
			pages := awss3.NewListObjectsV2Paginator(r.client, &in)
			for pages.HasMorePages() {
				p, err := pages.NextPage(ctx)
				if err != nil {
					t.Fatal(err)
				}
				for _, o := range p.Contents {
					found = append(found, *o.Key)
				}
				for _, f := range p.CommonPrefixes {
					folders = append(folders, *f.Prefix+"*")
				}
			}
			if got := strings.Join(append(found, folders...), " "); got != c.want {
				t.Errorf("%s, %d at once: %q, not %q", name, size, got, c.want)
			}
		}
	}
	if _, err := r.client.ListObjectsV2(ctx, &awss3.ListObjectsV2Input{Bucket: ptr("nothings")}); code(err) != "NoSuchBucket" {
		t.Errorf("a missing bucket is answered with %v", err)
	}
	first, err := r.client.ListObjects(ctx, &awss3.ListObjectsInput{Bucket: ptr("things"), MaxKeys: aws.Int32(2), Delimiter: ptr("/")})
	if err != nil || !*first.IsTruncated || *first.NextMarker != "b" {
		t.Errorf("the old list has answered %+v: %v", first, err)
	}
}

func TestBuckets(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	for name, want := range map[string]string{
		"good-name": "", "UPPER": "InvalidBucketName", "1.2.3.4": "InvalidBucketName", "a..b": "InvalidBucketName", "..": "InvalidBucketName",
	} {
		if _, err := r.client.CreateBucket(ctx, &awss3.CreateBucketInput{Bucket: &name, CreateBucketConfiguration: &types.CreateBucketConfiguration{
			LocationConstraint: "eu-west-1",
		}}); code(err) != want {
			t.Errorf("making %q is answered with %v, not %q", name, err, want)
		}
	}
	if _, err := r.client.CreateBucket(ctx, &awss3.CreateBucketInput{Bucket: ptr("good-name")}); code(err) != "BucketAlreadyOwnedByYou" {
		t.Errorf("making it again is answered with %v", err)
	}
	if _, err := r.client.HeadBucket(ctx, &awss3.HeadBucketInput{Bucket: ptr("nothing")}); code(err) != "NotFound" {
		t.Errorf("a missing bucket is answered with %v", err)
	}
	all, err := r.client.ListBuckets(ctx, &awss3.ListBucketsInput{})
	if err != nil || !slices.EqualFunc(all.Buckets, []string{"good-name"}, func(b types.Bucket, name string) bool { return *b.Name == name }) {
		t.Errorf("the buckets are %+v: %v", all, err)
	}
	if _, err := r.Put(ctx, "good-name", "k", strings.NewReader("")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.client.DeleteBucket(ctx, &awss3.DeleteBucketInput{Bucket: ptr("good-name")}); code(err) != "BucketNotEmpty" {
		t.Errorf("deleting one that is not empty is answered with %v", err)
	}
	out, err := r.client.DeleteObjects(ctx, &awss3.DeleteObjectsInput{Bucket: ptr("good-name"), Delete: &types.Delete{
		Objects: []types.ObjectIdentifier{{Key: ptr("k")}, {Key: ptr("not there")}},
	}})
	if err != nil || len(out.Deleted) != 2 || len(out.Errors) != 0 {
		t.Errorf("deleting several has answered %+v: %v", out, err)
	}
	if _, err := r.client.DeleteBucket(ctx, &awss3.DeleteBucketInput{Bucket: ptr("good-name")}); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNotHereIsRefused(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	ctx := context.Background()
	_, tagging := r.client.PutObjectTagging(ctx, &awss3.PutObjectTaggingInput{Bucket: ptr("things"), Key: ptr("k"), Tagging: &types.Tagging{TagSet: []types.Tag{}}})
	_, acl := r.client.GetBucketAcl(ctx, &awss3.GetBucketAclInput{Bucket: ptr("things")})
	for name, err := range map[string]error{"tagging": tagging, "acl": acl} {
		if code(err) != "NotImplemented" {
			t.Errorf("%s is answered with %v", name, err)
		}
	}
}

func TestCopies(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	r.bucket("others", false)
	ctx := context.Background()
	if _, err := r.client.PutObject(ctx, &awss3.PutObjectInput{
		Bucket: ptr("things"), Key: ptr("a b"), Body: strings.NewReader("x"), ContentType: ptr("text/x"),
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.client.CopyObject(ctx, &awss3.CopyObjectInput{Bucket: ptr("others"), Key: ptr("c"), CopySource: ptr("things/a%20b")}); err != nil {
		t.Fatal(err)
	}
	head, err := r.client.HeadObject(ctx, &awss3.HeadObjectInput{Bucket: ptr("others"), Key: ptr("c")})
	if err != nil || *head.ContentType != "text/x" || *head.ContentLength != 1 {
		t.Errorf("the copy is %+v: %v", head, err)
	}
	if _, err := r.client.CopyObject(ctx, &awss3.CopyObjectInput{Bucket: ptr("others"), Key: ptr("c"), CopySource: ptr("things/b")}); code(err) != "NoSuchKey" {
		t.Errorf("copying nothing is answered with %v", err)
	}
}

func TestAPartIsCopied(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	ctx := context.Background()
	put, err := r.client.PutObject(ctx, &awss3.PutObjectInput{Bucket: ptr("things"), Key: ptr("from"), Body: strings.NewReader("0123456789")})
	if err != nil {
		t.Fatal(err)
	}
	begun, err := r.client.CreateMultipartUpload(ctx, &awss3.CreateMultipartUploadInput{Bucket: ptr("things"), Key: ptr("to")})
	if err != nil {
		t.Fatal(err)
	}
	in := awss3.UploadPartCopyInput{
		Bucket: ptr("things"), Key: ptr("to"), UploadId: begun.UploadId, PartNumber: aws.Int32(1), CopySource: ptr("things/from"),
	}
	for ranges, want := range map[string]string{"bytes=2-4": "", "bytes=2-10": "InvalidArgument", "2-4": "InvalidArgument"} {
		in.CopySourceRange = &ranges
		if _, err := r.client.UploadPartCopy(ctx, &in); code(err) != want {
			t.Errorf("copying %s is answered with %v, not %q", ranges, err, want)
		}
	}
	in.CopySourceRange, in.CopySourceIfMatch = ptr("bytes=2-4"), ptr(`"other"`)
	if _, err := r.client.UploadPartCopy(ctx, &in); code(err) != "PreconditionFailed" {
		t.Errorf("copying something else is answered with %v", err)
	}
	in.CopySourceIfMatch = put.ETag
	part, err := r.client.UploadPartCopy(ctx, &in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.client.CompleteMultipartUpload(ctx, &awss3.CompleteMultipartUploadInput{
		Bucket: ptr("things"), Key: ptr("to"), UploadId: begun.UploadId, MultipartUpload: &types.CompletedMultipartUpload{
			Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: part.CopyPartResult.ETag}},
		},
	}); err != nil {
		t.Fatal(err)
	}
	if got := content(r.client.GetObject(ctx, &awss3.GetObjectInput{Bucket: ptr("things"), Key: ptr("to")})); got != "234" {
		t.Errorf("the object is %q", got)
	}
}
