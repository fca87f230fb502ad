package sigv4_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/jonboulle/clockwork"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/sigv4"
	"slipway/sandbox/store"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func newKeys(t *testing.T) (*sigv4.Keys, *clockwork.FakeClock, *store.Store) {
	t.Helper()
	return keysAt(t, noon)
}

func keysAt(t *testing.T, now time.Time) (*sigv4.Keys, *clockwork.FakeClock, *store.Store) {
	t.Helper()
	st, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	clock := clockwork.NewFakeClockAt(now)
	keys, err := sigv4.New(st, owner, clock)
	if err != nil {
		t.Fatal(err)
	}
	return keys, clock, st
}

// asServed is the request as a server has it.
func asServed(t *testing.T, r *http.Request) *http.Request {
	t.Helper()
	served := httptest.NewRequest(r.Method, "http://"+r.URL.Host+r.URL.RequestURI(), r.Body)
	served.Header, served.Host, served.ContentLength = r.Header, r.URL.Host, r.ContentLength
	return served
}

// request is signed with credentials at a time.
func request(t *testing.T, c aws.Credentials, at time.Time, url, body, payload string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPut, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Content-Sha256", payload)
	r.Header.Set("X-Amz-Meta-Note", "two  spaces")
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	if err := signer.SignHTTP(context.Background(), c, r, payload, "s3", "eu-west-1", at); err != nil {
		t.Fatal(err)
	}
	r.Body = io.NopCloser(strings.NewReader(body))
	return r
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func code(err error) string {
	var known *awsapi.Error
	if errors.As(err, &known) {
		return known.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

var (
	owner = sigv4.Root{AccessKeyID: "AKIAOWNER", SecretAccessKey: "owner's"}
	root  = aws.Credentials{AccessKeyID: owner.AccessKeyID, SecretAccessKey: owner.SecretAccessKey}
)

const target = "http://127.0.0.1:4500/bucket/a%20b/%C3%BC?list-type=2&prefix=x%2Fy&uploads"

func TestWhoIsRecognized(t *testing.T) {
	keys, _, _ := newKeys(t)
	issued, err := keys.Issue(sigv4.Scope{Read: []string{"bucket/"}}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	session := aws.Credentials{AccessKeyID: issued.AccessKeyID, SecretAccessKey: issued.SecretAccessKey, SessionToken: issued.SessionToken}
	stolen := session
	stolen.SessionToken = ""
	for name, c := range map[string]struct {
		credentials aws.Credentials
		at          time.Time
		payload     string
		change      func(*http.Request)
		want        string
	}{
		"root":                    {root, noon, hashOf("body"), nil, ""},
		"root, body not signed":   {root, noon, "UNSIGNED-PAYLOAD", nil, ""},
		"session":                 {session, noon, hashOf("body"), nil, ""},
		"session, no token":       {stolen, noon, hashOf("body"), nil, "InvalidToken"},
		"14 minutes old":          {root, noon.Add(-14 * time.Minute), hashOf("body"), nil, ""},
		"16 minutes old":          {root, noon.Add(-16 * time.Minute), hashOf("body"), nil, "RequestTimeTooSkewed"},
		"16 minutes ahead":        {root, noon.Add(16 * time.Minute), hashOf("body"), nil, "RequestTimeTooSkewed"},
		"unknown key":             {aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "x"}, noon, hashOf("body"), nil, "InvalidAccessKeyId"},
		"wrong secret":            {aws.Credentials{AccessKeyID: owner.AccessKeyID, SecretAccessKey: "x"}, noon, hashOf("body"), nil, "SignatureDoesNotMatch"},
		"another path":            {root, noon, hashOf("body"), func(r *http.Request) { r.URL.Path = "/bucket/other" }, "SignatureDoesNotMatch"},
		"another method":          {root, noon, hashOf("body"), func(r *http.Request) { r.Method = http.MethodDelete }, "SignatureDoesNotMatch"},
		"another header":          {root, noon, hashOf("body"), func(r *http.Request) { r.Header.Set("X-Amz-Meta-Note", "x") }, "SignatureDoesNotMatch"},
		"another query":           {root, noon, hashOf("body"), func(r *http.Request) { r.URL.RawQuery = "list-type=1" }, "SignatureDoesNotMatch"},
		"another host":            {root, noon, hashOf("body"), func(r *http.Request) { r.Host = "127.0.0.1:1" }, "SignatureDoesNotMatch"},
		"an unsigned header":      {root, noon, hashOf("body"), func(r *http.Request) { r.Header.Set("User-Agent", "x") }, ""},
		"no signature":            {root, noon, hashOf("body"), func(r *http.Request) { r.Header.Del("Authorization") }, "AccessDenied"},
		"an old signature":        {root, noon, hashOf("body"), func(r *http.Request) { r.Header.Set("Authorization", "AWS a:b") }, "InvalidRequest"},
		"a malformed signature":   {root, noon, hashOf("body"), func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 x") }, "AuthorizationHeaderMalformed"},
		"a payload of no kind":    {root, noon, "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", nil, "InvalidArgument"},
		"chunks without a length": {root, noon, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", nil, "MissingContentLength"},
	} {
		t.Run(name, func(t *testing.T) {
			r := asServed(t, request(t, c.credentials, c.at, target, "body", c.payload))
			if c.change != nil {
				c.change(r)
			}
			who, err := keys.Verify(r)
			if code(err) != c.want {
				t.Fatalf("it is %v, not %q", err, c.want)
			}
			if err == nil && (who.AccessKeyID != c.credentials.AccessKeyID || who.Root != (c.credentials.AccessKeyID == owner.AccessKeyID)) {
				t.Errorf("it is %+v", who)
			}
		})
	}
}

func TestABodyThatWasNotSigned(t *testing.T) {
	keys, _, _ := newKeys(t)
	r := asServed(t, request(t, root, noon, target, "body", hashOf("body")))
	r.Body = io.NopCloser(strings.NewReader("evil"))
	if _, err := keys.Verify(r); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r.Body); code(err) != "XAmzContentSHA256Mismatch" {
		t.Errorf("reading it: %v", err)
	}
}

func TestSessionsEndAndSurviveARestart(t *testing.T) {
	keys, clock, st := newKeys(t)
	issued, err := keys.Issue(sigv4.Scope{Write: []string{"bucket/out/"}}, time.Minute)
	if err != nil || !issued.Expires.Equal(noon.Add(time.Minute)) {
		t.Fatalf("%+v: %v", issued, err)
	}
	if keys, err = sigv4.New(st, owner, clock); err != nil {
		t.Fatal(err)
	}
	session := aws.Credentials{AccessKeyID: issued.AccessKeyID, SecretAccessKey: issued.SecretAccessKey, SessionToken: issued.SessionToken}
	verify := func() (sigv4.Identity, error) {
		return keys.Verify(asServed(t, request(t, session, clock.Now(), target, "", hashOf(""))))
	}
	who, err := verify()
	if err != nil || !who.MayWrite("bucket", "out/x") || who.MayWrite("bucket", "in/x") || who.MayRead("bucket", "out/x") || who.MayWrite("bucketout", "/x") {
		t.Errorf("%+v: %v", who, err)
	}
	clock.Advance(time.Minute)
	if _, err := verify(); code(err) != "ExpiredToken" {
		t.Errorf("after its end: %v", err)
	}
	clock.Advance(25 * time.Hour)
	if _, err := keys.Issue(sigv4.Scope{}, time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := verify(); code(err) != "InvalidAccessKeyId" {
		t.Errorf("a day after its end: %v", err)
	}
}

func TestPresigned(t *testing.T) {
	for name, c := range map[string]struct {
		after  time.Duration
		change func(url string) string
		want   string
	}{
		"at once":             {0, nil, ""},
		"before its end":      {9 * time.Minute, nil, ""},
		"after its end":       {11 * time.Minute, nil, "AccessDenied"},
		"before its time":     {-16 * time.Minute, nil, "RequestTimeTooSkewed"},
		"with another expiry": {0, func(u string) string { return strings.Replace(u, "Expires=600", "Expires=6000", 1) }, "SignatureDoesNotMatch"},
		"valid for too long":  {0, func(u string) string { return strings.Replace(u, "Expires=600", "Expires=9999999", 1) }, "AuthorizationQueryParametersError"},
		"of another key":      {0, func(u string) string { return strings.Replace(u, "a%20b", "c", 1) }, "SignatureDoesNotMatch"},
	} {
		t.Run(name, func(t *testing.T) {
			keys, _, _ := keysAt(t, noon.Add(c.after))
			r, err := http.NewRequest(http.MethodGet, "http://127.0.0.1:4500/bucket/a%20b?X-Amz-Expires=600", nil)
			if err != nil {
				t.Fatal(err)
			}
			signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
			url, _, err := signer.PresignHTTP(context.Background(), root, r, "UNSIGNED-PAYLOAD", "s3", "eu-west-1", noon)
			if err != nil {
				t.Fatal(err)
			}
			if c.change != nil {
				url = c.change(url)
			}
			served := httptest.NewRequest(http.MethodGet, url, nil)
			if _, err := keys.Verify(served); code(err) != c.want {
				t.Errorf("it is %v, not %q", err, c.want)
			}
		})
	}
}

func TestOtherServicesMaySignWithoutAHashHeader(t *testing.T) {
	keys, _, _ := newKeys(t)
	r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:4500/", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if err := v4.NewSigner().SignHTTP(context.Background(), root, r, hashOf("{}"), "ecs", "eu-west-1", noon); err != nil {
		t.Fatal(err)
	}
	r.Body = io.NopCloser(strings.NewReader("{}"))
	served := asServed(t, r)
	served.Body = io.NopCloser(strings.NewReader("{}"))
	if _, err := keys.Verify(served); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(served.Body); string(b) != "{}" {
		t.Errorf("the body is %q: %v", b, err)
	}
}
