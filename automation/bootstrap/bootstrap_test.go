package bootstrap

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"slipway/automation/fault"
	"slipway/sandbox/awsapi"
	sandboxkms "slipway/sandbox/kms"
	sandboxs3 "slipway/sandbox/s3"
	"slipway/sandbox/sigv4"
	"slipway/sandbox/store"
)

var owner = sigv4.NewRoot()

// world is an account with KMS and S3 that really answer.
type world struct {
	Options
	s3  *s3.Client
	kms *kms.Client
	// refuse answers a request in their place, when it wants to.
	refuse func(w http.ResponseWriter, r *http.Request) bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	st, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	keys, err := sigv4.New(st, owner, nil)
	if err != nil {
		t.Fatal(err)
	}
	k, err := sandboxkms.New(st, "eu-west-1", sandboxkms.Options{Secret: []byte("a secret")})
	if err != nil {
		t.Fatal(err)
	}
	objects, err := sandboxs3.New(st, "eu-west-1", sandboxs3.Options{Dir: t.TempDir(), Keys: keys, Encryption: k, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{refuse: func(http.ResponseWriter, *http.Request) bool { return false }}
	calls, files := awsapi.NewHandler(log, k.API()), objects.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		switch {
		case w.refuse(out, r):
		case r.Header.Get("X-Amz-Target") != "":
			calls.ServeHTTP(out, r)
		default:
			files.ServeHTTP(out, r)
		}
	}))
	t.Cleanup(func() { server.Close(); st.Close() })
	w.Options = Options{Account: "000000000000", Bucket: "state", Alias: "alias/slipway-state", AWS: aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(server.URL), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(owner.AccessKeyID, owner.SecretAccessKey, ""),
	}}
	w.s3, w.kms = s3.NewFromConfig(w.AWS), kms.NewFromConfig(w.AWS)
	return w
}

// apply changes what differs and answers the parts that it changed.
func (w *world) apply(t *testing.T) (Result, []string) {
	t.Helper()
	said := []string{}
	r, err := Apply(t.Context(), w.Options, func(c Change) { said = append(said, c.Part) })
	if err != nil {
		t.Fatal(err)
	}
	return r, said
}

func (w *world) look(t *testing.T) []string {
	t.Helper()
	r, err := Look(t.Context(), w.Options)
	if err != nil {
		t.Fatal(err)
	}
	differ := []string{}
	for _, c := range r.Changes {
		differ = append(differ, c.Part)
	}
	return differ
}

func TestMakesEverythingOnce(t *testing.T) {
	w := newWorld(t)
	if got := w.look(t); len(got) != len(parts) {
		t.Errorf("of an empty account only %v differ", got)
	}
	if _, err := w.s3.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: &w.Bucket}); err == nil {
		t.Error("looking has made the bucket")
	}
	r, _ := w.apply(t)
	if r.Key == "" || r.Backend() != "s3://state?region=eu-west-1&awssdk=v2" || r.SecretsProvider() != "awskms:///"+r.Key+"?region=eu-west-1&awssdk=v2" {
		t.Errorf("the result is %+v", r)
	}
	if got := w.look(t); len(got) != 0 {
		t.Errorf("after everything was made, %v differ", got)
	}
	if _, said := w.apply(t); len(said) != 0 {
		t.Errorf("a second run changed %v", said)
	}
	w.inForce(t, r.Key)
}

// inForce asks for what was made, as any other client would.
func (w *world) inForce(t *testing.T, key string) {
	t.Helper()
	ctx := t.Context()
	versions, err := w.s3.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &w.Bucket})
	if err != nil || versions.Status != types.BucketVersioningStatusEnabled {
		t.Errorf("versioning is %v, %v", versions, err)
	}
	encryption, err := w.s3.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &w.Bucket})
	if err != nil || *encryption.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.KMSMasterKeyID != key {
		t.Errorf("encryption is %v, %v", encryption, err)
	}
	policy, err := w.s3.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &w.Bucket})
	if err != nil || !strings.Contains(*policy.Policy, `"aws:SecureTransport":"false"`) || !strings.Contains(*policy.Policy, "arn:aws:s3:::state/*") {
		t.Errorf("the policy is %v, %v", policy, err)
	}
	lifecycle, err := w.s3.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: &w.Bucket})
	if err != nil || lifecycle.Rules[0].Expiration != nil || *lifecycle.Rules[0].NoncurrentVersionExpiration.NoncurrentDays != 90 {
		t.Errorf("the lifecycle is %v, %v", lifecycle, err)
	}
	rotation, err := w.kms.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: &key})
	if err != nil || !rotation.KeyRotationEnabled {
		t.Errorf("rotation is %v, %v", rotation, err)
	}
}

// A run that is cut off after any of its requests is finished by the next.
func TestFinishesWhatWasCutOff(t *testing.T) {
	for most := range 20 {
		w := newWorld(t)
		ctx, cut := context.WithCancel(t.Context())
		changes := 0
		w.refuse = func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				if changes++; changes > most {
					cut()
				}
			}
			return false
		}
		_, err := Apply(ctx, w.Options, func(Change) {})
		w.refuse = func(http.ResponseWriter, *http.Request) bool { return false }
		w.apply(t)
		if got := w.look(t); len(got) != 0 {
			t.Errorf("cut off after %d requests (%v): %v differ for good", most, err, got)
		}
		cut()
		if err == nil {
			return
		}
	}
	t.Error("20 requests are not enough for one run")
}

