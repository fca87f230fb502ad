package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// The payloads that are not one hashed whole.
const (
	streamingSigned          = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	streamingSignedTrailer   = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	streamingUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
)

var sha256Form = regexp.MustCompile(`^[0-9a-f]{64}$`)

// wrapBody puts a reader before the request's body that checks what was signed of it.
func wrapBody(r *http.Request, payload string, s signature, h holder) error {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	switch {
	case payload == unsigned:
		return nil
	case sha256Form.MatchString(payload):
		r.Body = &hashed{body: r.Body, sum: sha256.New(), want: payload}
		return nil
	case payload == streamingSigned, payload == streamingSignedTrailer, payload == streamingUnsignedTrailer:
		return unchunk(r, payload, s, h)
	}
	return malformed("InvalidArgument", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "+streamingSigned+", "+
		streamingSignedTrailer+", "+streamingUnsignedTrailer+" or a valid sha256 value.")
}

// unchunk takes the body out of its chunks.
func unchunk(r *http.Request, payload string, s signature, h holder) error {
	size, err := strconv.ParseInt(r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64)
	if err != nil || size < 0 {
		return &lengthRequired
	}
	r.Trailer = http.Header{}
	c := newChunks(r.Body, size, r.Trailer)
	if payload != streamingUnsignedTrailer {
		c.check = newChunkSignatures(s, h)
		c.check.trailers = payload == streamingSignedTrailer
	}
	r.Body, r.ContentLength = c, size
	var rest []string
	for _, coding := range strings.Split(r.Header.Get("Content-Encoding"), ",") {
		if coding = strings.TrimSpace(coding); coding != "" && coding != "aws-chunked" {
			rest = append(rest, coding)
		}
	}
	r.Header.Del("Content-Encoding")
	if len(rest) > 0 {
		r.Header.Set("Content-Encoding", strings.Join(rest, ","))
	}
	return nil
}

// hashed is a body that ends with an error when it is not the one whose hash was signed.
type hashed struct {
	body io.ReadCloser
	sum  hash.Hash
	want string
}

func (b *hashed) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.sum.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(b.sum.Sum(nil)) != b.want {
		err = errBody()
	}
	return n, err
}

func (b *hashed) Close() error { return b.body.Close() }
