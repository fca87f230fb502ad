package kms_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

const text = "hunter2hunter2"

func TestAKeyIsFoundByEachOfItsNames(t *testing.T) {
	r := newRig(t)
	id := r.key()
	r.alias("alias/state", id)
	for _, name := range []string{id, arn(id), "alias/state", "arn:aws:kms:eu-west-1:000000000000:alias/state"} {
		blob := r.encrypt(name, text, nil)
		out, err := r.Decrypt(t.Context(), &client.DecryptInput{CiphertextBlob: blob, KeyId: &name})
		if err != nil || string(out.Plaintext) != text || *out.KeyId != arn(id) {
			t.Errorf("%s: %v, %v", name, out, err)
		}
	}
	for name, want := range map[string]string{
		"alias/other":                          "NotFoundException",
		"00000000-0000-0000-0000-000000000000": "NotFoundException",
		"somebody":                             "NotFoundException",
		"arn:aws:kms:us-east-1:000000000000:key/" + id: "NotFoundException",
		"arn:aws:kms:eu-west-1:111111111111:key/" + id: "NotFoundException",
		"arn:aws:s3:::bucket":                          "InvalidArnException",
	} {
		_, err := r.Encrypt(t.Context(), &client.EncryptInput{KeyId: &name, Plaintext: []byte(text)})
		if code(err) != want {
			t.Errorf("%s is answered with %v, not %s", name, err, want)
		}
	}
}

func TestTheContextIsAuthenticated(t *testing.T) {
	r := newRig(t)
	context := map[string]string{"stack": "dev", "app": "web"}
	blob := r.encrypt(r.key(), text, context)
	changed := bytes.Clone(blob)
	changed[len(changed)-1] ^= 1
	if bytes.Contains(blob, []byte(text)) {
		t.Error("the text can be read in the blob")
	}
	for name, c := range map[string]struct {
		blob    []byte
		context map[string]string
		want    string
	}{
		"the same":                  {blob, map[string]string{"app": "web", "stack": "dev"}, text},
		"none":                      {blob, nil, "InvalidCiphertextException"},
		"a part":                    {blob, map[string]string{"stack": "dev"}, "InvalidCiphertextException"},
		"another value":             {blob, map[string]string{"stack": "prod", "app": "web"}, "InvalidCiphertextException"},
		"the same letters":          {blob, map[string]string{"stackdev": "", "app": "web"}, "InvalidCiphertextException"},
		"a changed blob":            {changed, context, "InvalidCiphertextException"},
		"a blob that was cut":       {blob[:20], context, "InvalidCiphertextException"},
		"a blob of somebody else's": {[]byte("anything"), nil, "InvalidCiphertextException"},
	} {
		if got := r.decrypt(c.blob, c.context); got != c.want {
			t.Errorf("%s decrypts to %q, not %q", name, got, c.want)
		}
	}
}

func TestABlobOpensWithItsOwnKeyOnly(t *testing.T) {
	r := newRig(t)
	mine, other := r.key(), r.key()
	blob := r.encrypt(mine, text, nil)
	_, err := r.Decrypt(t.Context(), &client.DecryptInput{CiphertextBlob: blob, KeyId: &other})
	if code(err) != "IncorrectKeyException" {
		t.Errorf("another key is answered with %v", err)
	}
	moved := bytes.Clone(blob)
	copy(moved[1:17], r.encrypt(other, text, nil)[1:17])
	if got := r.decrypt(moved, nil); got != "InvalidCiphertextException" {
		t.Errorf("a blob under another key's name decrypts to %q", got)
	}
	moved[1] ^= 0xff
	if got := r.decrypt(moved, nil); got != "AccessDeniedException" {
		t.Errorf("a blob of a key that is not here decrypts to %q", got)
	}
	out, err := r.ReEncrypt(t.Context(), &client.ReEncryptInput{
		CiphertextBlob: blob, DestinationKeyId: &other, DestinationEncryptionContext: map[string]string{"a": "b"},
	})
	if err != nil || *out.SourceKeyId != arn(mine) || *out.KeyId != arn(other) {
		t.Fatalf("re-encrypting: %v, %v", out, err)
	}
	if got := r.decrypt(out.CiphertextBlob, map[string]string{"a": "b"}); got != text {
		t.Errorf("re-encrypted it decrypts to %q", got)
	}
}