func TestRepairsOnlyWhatDiffers(t *testing.T) {
	w := newWorld(t)
	w.apply(t)
	_, err := w.s3.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: &w.Bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusSuspended},
	})
	if err != nil {
		t.Fatal(err)
	}
	const other = `{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::state"}]}`
	if _, err := w.s3.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &w.Bucket, Policy: aws.String(other)}); err != nil {
		t.Fatal(err)
	}
	if _, said := w.apply(t); !slices.Equal(said, []string{"versioning", "TLS"}) {
		t.Errorf("it changed %v", said)
	}
	policy, err := w.s3.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &w.Bucket})
	if err != nil || !strings.Contains(*policy.Policy, "Theirs") || !strings.Contains(*policy.Policy, "OnlyTLS") {
		t.Errorf("the policy is %v, %v", policy, err)
	}
}

// answer is one of AWS's errors for the requests that fit.
func answer(fits func(*http.Request) bool, status int, header, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !fits(r) {
			return false
		}
		w.Header().Set("X-Amz-Bucket-Region", header)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	}
}

func TestRefusals(t *testing.T) {
	head := func(r *http.Request) bool { return r.Method == http.MethodHead }
	create := func(r *http.Request) bool {
		return r.Method == http.MethodPut && r.URL.RawQuery == "" || r.URL.RawQuery == "x-id=CreateBucket"
	}
	target := func(action string) func(*http.Request) bool {
		return func(r *http.Request) bool { return strings.HasSuffix(r.Header.Get("X-Amz-Target"), action) }
	}
	expiring := func(t *testing.T, w *world) {
		w.apply(t)
		_, err := w.s3.PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{
			Bucket: &w.Bucket, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{{
				ID: aws.String("clean"), Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: aws.String("")},
				Expiration: &types.LifecycleExpiration{Days: aws.Int32(30)},
			}}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	disabled := func(t *testing.T, w *world) {
		w.apply(t)
		key, err := w.kms.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &w.Alias})
		if err == nil {
			_, err = w.kms.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: key.KeyMetadata.KeyId})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		before func(*testing.T, *world)
		refuse func(http.ResponseWriter, *http.Request) bool
		code   int
		says   string
	}{
		"another account's bucket": {nil, answer(head, http.StatusForbidden, "", ""), fault.BadInput, "belongs to another account than 000000000000"},
		"a name that is taken": {nil, answer(create, http.StatusConflict, "", `<Error><Code>BucketAlreadyExists</Code><Message>taken</Message></Error>`),
			fault.BadInput, "belongs to another account"},
		"another region": {nil, answer(head, http.StatusMovedPermanently, "us-west-2", ""), fault.BadInput, "it is in us-west-2, not in eu-west-1"},
		"a key that may not be used": {func(t *testing.T, w *world) { w.apply(t) },
			answer(target("Encrypt"), http.StatusBadRequest, "", `{"__type":"AccessDeniedException","message":"not you"}`), fault.NotReady, "these credentials may not: not you"},
		"expired credentials": {nil, answer(target("DescribeKey"), http.StatusBadRequest, "", `{"__type":"ExpiredTokenException","message":"expired"}`),
			fault.NotReady, "expired"},
		"a key that is disabled":         {disabled, nil, fault.NotReady, "is Disabled"},
		"a rule that would delete state": {expiring, nil, fault.BadInput, `rule "clean" deletes current objects`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if c.before != nil {
				c.before(t, w)
			}
			if c.refuse != nil {
				w.refuse = c.refuse
			}
			_, err := Apply(t.Context(), w.Options, func(Change) {})
			var told *fault.Error
			if !errors.As(err, &told) || told.Code != c.code || !strings.Contains(told.Error(), c.says) || told.Next == "" {
				t.Errorf("the error is %v (%+v)", err, told)
			}
		})
	}
}

// Two people who begin at the same time end with one key and one bucket.
func TestTwoAtOnce(t *testing.T) {
	w := newWorld(t)
	errs := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := Apply(t.Context(), w.Options, func(Change) {})
			errs <- err
		}()
	}
	if err := errors.Join(<-errs, <-errs); err != nil {
		t.Fatal(err)
	}
	if got := w.look(t); len(got) != 0 {
		t.Errorf("%v differ", got)
	}
	keys, err := w.kms.ListKeys(t.Context(), &kms.ListKeysInput{})
	if err != nil {
		t.Fatal(err)
	}
	enabled := 0
	for _, key := range keys.Keys {
		found, err := w.kms.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: key.KeyId})
		if err != nil {
			t.Fatal(err)
		}
		if found.KeyMetadata.Enabled {
			enabled++
		}
	}
	if enabled != 1 {
		t.Errorf("%d keys are paid for", enabled)
	}
}
