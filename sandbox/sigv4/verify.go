package sigv4

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"slipway/sandbox/awsapi"
)

const (
	hashHeader = "X-Amz-Content-Sha256"
	unsigned   = "UNSIGNED-PAYLOAD"
	// unhashed is the largest body, in bytes, of a request that does not say its hash.
	unhashed = 8 << 20
)

// Verify returns who has signed a request, or an *awsapi.Error. The request's body becomes the one that was meant:
// out of its chunks, and with a read error, also an *awsapi.Error, at the end of one that was not signed like that.
func (k *Keys) Verify(r *http.Request) (Identity, error) {
	s, err := parse(r)
	if err != nil {
		return Identity{}, err
	}
	h, err := k.holder(s.keyID, s.token)
	if err != nil {
		return Identity{}, err
	}
	if err := s.checkTime(k.clock.Now()); err != nil {
		return Identity{}, err
	}
	hash, err := payloadHash(r, s)
	if err != nil {
		return Identity{}, err
	}
	again, err := s.again(r, h, hash)
	if err != nil {
		return Identity{}, err
	}
	if subtle.ConstantTimeCompare([]byte(again), []byte(s.signature)) != 1 {
		return Identity{}, errMismatch()
	}
	h.Identity.Region = s.region
	return h.Identity, wrapBody(r, hash, s, h)
}

// payloadHash returns what a request's signature has in the place of the body's hash.
func payloadHash(r *http.Request, s signature) (string, error) {
	hash := r.Header.Get(hashHeader)
	switch {
	case hash != "":
		return hash, nil
	case r.URL.Query().Has(hashHeader):
		return r.URL.Query().Get(hashHeader), nil
	case s.service == "s3" && s.presigned:
		return unsigned, nil
	case s.service == "s3":
		return "", malformed("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, unhashed+1))
	if err != nil {
		return "", fmt.Errorf("reading the request: %w", err)
	}
	if len(body) > unhashed {
		return "", &awsapi.Error{Code: "RequestEntityTooLarge", Message: "the request is too large", Status: http.StatusRequestEntityTooLarge}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), nil
}

// again signs the request as its sender has and returns the signature.
func (s signature) again(r *http.Request, h holder, hash string) (string, error) {
	copied, err := s.bare(r)
	if err != nil {
		return "", err
	}
	credentials := aws.Credentials{AccessKeyID: s.keyID, SecretAccessKey: h.secret, SessionToken: s.token}
	signer := v4.NewSigner(func(o *v4.SignerOptions) {
		o.DisableURIPathEscaping = s.service == "s3"
		o.DisableHeaderHoisting = true
	})
	ctx := context.WithoutCancel(r.Context())
	if s.presigned {
		signed, _, err := signer.PresignHTTP(ctx, credentials, copied, hash, s.service, s.region, s.at)
		if err != nil {
			return "", err
		}
		u, err := url.Parse(signed)
		if err != nil {
			return "", err
		}
		return u.Query().Get("X-Amz-Signature"), nil
	}
	if err := signer.SignHTTP(ctx, credentials, copied, hash, s.service, s.region, s.at); err != nil {
		return "", err
	}
	_, made, _ := strings.Cut(copied.Header.Get("Authorization"), "Signature=")
	return made, nil
}

// bare returns the request with nothing but what its sender has signed.
func (s signature) bare(r *http.Request) (*http.Request, error) {
	u := *r.URL
	u.Scheme, u.Host = "http", r.Host
	if s.presigned {
		q := u.Query()
		q.Del("X-Amz-Signature")
		u.RawQuery = q.Encode()
	}
	copied := &http.Request{Method: r.Method, URL: &u, Host: r.Host, Header: http.Header{}}
	if !slices.Contains(s.headers, "host") {
		return nil, errMismatch()
	}
	for _, name := range s.headers {
		switch {
		case name == "host":
		case name == "content-length":
			copied.ContentLength = r.ContentLength
		default:
			copied.Header[http.CanonicalHeaderKey(name)] = r.Header.Values(name)
		}
	}
	return copied, nil
}
