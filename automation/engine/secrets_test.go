package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"slipway/automation/project"
	"slipway/sandbox/awsapi"
	"slipway/sandbox/kms"
	"slipway/sandbox/store"
)

// testKMS is a KMS that pulumi can call, and what it answers instead when it is to refuse.
type testKMS struct {
	*kms.Service
	url    string // a secrets provider with a key of it
	refuse atomic.Pointer[string]
}

func newTestKMS(t *testing.T) *testKMS {
	t.Helper()
	st, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	k := &testKMS{}
	if k.Service, err = kms.New(st, "eu-west-1", kms.Options{Secret: []byte("a secret")}); err != nil {
		t.Fatal(err)
	}
	answers := awsapi.NewHandler(slog.New(slog.DiscardHandler), k.API())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if code := k.refuse.Load(); code != nil {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"__type":%q,"message":"as asked"}`, *code)
			return
		}
		answers.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { server.Close(); st.Close() })
	arn, err := k.Ensure("alias/slipway-state", "")
	if err != nil {
		t.Fatal(err)
	}
	k.url = "awskms:///" + arn + "?region=eu-west-1&awssdk=v2"
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_KMS": server.URL, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "",
		"AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
	return k
}

// withoutPassphrase takes away what newPassphraseProject gives.
func withoutPassphrase(t *testing.T) {
	t.Helper()
	t.Setenv(passphraseVariable, "")
	t.Setenv(passphraseFileVariable, "")
	if err := os.Unsetenv(passphraseVariable); err != nil {
		t.Fatal(err)
	}
}

func TestNewStacksGetTheConfiguredKey(t *testing.T) {
	p, keys := newPassphraseProject(t), newTestKMS(t)
	withoutPassphrase(t)
	writeFile(t, filepath.Join(p.Root, "Pulumi.yaml"), "name: slipway\nruntime: go\nbackend:\n  url: file://./state\nconfig:\n  slipway:secretsProvider: "+keys.url+"\n")
	values := map[string]string{"token": "open sesame", "image": "one"}
	for _, stack := range []string{"dev", "images"} { // with a file and without
		if stack == "dev" {
			writeFile(t, p.StackFile(stack), "config:\n  slipway:parts: one\n")
		}
		if _, err := open(t, Options{Project: p, Name: stack, Program: program}).Update(t.Context(), values, "first"); err != nil {
			t.Fatal(err)
		}
		first := keeperOf(t, p, stack)
		if first.Type != "cloud" || first.State.URL != keys.url || first.State.EncryptedKey == "" {
			t.Errorf("%s: the state names %+v", stack, first)
		}
		next := open(t, Options{Project: p, Name: stack, Program: program}) // with a work folder of its own
		if _, err := next.Update(t.Context(), map[string]string{"token": "open sesame", "image": "two"}, "second"); err != nil {
			t.Fatal(err)
		}
		outputs, err := open(t, Options{Project: p, Name: stack, Existing: true}).Outputs(t.Context())
		if token, _ := outputs["Token"].(map[string]any); err != nil || token["value"] != "open sesame" || outputs["Image"] != "two" {
			t.Errorf("%s: outputs %v, %v", stack, outputs, err)
		}
		if again := keeperOf(t, p, stack); again != first {
			t.Errorf("%s: the state named %+v and names %+v", stack, first, again)
		}
	}
}

// Who is killed while pulumi creates a stack may leave one whose state names no provider yet.
func TestAStackThatWasCreatedInPartGetsTheConfiguredKey(t *testing.T) {
	p, keys := newPassphraseProject(t), newTestKMS(t)
	withoutPassphrase(t)
	writeFile(t, filepath.Join(p.Root, "Pulumi.yaml"), "name: slipway\nruntime: go\nbackend:\n  url: file://./state\nconfig:\n  slipway:secretsProvider: "+keys.url+"\n")
	folder := filepath.Join(p.Root, "state/.pulumi/stacks/slipway")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(folder, "images.json"), `{"version":3,"checkpoint":{"stack":"organization/slipway/images","latest":null}}`)
	s := open(t, Options{Project: p, Name: "images", Program: program})
	if _, err := s.Update(t.Context(), map[string]string{"token": "open sesame", "image": "one"}, "first"); err != nil {
		t.Fatal(err)
	}
	if kept := keeperOf(t, p, "images"); kept.Type != "cloud" || kept.State.URL != keys.url || kept.State.EncryptedKey == "" {
		t.Errorf("the state names %+v", kept)
	}
}

func keeperOf(t *testing.T, p *project.Project, stack string) provider {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.Root, "state/.pulumi/stacks/slipway", stack+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Checkpoint struct {
			Latest struct {
				Secrets provider `json:"secrets_providers"`
			}
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Checkpoint.Latest.Secrets
}

// A stack that was made with a passphrase keeps it when a key is configured later.
func TestPassphraseStacksGoOn(t *testing.T) {
	p, keys := newPassphraseProject(t), newTestKMS(t)
	if _, err := open(t, Options{Project: p, Program: program}).Update(t.Context(), map[string]string{"token": "x"}, ""); err != nil {
		t.Fatal(err)
	}
	before := keeperOf(t, p, "dev")
	t.Setenv(project.SecretsVariable, keys.url)
	if _, err := open(t, Options{Project: p, Program: program}).Update(t.Context(), map[string]string{"token": "y"}, ""); err != nil {
		t.Fatal(err)
	}
	if after := keeperOf(t, p, "dev"); after.Type != "passphrase" || after != before {
		t.Errorf("the state named %+v and names %+v", before, after)
	}
}

func TestMissingPassphraseIsFoundBeforeAnyChange(t *testing.T) {
	p := newPassphraseProject(t)
	if _, err := open(t, Options{Project: p, Name: "old", Program: program}).Update(t.Context(), nil, ""); err != nil {
		t.Fatal(err)
	}
	withoutPassphrase(t)
	ran := func() string { return listing(t, filepath.Join(p.Root, "state")) }
	before := ran()
	for _, test := range []struct {
		stack string
		isNew bool
		do    func(*Stack) error
	}{
		{"new", true, func(s *Stack) error { _, err := s.Update(t.Context(), nil, ""); return err }},
		{"old", false, func(s *Stack) error { _, err := s.Update(t.Context(), nil, ""); return err }},
		{"old", false, func(s *Stack) error { _, err := s.Preview(t.Context(), nil); return err }},
		{"old", false, func(s *Stack) error { _, err := s.Destroy(t.Context()); return err }},
	} {
		var missing *NoPassphrase
		err := test.do(open(t, Options{Project: p, Name: test.stack, Program: program}))
		if !errors.As(err, &missing) || missing.New != test.isNew || missing.Stack != test.stack {
			t.Errorf("%s: %v", test.stack, err)
		}
	}
	if after := ran(); after != before {
		t.Errorf("the backend held\n%sand holds\n%s", before, after)
	}
	t.Setenv(passphraseVariable, "") // an empty one is one
	if _, err := open(t, Options{Project: p, Name: "empty", Program: program}).Update(t.Context(), nil, ""); err != nil {
		t.Errorf("with an empty passphrase: %v", err)
	}
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	var names strings.Builder
	if err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			fmt.Fprintln(&names, path, info.Size(), info.ModTime())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return names.String()
}

func TestKeyThatCannotBeUsed(t *testing.T) {
	p, keys := newPassphraseProject(t), newTestKMS(t)
	withoutPassphrase(t)
	t.Setenv(project.SecretsVariable, keys.url)
	if _, err := open(t, Options{Project: p, Name: "old", Program: program}).Update(t.Context(), map[string]string{"token": "x"}, ""); err != nil {
		t.Fatal(err)
	}
	before := listing(t, filepath.Join(p.Root, "state"))
	for _, code := range []string{"AccessDeniedException", "DisabledException", "ExpiredTokenException", "KMSInvalidStateException"} {
		keys.refuse.Store(&code)
		for stack, operation := range map[string]string{"old": "Decrypt", "new": "Encrypt"} {
			var refused *Refused
			_, err := open(t, Options{Project: p, Name: stack, Program: program}).Update(t.Context(), nil, "")
			if !errors.As(err, &refused) || refused.Code != code || refused.Service != "KMS" || refused.Operation != operation ||
				refused.URL != keys.url || refused.Message != "as asked" {
				t.Errorf("%s, %s: %v", code, stack, err)
			}
		}
	}
	keys.refuse.Store(nil)
	t.Setenv(project.SecretsVariable, "awskms://alias/none?region=eu-west-1&awssdk=v2")
	var refused *Refused
	_, err := open(t, Options{Project: p, Name: "new", Program: program}).Update(t.Context(), nil, "")
	if !errors.As(err, &refused) || refused.Code != "NotFoundException" {
		t.Errorf("no such key: %v", err)
	}
	if after := listing(t, filepath.Join(p.Root, "state")); after != before {
		t.Errorf("the backend held\n%sand holds\n%s", before, after)
	}
}

// A value of a stack's file that pulumi encrypted is read by whoever may open the stack's secrets.
func TestSecretValueOfTheFile(t *testing.T) {
	p := newProject(t)
	writeFile(t, p.StackFile("dev"), "config:\n  slipway:parts: one\n")
	s := open(t, Options{Project: p, Program: program})
	if _, err := s.Update(t.Context(), nil, ""); err != nil {
		t.Fatal(err)
	}
	const key, value = "slipway:notifyWebhook", "https://hooks.example.com/T0/secret"
	cli, err := findCommand(p)
	if err != nil {
		t.Fatal(err)
	}
	set := exec.Command(cli.path, "config", "set", "--secret", "--stack", "dev", key, value)
	set.Dir, set.Env = p.Root, append(os.Environ(), "PULUMI_BACKEND_URL=file://"+filepath.Join(p.Root, "state")+"?metadata=skip")
	if out, err := set.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if secret, err := p.Secret("dev", key); err != nil || !secret {
		t.Errorf("secret: %v, %v", secret, err)
	}
	if values, err := p.StackConfig("dev"); err != nil || values[key] != "" || values["slipway:parts"] != "one" {
		t.Errorf("%v, %v", values, err)
	}
	if got, err := open(t, Options{Project: p, Existing: true}).Value(t.Context(), key); err != nil || got != value {
		t.Errorf("%q, %v", got, err)
	}
}
