package secretsmanager_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/kms"
	"slipway/sandbox/secretsmanager"
	"slipway/sandbox/store"
)

// rig is Secrets Manager behind the endpoint that clients call.
type rig struct {
	*secretsmanager.Service
	t      *testing.T
	server *httptest.Server
	path   string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.db")
	st, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	keys, err := kms.New(st, "us-east-1", kms.Options{Secret: []byte("a secret")})
	if err == nil {
		_, err = keys.Ensure("alias/mine", "")
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := secretsmanager.New(st, "us-east-1", secretsmanager.Options{Secret: []byte("a secret"), Encryption: keys})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(awsapi.NewHandler(slog.New(slog.DiscardHandler), s.API()))
	t.Cleanup(server.Close)
	return &rig{s, t, server, path}
}

// ask calls an action and returns the answer's members, or the error's code.
func (r *rig) ask(action string, in map[string]any) (map[string]any, string) {
	r.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		r.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.server.URL, bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("X-Amz-Target", "secretsmanager."+action)
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a/20260102/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=b")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(response.Body).Decode(&out); err != nil {
		r.t.Fatal(err)
	}
	code, _ := out["__type"].(string)
	return out, code
}

func TestASecretHasVersions(t *testing.T) {
	r := newRig(t)
	made, code := r.ask("CreateSecret", map[string]any{"Name": "app/db", "SecretString": "hunter-one", "Description": "of the app"})
	arn, _ := made["ARN"].(string)
	if code != "" || !strings.HasPrefix(arn, "arn:aws:secretsmanager:us-east-1:000000000000:secret:app/db-") || len(arn) != len("arn:aws:secretsmanager:us-east-1:000000000000:secret:app/db-AbCdEf") {
		t.Fatal(made, code)
	}
	r.ask("PutSecretValue", map[string]any{"SecretId": arn, "SecretString": "hunter-two"})
	for _, c := range []struct {
		in         map[string]any
		want, code string
	}{
		{map[string]any{"SecretId": "app/db"}, "hunter-two", ""},
		{map[string]any{"SecretId": arn}, "hunter-two", ""},
		{map[string]any{"SecretId": strings.TrimSuffix(arn, arn[len(arn)-7:])}, "hunter-two", ""},
		{map[string]any{"SecretId": arn, "VersionStage": "AWSPREVIOUS"}, "hunter-one", ""},
		{map[string]any{"SecretId": arn, "VersionId": made["VersionId"]}, "hunter-one", ""},
		{map[string]any{"SecretId": arn, "VersionStage": "MINE"}, "", "ResourceNotFoundException"},
		{map[string]any{"SecretId": "none"}, "", "ResourceNotFoundException"},
		{map[string]any{"SecretId": strings.Replace(arn, "us-east-1", "eu-west-1", 1)}, "", "ResourceNotFoundException"},
	} {
		out, code := r.ask("GetSecretValue", c.in)
		if got, _ := out["SecretString"].(string); got != c.want || code != c.code {
			t.Errorf("%v: %v %s", c.in, out, code)
		}
	}
	listed, _ := r.ask("ListSecrets", nil)
	text, _ := json.Marshal(listed)
	if !strings.Contains(string(text), arn) || strings.Contains(string(text), "hunter") {
		t.Errorf("listed %s", text)
	}
	if state, err := os.ReadFile(r.path); err != nil || bytes.Contains(state, []byte("hunter")) {
		t.Errorf("the state tells the secret: %v", err)
	}
}

func TestWhatIsRefused(t *testing.T) {
	r := newRig(t)
	r.ask("CreateSecret", map[string]any{"Name": "a", "SecretString": "x"})
	for name, c := range map[string]struct {
		action string
		in     map[string]any
		code   string
	}{
		"twice":        {"CreateSecret", map[string]any{"Name": "a"}, "ResourceExistsException"},
		"a bad name":   {"CreateSecret", map[string]any{"Name": "a b"}, "ValidationException"},
		"two values":   {"CreateSecret", map[string]any{"Name": "b", "SecretString": "x", "SecretBinary": "eA=="}, "InvalidParameterException"},
		"a long value": {"PutSecretValue", map[string]any{"SecretId": "a", "SecretString": strings.Repeat("x", 65537)}, "InvalidParameterException"},
		"no value":     {"PutSecretValue", map[string]any{"SecretId": "a"}, "InvalidRequestException"},
		"no key":       {"CreateSecret", map[string]any{"Name": "b", "SecretString": "x", "KmsKeyId": "alias/nobodys"}, "DecryptionFailure"},
		"a short wait": {"DeleteSecret", map[string]any{"SecretId": "a", "RecoveryWindowInDays": 1}, "InvalidParameterException"},
		"rotation":     {"RotateSecret", map[string]any{"SecretId": "a"}, "UnknownOperationException"},
	} {
		if _, code := r.ask(c.action, c.in); code != c.code {
			t.Errorf("%s: %q", name, code)
		}
	}
}

func TestASecretThatIsMarkedForDeletion(t *testing.T) {
	r := newRig(t)
	r.ask("CreateSecret", map[string]any{"Name": "a", "SecretString": "x", "KmsKeyId": "alias/mine"})
	r.ask("DeleteSecret", map[string]any{"SecretId": "a"})
	if _, code := r.ask("GetSecretValue", map[string]any{"SecretId": "a"}); code != "InvalidRequestException" {
		t.Errorf("a marked secret answers %q", code)
	}
	if _, code := r.ask("CreateSecret", map[string]any{"Name": "a"}); code != "InvalidRequestException" {
		t.Errorf("a marked name is given again: %q", code)
	}
	r.ask("RestoreSecret", map[string]any{"SecretId": "a"})
	if value, key, err := r.Value("a", "", ""); err != nil || value != "x" || !strings.HasPrefix(key, "arn:aws:kms:") {
		t.Errorf("restored: %q, %q, %v", value, key, err)
	}
	r.ask("DeleteSecret", map[string]any{"SecretId": "a", "ForceDeleteWithoutRecovery": true})
	if _, code := r.ask("DescribeSecret", map[string]any{"SecretId": "a"}); code != "ResourceNotFoundException" {
		t.Errorf("a deleted secret answers %q", code)
	}
}