func TestSizesAndOptions(t *testing.T) {
	r := newRig(t)
	id := r.key()
	for name, c := range map[string]struct {
		in   client.EncryptInput
		want string
	}{
		"the largest":       {client.EncryptInput{Plaintext: make([]byte, 4096)}, ""},
		"one byte more":     {client.EncryptInput{Plaintext: make([]byte, 4097)}, "ValidationException"},
		"nothing":           {client.EncryptInput{Plaintext: []byte{}}, "ValidationException"},
		"another algorithm": {client.EncryptInput{Plaintext: []byte("x"), EncryptionAlgorithm: types.EncryptionAlgorithmSpecRsaesOaepSha256}, "InvalidKeyUsageException"},
		"a grant":           {client.EncryptInput{Plaintext: []byte("x"), GrantTokens: []string{"token"}}, "InvalidGrantTokenException"},
		"a dry run":         {client.EncryptInput{Plaintext: []byte("x"), DryRun: aws.Bool(true)}, "DryRunOperationException"},
	} {
		c.in.KeyId = &id
		out, err := r.Encrypt(t.Context(), &c.in)
		if code(err) != c.want {
			t.Errorf("%s is answered with %v, not %q", name, err, c.want)
		}
		if err == nil && len(out.CiphertextBlob) > 6144 {
			t.Errorf("%s has a blob of %d bytes, which Decrypt does not take", name, len(out.CiphertextBlob))
		}
	}
}

func TestDataKeys(t *testing.T) {
	r := newRig(t)
	id := r.key()
	for name, c := range map[string]struct {
		in   client.GenerateDataKeyInput
		size int
		want string
	}{
		"256 bits":       {client.GenerateDataKeyInput{KeySpec: types.DataKeySpecAes256}, 32, ""},
		"128 bits":       {client.GenerateDataKeyInput{KeySpec: types.DataKeySpecAes128}, 16, ""},
		"bytes":          {client.GenerateDataKeyInput{NumberOfBytes: aws.Int32(64)}, 64, ""},
		"too many bytes": {client.GenerateDataKeyInput{NumberOfBytes: aws.Int32(1025)}, 0, "ValidationException"},
		"both":           {client.GenerateDataKeyInput{NumberOfBytes: aws.Int32(64), KeySpec: types.DataKeySpecAes256}, 0, "ValidationException"},
		"neither":        {client.GenerateDataKeyInput{}, 0, "ValidationException"},
	} {
		c.in.KeyId, c.in.EncryptionContext = &id, map[string]string{"a": "b"}
		out, err := r.GenerateDataKey(t.Context(), &c.in)
		if code(err) != c.want {
			t.Errorf("%s is answered with %v, not %q", name, err, c.want)
		}
		if err == nil && (len(out.Plaintext) != c.size || r.decrypt(out.CiphertextBlob, c.in.EncryptionContext) != string(out.Plaintext)) {
			t.Errorf("%s: %d bytes, and the blob does not decrypt to them", name, len(out.Plaintext))
		}
	}
	sealed, err := r.GenerateDataKeyWithoutPlaintext(t.Context(), &client.GenerateDataKeyWithoutPlaintextInput{KeyId: &id, KeySpec: types.DataKeySpecAes256})
	if err != nil || len(r.decrypt(sealed.CiphertextBlob, nil)) != 32 {
		t.Errorf("without plaintext: %v", err)
	}
	random, err := r.GenerateRandom(t.Context(), &client.GenerateRandomInput{NumberOfBytes: aws.Int32(7)})
	if err != nil || len(random.Plaintext) != 7 {
		t.Errorf("random: %v", err)
	}
}

func TestARestartKeepsKeysSealed(t *testing.T) {
	r := newRig(t)
	r.alias("alias/state", r.key())
	blob := r.encrypt("alias/state", text, nil)
	r.close()
	file, err := os.ReadFile(filepath.Join(r.dir, "state.db"))
	if err != nil || !strings.Contains(string(file), "alias/state") || strings.Contains(string(file), text) {
		t.Errorf("the state: %v", err)
	}
	r.start()
	if got := r.decrypt(blob, nil); got != text {
		t.Errorf("after a restart it decrypts to %q", got)
	}
	if got := r.encrypt("alias/state", text, nil); bytes.Equal(got, blob) {
		t.Error("a text is encrypted the same way twice")
	}
}
