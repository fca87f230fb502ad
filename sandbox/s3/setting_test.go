package s3_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"slipway/sandbox/awsapi"
)

// keyring is KMS as objects see it: the state of keys by name.
type keyring map[string]string

func (k keyring) Usable(ref string) (string, error) {
	switch k[ref] {
	case "enabled":
		return "arn:" + ref, nil
	case "disabled":
		return "", awsapi.Errorf("DisabledException", "arn:%s is disabled.", ref)
	}
	return "", awsapi.Errorf("NotFoundException", "Key 'arn:%s' does not exist", ref)
}

func TestObjectsNameAKeyThatWorks(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	r.keyring["good"], r.keyring["off"] = "enabled", "disabled"
	for name, c := range map[string]struct {
		how       types.ServerSideEncryption
		key, want string
	}{
		"a key that works":       {types.ServerSideEncryptionAwsKms, "good", ""},
		"a key that is disabled": {types.ServerSideEncryptionAwsKms, "off", "KMS.DisabledException"},
		"a key that is not here": {types.ServerSideEncryptionAwsKms, "none", "KMS.NotFoundException"},
		"S3's own key":           {types.ServerSideEncryptionAwsKms, "alias/aws/s3", ""},
		"no key":                 {types.ServerSideEncryptionAwsKms, "", ""},
		"a key without KMS":      {types.ServerSideEncryptionAes256, "good", "InvalidArgument"},
	} {
		in := &awss3.PutObjectInput{Bucket: ptr("things"), Key: ptr("a"), Body: strings.NewReader("x"), ServerSideEncryption: c.how}
		if c.key != "" {
			in.SSEKMSKeyId = &c.key
		}
		if _, err := r.client.PutObject(t.Context(), in); code(err) != c.want {
			t.Errorf("%s is answered with %v, not %q", name, err, c.want)
		}
	}
}

func TestABucketEncryptsWhatSaysNothing(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	r.bucket("things", false)
	r.keyring["good"], r.keyring["arn:good"] = "enabled", "enabled"
	_, err := r.client.PutBucketEncryption(ctx, &awss3.PutBucketEncryptionInput{
		Bucket: ptr("things"), ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: ptr("good")},
			BucketKeyEnabled:                   aws.Bool(true),
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	put, err := r.client.PutObject(ctx, &awss3.PutObjectInput{Bucket: ptr("things"), Key: ptr("a"), Body: strings.NewReader("x")})
	if err != nil || put.ServerSideEncryption != types.ServerSideEncryptionAwsKms || aws.ToString(put.SSEKMSKeyId) != "arn:good" {
		t.Fatalf("the object is encrypted by %v, %v", put, err)
	}
	if _, err := r.client.CopyObject(ctx, &awss3.CopyObjectInput{Bucket: ptr("things"), Key: ptr("b"), CopySource: ptr("things/a")}); err != nil {
		t.Error(err)
	}
	r.keyring["arn:good"] = "disabled"
	if _, err := r.client.GetObject(ctx, &awss3.GetObjectInput{Bucket: ptr("things"), Key: ptr("a")}); code(err) != "KMS.DisabledException" {
		t.Errorf("with its key disabled the object is answered with %v", err)
	}
	r.keyring["good"] = "disabled"
	if _, err := r.client.CreateMultipartUpload(ctx, &awss3.CreateMultipartUploadInput{Bucket: ptr("things"), Key: ptr("c")}); code(err) != "KMS.DisabledException" {
		t.Errorf("an upload is answered with %v", err)
	}
	if _, err := r.client.DeleteBucketEncryption(ctx, &awss3.DeleteBucketEncryptionInput{Bucket: ptr("things")}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.client.PutObject(ctx, &awss3.PutObjectInput{Bucket: ptr("things"), Key: ptr("a"), Body: strings.NewReader("x")}); err != nil {
		t.Errorf("without a rule: %v", err)
	}
}

// TestSettings asks for every setting of a new bucket, writes it, and takes it away again.
func TestSettings(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	for name, c := range map[string]struct{ text, fresh, gone, wrong string }{
		"policy":            {`{"Statement":[]}`, "NoSuchBucketPolicy", "NoSuchBucketPolicy", "[]"},
		"publicAccessBlock": {"<PublicAccessBlockConfiguration/>", "<BlockPublicAcls>true<", "NoSuchPublicAccessBlockConfiguration", "<Other/>"},
		"ownershipControls": {"<OwnershipControls/>", "BucketOwnerEnforced", "OwnershipControlsNotFoundError", "<Other/>"},
		"lifecycle":         {"<LifecycleConfiguration/>", "NoSuchLifecycleConfiguration", "NoSuchLifecycleConfiguration", "<"},
		"tagging":           {"<Tagging/>", "NoSuchTagSet", "NoSuchTagSet", "{}"},
	} {
		for i, step := range []struct {
			method, body string
			status       int
			want         string
		}{
			{http.MethodGet, "", 0, c.fresh},
			{http.MethodPut, c.wrong, http.StatusBadRequest, "Malformed"},
			{http.MethodPut, c.text, 0, ""},
			{http.MethodGet, "", http.StatusOK, c.text},
			{http.MethodDelete, "", http.StatusNoContent, ""},
			{http.MethodGet, "", http.StatusNotFound, c.gone},
		} {
			status, body := r.raw(step.method, "/things?"+name, step.body)
			if step.status != 0 && status != step.status || !strings.Contains(body, step.want) {
				t.Errorf("%s, step %d: %d %s", name, i, status, body)
			}
		}
	}
	if status, body := r.raw(http.MethodPut, "/nowhere?policy", `{"Statement":[]}`); status != http.StatusNotFound {
		t.Errorf("a policy of no bucket: %d %s", status, body)
	}
}

func TestErrorsOfKMSKeepTheirText(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	_, err := r.client.PutObject(t.Context(), &awss3.PutObjectInput{
		Bucket: ptr("things"), Key: ptr("a"), Body: strings.NewReader("x"), ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: ptr("none"),
	})
	if err == nil || !strings.Contains(err.Error(), "Key 'arn:none' does not exist") {
		t.Errorf("the error is %v", err)
	}
}

// What a bucket here never has is answered as by one that was never given it.
func TestSettingsThatNoBucketHas(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	for name, want := range map[string]string{
		"cors": "NoSuchCORSConfiguration", "website": "NoSuchWebsiteConfiguration", "replication": "ReplicationConfigurationNotFoundError",
		"object-lock": "ObjectLockConfigurationNotFoundError",
	} {
		if status, body := r.raw(http.MethodGet, "/things?"+name+"=", ""); status != http.StatusNotFound || !strings.Contains(body, want) {
			t.Errorf("%s is answered %d %s", name, status, body)
		}
		if status, body := r.raw(http.MethodGet, "/none?"+name+"=", ""); !strings.Contains(body, "NoSuchBucket") {
			t.Errorf("%s of no bucket is answered %d %s", name, status, body)
		}
		if status, _ := r.raw(http.MethodPut, "/things?"+name+"=", "<x/>"); status != http.StatusNotImplemented {
			t.Errorf("setting %s is answered %d", name, status)
		}
	}
}
