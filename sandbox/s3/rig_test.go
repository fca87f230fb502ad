package s3_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/jonboulle/clockwork"
	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
	"slipway/sandbox/s3"
	"slipway/sandbox/sigv4"
	"slipway/sandbox/store"
)

// rig is a service behind a real server.
type rig struct {
	*s3.Service
	t    *testing.T
	keys *sigv4.Keys
	keyring
	clock  *clockwork.FakeClock
	server *httptest.Server
	client *awss3.Client
	dir    string
	store  *store.Store
}

// root is the key of the sandbox's user.
var root = sigv4.Root{AccessKeyID: "AKIAOWNER", SecretAccessKey: "owner's"}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), keyring: keyring{}, clock: clockwork.NewFakeClockAt(time.Now())}
	r.start()
	return r
}

// start opens the service on the rig's folder, again after a stop.
func (r *rig) start() {
	r.t.Helper()
	var err error
	if r.store, err = store.Open(filepath.Join(r.dir, "state.db")); err != nil {
		r.t.Fatal(err)
	}
	if r.keys, err = sigv4.New(r.store, root, nil); err != nil {
		r.t.Fatal(err)
	}
	if r.Service, err = s3.New(r.store, "eu-west-1", s3.Options{Dir: r.files(), Keys: r.keys, Encryption: r.keyring, Clock: r.clock}); err != nil {
		r.t.Fatal(err)
	}
	r.server = httptest.NewServer(r.Handler())
	r.client = r.as(root.AccessKeyID, root.SecretAccessKey, "")
	r.t.Cleanup(r.stop)
}

func (r *rig) stop() {
	r.server.Close()
	r.store.Close()
}

func (r *rig) files() string { return filepath.Join(r.dir, "s3") }

// as returns a client with these credentials.
func (r *rig) as(id, secret, token string) *awss3.Client {
	return awss3.New(awss3.Options{
		Region: "eu-west-1", BaseEndpoint: &r.server.URL, UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(id, secret, token),
	})
}

// entries are the files of objects.
func (r *rig) entries() []os.DirEntry {
	r.t.Helper()
	all, err := os.ReadDir(r.files())
	if err != nil {
		r.t.Fatal(err)
	}
	return all
}

// same tells whether all objects share one file.
func (r *rig) same() bool {
	r.t.Helper()
	var first os.FileInfo
	for _, e := range r.entries() {
		info, err := e.Info()
		if err != nil {
			r.t.Fatal(err)
		}
		if first == nil {
			first = info
		}
		if !os.SameFile(first, info) {
			return false
		}
	}
	return true
}

// raw sends a signed request and returns the answer's status and body.
func (r *rig) raw(method, path, body string) (int, string) {
	r.t.Helper()
	req, err := http.NewRequest(method, r.server.URL+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(body))
	hash := hex.EncodeToString(sum[:])
	req.Header.Set("X-Amz-Content-Sha256", hash)
	owner := aws.Credentials{AccessKeyID: root.AccessKeyID, SecretAccessKey: root.SecretAccessKey}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	if err := signer.SignHTTP(context.Background(), owner, req, hash, "s3", "eu-west-1", time.Now()); err != nil {
		r.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}

// bucket makes a bucket, with versions when asked to.
func (r *rig) bucket(name string, versions bool) {
	r.t.Helper()
	_, _, err := r.Behaviours()["aws:s3/bucketV2:BucketV2"].Create(context.Background(), inputs(map[string]any{"bucket": name}))
	if err == nil && versions {
		_, _, err = r.Behaviours()["aws:s3/bucketVersioningV2:BucketVersioningV2"].Create(context.Background(), inputs(map[string]any{
			"bucket": name, "versioningConfiguration": map[string]any{"status": "Enabled"},
		}))
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

func inputs(m map[string]any) resource.Properties { return property.NewPropertyMapFromMap(m) }

// code is the error code that AWS's client has read, or what else went wrong.
func code(err error) string {
	var known smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &known):
		return known.ErrorCode()
	}
	return err.Error()
}

func ptr(s string) *string { return aws.String(s) }
