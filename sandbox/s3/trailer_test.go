package s3_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

func TestAChecksumBehindTheBody(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	const payload = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	for _, c := range []struct{ announced, trailer, want string }{
		{"x-amz-checksum-crc32", "x-amz-checksum-crc32:NhCmhg==", "200 "},
		{"x-amz-checksum-crc32", "x-amz-checksum-crc32:AAAAAA==", "400 BadDigest"},
		{"x-amz-checksum-crc32", "x-amz-checksum-sha1:AAAAAA==", "400 MalformedTrailerError"},
		{"x-amz-something", "x-amz-something:1", "400 InvalidArgument"},
	} {
		body := "5\r\nhello\r\n0\r\n" + c.trailer + "\r\n\r\n"
		req, err := http.NewRequest(http.MethodPut, r.server.URL+"/things/k", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Amz-Content-Sha256", payload)
		req.Header.Set("X-Amz-Trailer", c.announced)
		req.Header.Set("X-Amz-Decoded-Content-Length", strconv.Itoa(len("hello")))
		req.Header.Set("Content-Encoding", "aws-chunked")
		signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
		owner := aws.Credentials{AccessKeyID: root.AccessKeyID, SecretAccessKey: root.SecretAccessKey}
		if err := signer.SignHTTP(context.Background(), owner, req, payload, "s3", "eu-west-1", time.Now()); err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		_, rest, _ := strings.Cut(string(text), "<Code>")
		code, _, _ := strings.Cut(rest, "<")
		if got := fmt.Sprintf("%d %s", answer.StatusCode, code); got != c.want {
			t.Errorf("%s is answered with %s, not %s", c.trailer, got, c.want)
		}
	}
	body, size, err := r.Get(context.Background(), "things", "k")
	if err != nil || size != 5 {
		t.Fatalf("the object has %d bytes: %v", size, err)
	}
	body.Close()
}
