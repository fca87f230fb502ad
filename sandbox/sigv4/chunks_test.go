package sigv4_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	plainChunks   = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	signedChunks  = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	signedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
)

// chunked is a signed request whose body will come in chunks and have size bytes outside of them.
func chunked(t *testing.T, payload string, size int) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPut, "http://127.0.0.1:4500/bucket/key", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Content-Sha256", payload)
	r.Header.Set("X-Amz-Decoded-Content-Length", strconv.Itoa(size))
	r.Header.Set("Content-Encoding", "aws-chunked,gzip")
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	if err := signer.SignHTTP(context.Background(), root, r, payload, "s3", "eu-west-1", noon); err != nil {
		t.Fatal(err)
	}
	return asServed(t, r)
}

// read verifies a request with a body in chunks and reads it.
func read(t *testing.T, r *http.Request, body string) (string, error) {
	t.Helper()
	keys, _, _ := newKeys(t)
	r.Body = io.NopCloser(strings.NewReader(body))
	if _, err := keys.Verify(r); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r.Body)
	return string(b), err
}

func TestChunksWithoutSignatures(t *testing.T) {
	const last = "0\r\nx-amz-checksum-crc32:abcd==\r\n\r\n"
	for name, c := range map[string]struct {
		body, want string // the content, or the error
	}{
		"two":                  {"3\r\nabc\r\n2\r\nde\r\n" + last, "abcde"},
		"one":                  {"5\r\nab\r\ne\r\n0\r\n\r\n", "ab\r\ne"},
		"no line at the end":   {"5\r\nabcde\r\n0\r\nx-amz-checksum-crc32:abcd==\r\n", "abcde"},
		"too long":             {"6\r\nabcdef\r\n" + last, "InvalidRequest"},
		"too short":            {"4\r\nabcd\r\n" + last, "InvalidRequest"},
		"longer than its size": {"3\r\nabcde\r\n" + last, "InvalidRequest"},
		"cut off":              {"5\r\nab", io.ErrUnexpectedEOF.Error()},
		"no size":              {"abc\r\n", "InvalidRequest"},
		"a negative size":      {"-5\r\nabcde\r\n" + last, "InvalidRequest"},
		"an endless line":      {strings.Repeat("5", 10_000), "InvalidRequest"},
		"an endless trailer":   {"5\r\nabcde\r\n0\r\n" + strings.Repeat("a:b\r\n", 100), "InvalidRequest"},
		"nothing":              {"", io.ErrUnexpectedEOF.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			r := chunked(t, plainChunks, 5)
			got, err := read(t, r, c.body)
			if err != nil {
				got = code(err)
			}
			if got != c.want {
				t.Fatalf("it is %q, %v, not %q", got, err, c.want)
			}
			if r.ContentLength != 5 || r.Header.Get("Content-Encoding") != "gzip" {
				t.Errorf("the request has %d bytes and the encoding %q", r.ContentLength, r.Header.Get("Content-Encoding"))
			}
			if name == "two" && r.Trailer.Get("X-Amz-Checksum-Crc32") != "abcd==" {
				t.Errorf("the trailer is %v", r.Trailer)
			}
		})
	}
}

// signChunks writes a body in chunks that are signed one after the other, and returns the last signature.
func signChunks(t *testing.T, r *http.Request, parts ...string) (body, last string) {
	t.Helper()
	_, seed, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	b, err := hex.DecodeString(seed)
	if err != nil {
		t.Fatal(err)
	}
	signer := v4.NewStreamSigner(root, "s3", "eu-west-1", b)
	var out strings.Builder
	for i, p := range append(parts, "") {
		sum, err := signer.GetSignature(context.Background(), nil, []byte(p), noon)
		if err != nil {
			t.Fatal(err)
		}
		last = hex.EncodeToString(sum)
		fmt.Fprintf(&out, "%x;chunk-signature=%s\r\n%s", len(p), last, p)
		if i < len(parts) {
			out.WriteString("\r\n")
		}
	}
	return out.String(), last
}

func TestSignedChunks(t *testing.T) {
	for name, c := range map[string]struct {
		change func(body string) string
		want   string
	}{
		"as they were signed": {func(b string) string { return b }, "hello, world"},
		"another content":     {func(b string) string { return strings.Replace(b, "hello", "jello", 1) }, "SignatureDoesNotMatch"},
		"another order": {func(b string) string {
			return strings.Replace(strings.Replace(strings.Replace(b, "hello,", "x", 1), " world", "hello,", 1), "x", " world", 1)
		}, "SignatureDoesNotMatch"},
		"without a signature": {func(b string) string { return strings.Replace(b, ";chunk-signature=", ";", 1) }, "hello, world"},
		"another signature":   {func(b string) string { return strings.Replace(b, "chunk-signature=", "chunk-signature=0", 1) }, "SignatureDoesNotMatch"},
	} {
		t.Run(name, func(t *testing.T) {
			r := chunked(t, signedChunks, len("hello, world"))
			body, _ := signChunks(t, r, "hello,", " world")
			got, err := read(t, r, c.change(body+"\r\n"))
			if err != nil {
				got = code(err)
			}
			if got != c.want {
				t.Errorf("it is %q, %v, not %q", got, err, c.want)
			}
		})
	}
}

func TestASignedTrailer(t *testing.T) {
	key := []byte("AWS4" + root.SecretAccessKey)
	for _, part := range []string{"20260501", "eu-west-1", "s3", "aws4_request"} {
		key = mac(key, part)
	}
	r := chunked(t, signedTrailer, 5)
	body, last := signChunks(t, r, "hello")
	const trailer = "x-amz-checksum-crc32:NhCmhg=="
	signed := hex.EncodeToString(mac(key, strings.Join([]string{
		"AWS4-HMAC-SHA256-TRAILER", "20260501T120000Z", "20260501/eu-west-1/s3/aws4_request", last, hashOf(trailer + "\n"),
	}, "\n")))
	if got, err := read(t, r, body+trailer+"\r\nx-amz-trailer-signature:"+signed+"\r\n\r\n"); got != "hello" || err != nil {
		t.Errorf("it is %q: %v", got, err)
	}
	for _, forged := range []string{
		"x-amz-checksum-crc32:AAAAAA==\r\nx-amz-trailer-signature:" + signed + "\r\n\r\n", trailer + "\r\n\r\n", "\r\n",
	} {
		r := chunked(t, signedTrailer, 5)
		body, _ := signChunks(t, r, "hello")
		if _, err := read(t, r, body+forged); code(err) != "SignatureDoesNotMatch" {
			t.Errorf("the trailer %q is answered with %v", forged, err)
		}
	}
}

func mac(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}
