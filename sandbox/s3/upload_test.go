package s3_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func random(size int) []byte {
	b := make([]byte, size)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(b)
	return b
}

// multipart puts an object in parts and returns the answer to the last request.
func (r *rig) multipart(key string, parts ...[]byte) (*awss3.CompleteMultipartUploadOutput, error) {
	ctx := context.Background()
	begun, err := r.client.CreateMultipartUpload(ctx, &awss3.CreateMultipartUploadInput{
		Bucket: ptr("things"), Key: &key, ContentType: ptr("text/x-parts"), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	if err != nil {
		return nil, err
	}
	var done []types.CompletedPart
	for i, body := range parts {
		out, err := r.client.UploadPart(ctx, &awss3.UploadPartInput{
			Bucket: ptr("things"), Key: &key, UploadId: begun.UploadId, PartNumber: aws.Int32(int32(i + 1)), Body: bytes.NewReader(body),
		})
		if err != nil {
			return nil, err
		}
		done = append(done, types.CompletedPart{ETag: out.ETag, PartNumber: aws.Int32(int32(i + 1)), ChecksumCRC32: out.ChecksumCRC32})
	}
	listed, err := r.client.ListParts(ctx, &awss3.ListPartsInput{Bucket: ptr("things"), Key: &key, UploadId: begun.UploadId})
	if err != nil || len(listed.Parts) != len(parts) {
		r.t.Errorf("%d parts are listed: %v", len(listed.Parts), err)
	}
	return r.client.CompleteMultipartUpload(ctx, &awss3.CompleteMultipartUploadInput{
		Bucket: ptr("things"), Key: &key, UploadId: begun.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: done},
	})
}

func TestAnObjectInParts(t *testing.T) {
	r := newRig(t)
	r.bucket("things", true)
	ctx := context.Background()
	whole := random(5<<20 + 1000)
	done, err := r.multipart("k", whole[:5<<20], whole[5<<20:])
	if err != nil {
		t.Fatal(err)
	}
	out, err := r.client.GetObject(ctx, &awss3.GetObjectInput{Bucket: ptr("things"), Key: ptr("k")})
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(out.Body)
	if err != nil || !bytes.Equal(got, whole) {
		t.Errorf("%d bytes came back of %d: %v", len(got), len(whole), err)
	}
	if *out.ETag != *done.ETag || !strings.HasSuffix(*out.ETag, `-2"`) || *out.ContentType != "text/x-parts" || *out.VersionId != *done.VersionId {
		t.Errorf("the object has the ETag %s of %s, the type %s, the version %s of %s", *out.ETag, *done.ETag, *out.ContentType, *out.VersionId, *done.VersionId)
	}
	if files, _ := os.ReadDir(r.files()); len(files) != 1 {
		t.Errorf("%d files are left, not the object's", len(files))
	}
}

func TestUploadsThatFail(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	ctx := context.Background()
	if _, err := r.multipart("small", []byte("a"), []byte("b")); code(err) != "EntityTooSmall" {
		t.Errorf("a small first part is answered with %v", err)
	}
	begun, err := r.client.CreateMultipartUpload(ctx, &awss3.CreateMultipartUploadInput{Bucket: ptr("things"), Key: ptr("k")})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key, id string
		parts   []types.CompletedPart
		want    string
	}{
		"another key":   {"other", *begun.UploadId, []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: ptr("x")}}, "NoSuchUpload"},
		"no such":       {"k", "nothing", []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: ptr("x")}}, "NoSuchUpload"},
		"a missing one": {"k", *begun.UploadId, []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: ptr("x")}}, "InvalidPart"},
		"nothing":       {"k", *begun.UploadId, nil, "MalformedXML"},
	} {
		_, err := r.client.CompleteMultipartUpload(ctx, &awss3.CompleteMultipartUploadInput{
			Bucket: ptr("things"), Key: &c.key, UploadId: &c.id, MultipartUpload: &types.CompletedMultipartUpload{Parts: c.parts},
		})
		if code(err) != c.want {
			t.Errorf("%s is answered with %v, not %s", name, err, c.want)
		}
	}
	if _, err := r.client.UploadPart(ctx, &awss3.UploadPartInput{
		Bucket: ptr("things"), Key: ptr("k"), UploadId: begun.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader("x"),
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.client.AbortMultipartUpload(ctx, &awss3.AbortMultipartUploadInput{Bucket: ptr("things"), Key: ptr("k"), UploadId: begun.UploadId}); err != nil {
		t.Fatal(err)
	}
	list, err := r.client.ListMultipartUploads(ctx, &awss3.ListMultipartUploadsInput{Bucket: ptr("things")})
	if err != nil || len(list.Uploads) != 1 || *list.Uploads[0].Key != "small" {
		t.Errorf("uploads that go on are %+v: %v", list.Uploads, err)
	}
}

// zeros is a body of any size that takes no memory.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestALargeObjectIsStreamed(t *testing.T) {
	const size = 256 << 20
	r := newRig(t)
	r.bucket("things", false)
	req, err := http.NewRequest(http.MethodPut, r.server.URL+"/things/large", io.LimitReader(zeros{}, size))
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = size
	req.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
	if err := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }).SignHTTP(context.Background(),
		aws.Credentials{AccessKeyID: root.AccessKeyID, SecretAccessKey: root.SecretAccessKey}, req, "UNSIGNED-PAYLOAD", "s3", "eu-west-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
	body, got, err := r.Get(context.Background(), "things", "large")
	if err != nil || got != size {
		t.Fatalf("it has %d bytes: %v", got, err)
	}
	defer body.Close()
	sum := sha256.New()
	if n, err := io.Copy(sum, body); err != nil || n != size {
		t.Errorf("%d bytes were read: %v", n, err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d bytes of memory went through for an object of %d", used, size)
	}
}
