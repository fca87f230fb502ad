package s3_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/sandbox/sigv4"
)

func TestASessionTouchesWhatItsScopeSays(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	ctx := context.Background()
	for _, key := range []string{"in/source", "in/source2", "out/made", "secret"} {
		if _, err := r.Put(ctx, "things", key, strings.NewReader(key)); err != nil {
			t.Fatal(err)
		}
	}
	issued, err := r.keys.Issue(sigv4.Scope{Read: []string{"things/in/source"}, Write: []string{"things/out/"}}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	client := r.as(issued.AccessKeyID, issued.SecretAccessKey, issued.SessionToken)
	get := func(key string) string {
		return content(client.GetObject(ctx, &awss3.GetObjectInput{Bucket: ptr("things"), Key: &key}))
	}
	put := func(key string) string {
		_, err := client.PutObject(ctx, &awss3.PutObjectInput{Bucket: ptr("things"), Key: &key, Body: strings.NewReader("x")})
		return code(err)
	}
	_, list := client.ListObjectsV2(ctx, &awss3.ListObjectsV2Input{Bucket: ptr("things")})
	_, buckets := client.ListBuckets(ctx, &awss3.ListBucketsInput{})
	_, remove := client.DeleteObject(ctx, &awss3.DeleteObjectInput{Bucket: ptr("things"), Key: ptr("in/source")})
	_, copied := client.CopyObject(ctx, &awss3.CopyObjectInput{Bucket: ptr("things"), Key: ptr("out/y"), CopySource: ptr("things/secret")})
	for name, c := range map[string][2]string{
		"reading its input":          {get("in/source"), "in/source"},
		"reading its neighbour":      {get("in/source2"), "AccessDenied"},
		"reading something else":     {get("secret"), "AccessDenied"},
		"reading where it may write": {get("out/made"), "AccessDenied"},
		"writing":                    {put("out/x"), ""},
		"writing its input":          {put("in/source"), "AccessDenied"},
		"writing beside":             {put("outside"), "AccessDenied"},
		"listing":                    {code(list), "AccessDenied"},
		"listing buckets":            {code(buckets), "AccessDenied"},
		"deleting its input":         {code(remove), "AccessDenied"},
		"copying a secret":           {code(copied), "AccessDenied"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s is answered with %q, not %q", name, c[0], c[1])
		}
	}
}

func TestWhoIsRefused(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	expired, err := r.keys.Issue(sigv4.Scope{Read: []string{"things/"}}, -time.Second)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		client *awss3.Client
		want   string
	}{
		"a wrong secret":      {r.as(root.AccessKeyID, "guess", ""), "SignatureDoesNotMatch"},
		"an unknown key":      {r.as("AKIA0", "guess", ""), "InvalidAccessKeyId"},
		"an expired session":  {r.as(expired.AccessKeyID, expired.SecretAccessKey, expired.SessionToken), "ExpiredToken"},
		"a session's key":     {r.as(expired.AccessKeyID, expired.SecretAccessKey, ""), "InvalidToken"},
		"another one's token": {r.as(expired.AccessKeyID, expired.SecretAccessKey, "guess"), "InvalidToken"},
	} {
		if got := content(c.client.GetObject(context.Background(), &awss3.GetObjectInput{Bucket: ptr("things"), Key: ptr("k")})); got != c.want {
			t.Errorf("%s is answered with %q, not %q", name, got, c.want)
		}
	}
	answer, err := http.Get(r.server.URL + "/things/k")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("a request without a signature is answered with %s", answer.Status)
	}
}

func TestPresignedURLs(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	if _, err := r.Put(context.Background(), "things", "a b", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	signed, err := awss3.NewPresignClient(r.client).PresignGetObject(context.Background(), &awss3.GetObjectInput{Bucket: ptr("things"), Key: ptr("a b")})
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]int{
		signed.URL: http.StatusOK, strings.Replace(signed.URL, "/a%20b", "/c", 1): http.StatusForbidden,
		strings.Replace(signed.URL, "X-Amz-Expires=900", "X-Amz-Expires=9000", 1): http.StatusForbidden,
	} {
		answer, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s is answered with %s, not %d", url, answer.Status, want)
		}
	}
}
