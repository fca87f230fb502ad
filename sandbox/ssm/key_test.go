package ssm_test

import (
	"path/filepath"
	"testing"

	client "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"slipway/sandbox/kms"
	"slipway/sandbox/ssm"
	"slipway/sandbox/store"
)

func TestASecureStringNamesAKeyThatWorks(t *testing.T) {
	st, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	keys, err := kms.New(st, "us-east-1", kms.Options{Secret: []byte("a secret")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Ensure("alias/mine", ""); err != nil {
		t.Fatal(err)
	}
	s, err := ssm.New(st, "us-east-1", ssm.Options{Secret: []byte("a secret"), Encryption: keys})
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, s)
	for key, want := range map[string]string{"": "", "alias/aws/ssm": "", "alias/mine": "", "alias/nobodys": "InvalidKeyId"} {
		in := &client.PutParameterInput{Name: new("/a"), Value: new(secret), Type: types.ParameterTypeSecureString, Overwrite: new(true)}
		if key != "" {
			in.KeyId = &key
		}
		if _, err := c.PutParameter(t.Context(), in); err == nil != (want == "") || err != nil && code(err) != want {
			t.Errorf("%q is answered with %v, not %q", key, err, want)
		}
	}
}
