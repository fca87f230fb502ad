package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/sigv4"
	"slipway/sandbox/store"
)

// backend is the part of a sandbox that keeps Pulumi's state, and a project whose stacks are in it.
type backend struct {
	*services
	t      *testing.T
	client *s3.Client
	work   string
	env    map[string]string
}

func newBackend(t *testing.T) *backend {
	t.Helper()
	dir := t.TempDir()
	st, err := store.Open(filepath.Join(dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	b := &backend{t: t, work: t.TempDir(), services: &services{
		config: Config{Dir: dir, Region: "eu-west-1", Key: sigv4.NewRoot()}, store: st, log: slog.New(slog.DiscardHandler), secret: []byte("a secret"),
	}}
	b.authority = &authority{services: b.services}
	if err := b.newState(); err != nil {
		t.Fatal(err)
	}
	objects, calls := b.s3.Handler(), awsapi.NewHandler(b.log, b.kms.API())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" && r.Method == http.MethodPost {
			calls.ServeHTTP(w, r)
			return
		}
		objects.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { server.Close(); _ = st.Close() })
	b.client = s3.New(s3.Options{
		Region: "eu-west-1", BaseEndpoint: &server.URL, UsePathStyle: true, Credentials: credentials.NewStaticCredentialsProvider(b.config.Key.AccessKeyID, b.config.Key.SecretAccessKey, ""),
	})
	b.env = map[string]string{"PULUMI_HOME": t.TempDir()}
	for _, kv := range b.config.Environment() {
		name, value, _ := strings.Cut(kv, "=")
		b.env[name] = value
	}
	b.env["AWS_ENDPOINT_URL"] = server.URL
	b.write("Pulumi.yaml", "name: slipway\nruntime: go\n")
	return b
}

func (b *backend) write(name, text string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.work, name), []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// pulumi runs the CLI and returns what it printed, and its error with what it said.
func (b *backend) pulumi(args ...string) (string, error) {
	b.t.Helper()
	cmd := exec.Command(filepath.Join(tools(b.t), "bin", "pulumi"), append([]string{"--non-interactive"}, args...)...)
	cmd.Dir = b.work
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); !slices.Contains(Unset(), name) {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	for name, value := range b.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("pulumi %s: %w\n%s", strings.Join(args, " "), err, talk.String())
	}
	return out.String(), nil
}

func (b *backend) must(args ...string) string {
	b.t.Helper()
	out, err := b.pulumi(args...)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// init creates stacks without a passphrase.
func (b *backend) init(names ...string) {
	b.t.Helper()
	for _, name := range names {
		b.must("stack", "init", name, "--secrets-provider="+b.config.SecretsProvider())
	}
}

// stacks are the names of all stacks.
func (b *backend) stacks() (names []string) {
	b.t.Helper()
	var all []struct{ Name string }
	if err := json.Unmarshal([]byte(b.must("stack", "ls", "--json")), &all); err != nil {
		b.t.Fatal(err)
	}
	for _, one := range all {
		names = append(names, one.Name)
	}
	slices.Sort(names)
	return names
}

// keys are the objects below a prefix.
func (b *backend) keys(prefix string) (keys []string) {
	b.t.Helper()
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: aws.String(b.config.StateBucket()), Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(b.t.Context())
		if err != nil {
			b.t.Fatal(err)
		}
		for _, o := range page.Contents {
			keys = append(keys, *o.Key)
		}
	}
	return keys
}

// tools is the folder of the project's own pulumi.
func tools(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../.slipway/tools")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "bin", "pulumi")); err != nil {
		t.Fatal("no pulumi CLI: the project's set-up builds it into " + root)
	}
	return root
}

func TestStacksWhoseNamesBeginAlike(t *testing.T) {
	b := newBackend(t)
	b.init("dev", "dev-2", "dev2", "de")
	b.must("config", "set", "--secret", "word", "hunter2", "--stack", "dev-2")
	file, err := os.ReadFile(filepath.Join(b.work, "Pulumi.dev-2.yaml"))
	if err != nil || !strings.Contains(string(file), "awskms:///arn:aws:kms:eu-west-1") || strings.Contains(string(file), "hunter2") {
		t.Errorf("the stack's file is %s, %v", file, err)
	}
	b.must("stack", "rm", "dev", "--yes")
	if got := b.stacks(); !slices.Equal(got, []string{"de", "dev-2", "dev2"}) {
		t.Errorf("without dev the stacks are %v", got)
	}
	b.must("stack", "rename", "prod", "--stack", "dev-2")
	if got := b.stacks(); !slices.Equal(got, []string{"de", "dev2", "prod"}) {
		t.Errorf("after a rename the stacks are %v", got)
	}
	if got := b.must("config", "get", "word", "--stack", "prod"); strings.TrimSpace(got) != "hunter2" {
		t.Errorf("after a rename the secret is %q", got)
	}
	if got := b.must("stack", "export", "--stack", "prod"); !strings.Contains(got, `"version": 3`) {
		t.Errorf("the export is %s", got)
	}
}

