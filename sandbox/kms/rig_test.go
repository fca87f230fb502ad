package kms_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"
	"github.com/jonboulle/clockwork"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/kms"
	"slipway/sandbox/store"
)

const region = "eu-west-1"

// rig is a service behind a real server, and AWS's client of it.
type rig struct {
	*kms.Service
	*client.Client
	t     *testing.T
	dir   string
	clock *clockwork.FakeClock
	close func()
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), clock: clockwork.NewFakeClockAt(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
	r.start()
	t.Cleanup(func() { r.close() })
	return r
}

// start opens the service on the rig's folder, again after close.
func (r *rig) start() {
	r.t.Helper()
	st, err := store.Open(filepath.Join(r.dir, "state.db"))
	if err != nil {
		r.t.Fatal(err)
	}
	if r.Service, err = kms.New(st, region, kms.Options{Secret: []byte("a secret"), Clock: r.clock}); err != nil {
		r.t.Fatal(err)
	}
	server := httptest.NewServer(awsapi.NewHandler(slog.New(slog.DiscardHandler), r.API()))
	r.Client = client.New(client.Options{
		Region: region, BaseEndpoint: aws.String(server.URL), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
	})
	r.close = func() { server.Close(); _ = st.Close() }
}

// key makes a key and returns its id.
func (r *rig) key() string {
	r.t.Helper()
	out, err := r.CreateKey(r.t.Context(), &client.CreateKeyInput{})
	if err != nil {
		r.t.Fatal(err)
	}
	return *out.KeyMetadata.KeyId
}

// alias gives a key an alias.
func (r *rig) alias(name, key string) {
	r.t.Helper()
	if _, err := r.CreateAlias(r.t.Context(), &client.CreateAliasInput{AliasName: &name, TargetKeyId: &key}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) encrypt(key, text string, context map[string]string) []byte {
	r.t.Helper()
	out, err := r.Encrypt(r.t.Context(), &client.EncryptInput{KeyId: &key, Plaintext: []byte(text), EncryptionContext: context})
	if err != nil {
		r.t.Fatal(err)
	}
	return out.CiphertextBlob
}

// decrypt returns the text of a blob, or the error's code.
func (r *rig) decrypt(blob []byte, context map[string]string) string {
	r.t.Helper()
	out, err := r.Decrypt(r.t.Context(), &client.DecryptInput{CiphertextBlob: blob, EncryptionContext: context})
	if err != nil {
		return code(err)
	}
	return string(out.Plaintext)
}

// code is the error code that AWS's client has read, or what else went wrong.
func code(err error) string {
	var e smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.ErrorCode()
	}
	return fmt.Sprint(err)
}

func arn(id string) string { return "arn:aws:kms:" + region + ":000000000000:key/" + id }