func TestTwoThousandUpdates(t *testing.T) {
	b := newBackend(t)
	b.init("dev", "dev2")
	const updates = 2000
	for i := range updates {
		key := fmt.Sprintf(".pulumi/history/slipway/dev/dev-%019d.history.json", i)
		text := fmt.Sprintf(`{"kind":"update","startTime":%d,"message":"update %d","environment":{},"config":{},"result":"succeeded","endTime":%d}`, i, i, i+1)
		if _, err := b.s3.Put(t.Context(), b.config.StateBucket(), key, strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	count := func(stack string) int {
		var all []struct{ Message string }
		if err := json.Unmarshal([]byte(b.must("stack", "history", "--json", "--page-size", fmt.Sprint(updates+1), "--stack", stack)), &all); err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	if all, other := count("dev"), count("dev2"); all != updates || other != 0 {
		t.Errorf("dev has %d updates, dev2 %d", all, other)
	}
	b.must("stack", "rm", "dev", "--yes")
	if left := b.keys(".pulumi/history/slipway/dev/"); len(left) != 0 {
		t.Errorf("%d updates are left of a stack that was removed", len(left))
	}
}

// TestALockNamesItsHolder has an update run, tries another, kills the first and goes on.
func TestALockNamesItsHolder(t *testing.T) {
	b := newBackend(t)
	b.init("dev")
	begun, end := make(chan struct{}), make(chan struct{})
	first := b.update(func(ctx *pulumi.Context) error {
		ctx.Export("by", pulumi.String("first"))
		close(begun)
		<-end
		return nil
	})
	<-begun
	locks := b.keys(".pulumi/locks/organization/slipway/dev/")
	if len(locks) != 1 {
		t.Fatalf("the locks are %v", locks)
	}
	holder := b.holder(locks[0])
	err := <-b.update(func(*pulumi.Context) error { return errors.New("it runs all the same") })
	if want := fmt.Sprintf("(pid %d)", holder); err == nil || !strings.Contains(err.Error(), "currently locked by 1 lock(s)") || !strings.Contains(err.Error(), want) {
		t.Errorf("a second update ends with %v, without %s", err, want)
	}
	if err := syscall.Kill(holder, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	close(end)
	if err := <-first; err == nil {
		t.Error("an update that was killed ends well")
	}
	again := func(ctx *pulumi.Context) error { ctx.Export("by", pulumi.String("second")); return nil }
	if err := <-b.update(again); err == nil {
		t.Error("the lock of a killed update is no lock")
	}
	b.must("cancel", "--yes", "--stack", "dev")
	if err := <-b.update(again); err != nil {
		t.Error(err)
	}
	if out := b.must("stack", "output", "by", "--stack", "dev"); strings.TrimSpace(out) != "second" {
		t.Errorf("the output is %q", out)
	}
}

// update runs a program on the stack dev.
func (b *backend) update(program pulumi.RunFunc) <-chan error {
	b.t.Helper()
	cli, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: tools(b.t)})
	if err != nil {
		b.t.Fatal(err)
	}
	stack, err := auto.SelectStackInlineSource(b.t.Context(), "dev", "slipway", program,
		auto.Pulumi(cli), auto.EnvVars(b.env), auto.WorkDir(b.work))
	if err != nil {
		b.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := stack.Up(context.WithoutCancel(b.t.Context()))
		done <- err
	}()
	return done
}

// holder is the process that a lock names.
func (b *backend) holder(key string) int {
	b.t.Helper()
	body, _, err := b.s3.Get(b.t.Context(), b.config.StateBucket(), key)
	if err != nil {
		b.t.Fatal(err)
	}
	defer body.Close()
	var lock struct{ Pid int }
	if err := json.NewDecoder(body).Decode(&lock); err != nil {
		b.t.Fatal(err)
	}
	return lock.Pid
}

func TestTheStateBucketIsMadeOnce(t *testing.T) {
	b := newBackend(t)
	name, key := b.config.StateBucket(), b.config.StateKey
	if want := "slipway-state-" + naming.Account + "-eu-west-1"; name != want {
		t.Errorf("the bucket is %s, not %s", name, want)
	}
	if _, err := b.client.DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: &name}); err != nil {
		t.Fatal(err)
	}
	if err := b.newState(); err != nil || b.config.StateKey != key {
		t.Errorf("the second time the key is %s, not %s: %v", b.config.StateKey, key, err)
	}
	if _, err := b.client.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &name}); err == nil {
		t.Error("what was changed of the bucket came back")
	}
	versions, err := b.client.GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: &name})
	if err != nil || versions.Status != "Enabled" {
		t.Errorf("its versions are %v, %v", versions, err)
	}
	rule, err := b.client.GetBucketEncryption(t.Context(), &s3.GetBucketEncryptionInput{Bucket: &name})
	if err != nil || *rule.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.KMSMasterKeyID != key {
		t.Errorf("its encryption is %v, %v", rule, err)
	}
}

// TestAStackFileThatNamesNoKey is a fresh clone's: slipway never changes the project's files.
func TestAStackFileThatNamesNoKey(t *testing.T) {
	b := newBackend(t)
	b.init("dev")
	b.write("Pulumi.dev.yaml", "config: {}\n")
	if err := <-b.update(func(ctx *pulumi.Context) error {
		ctx.Export("word", pulumi.ToSecret(pulumi.String("hunter2")))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if out := b.must("stack", "output", "word", "--show-secrets", "--stack", "dev"); strings.TrimSpace(out) != "hunter2" {
		t.Errorf("the secret is %q", out)
	}
	if state := b.must("stack", "export", "--stack", "dev"); strings.Contains(state, "hunter2") || !strings.Contains(state, "awskms://") {
		t.Errorf("the state is %s", state)
	}
}
