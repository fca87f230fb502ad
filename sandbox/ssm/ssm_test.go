package ssm_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"github.com/jonboulle/clockwork"
	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/resource"
	"slipway/sandbox/ssm"
	"slipway/sandbox/store"
)

const secret = "hunter2hunter2"

func open(t *testing.T, dir string, hosts ssm.Hosts) *ssm.Service {
	t.Helper()
	st, err := store.Open(filepath.Join(dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	s, err := ssm.New(st, "us-east-1", ssm.Options{
		Secret: []byte("passphrase"), Hosts: hosts, Clock: clockwork.NewFakeClockAt(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func dial(t *testing.T, s *ssm.Service) *client.Client {
	t.Helper()
	server := httptest.NewServer(awsapi.NewHandler(slog.New(slog.DiscardHandler), s.API()))
	t.Cleanup(server.Close)
	return client.New(client.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
	})
}

func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return fmt.Sprint(err)
}

func TestParameters(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	c := dial(t, open(t, dir, nil))
	put := func(name, value string, kind types.ParameterType, overwrite bool) (int64, error) {
		out, err := c.PutParameter(ctx, &client.PutParameterInput{Name: &name, Value: &value, Type: kind, Overwrite: &overwrite})
		if err != nil {
			return 0, err
		}
		return out.Version, nil
	}
	for i, p := range []struct {
		name, value string
		kind        types.ParameterType
		overwrite   bool
		version     int64
		code        string
	}{
		{"/slipway/admin", secret, "SecureString", false, 1, ""},
		{"/slipway/admin", "other", "SecureString", false, 0, "ParameterAlreadyExists"},
		{"/slipway/admin", secret + "2", "", true, 2, ""},
		{"plain", "v", "String", false, 1, ""},
		{"slashes/within", "v", "String", false, 0, "ValidationException"},
		{"/aws/own", "v", "String", false, 0, "AccessDeniedException"},
		{"none", "v", "", false, 0, "ValidationException"},
		{"long", strings.Repeat("x", 4097), "String", false, 0, "ValidationException"},
	} {
		version, err := put(p.name, p.value, p.kind, p.overwrite)
		if version != p.version || p.code != "" && code(err) != p.code || p.code == "" && err != nil {
			t.Errorf("put %d gives version %d, %v", i, version, err)
		}
	}
	get := func(name string, decrypt bool) *types.Parameter {
		t.Helper()
		out, err := c.GetParameter(ctx, &client.GetParameterInput{Name: &name, WithDecryption: &decrypt})
		if err != nil {
			t.Fatal(err)
		}
		return out.Parameter
	}
	p := get("/slipway/admin", true)
	if *p.Value != secret+"2" || p.Version != 2 || p.Type != "SecureString" || *p.ARN != "arn:aws:ssm:us-east-1:000000000000:parameter/slipway/admin" ||
		!p.LastModifiedDate.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) {
		t.Errorf("the secret is %+v", p)
	}
	if v := *get("/slipway/admin", false).Value; v == "" || strings.Contains(v, secret) {
		t.Errorf("without decryption it reads %s", v)
	}
	if v := *get(*p.ARN, true).Value + *get("/slipway/admin:2", true).Value + *get("arn:aws:ssm:us-east-1:000000000000:parameter/plain", false).Value; v != secret+"2"+secret+"2v" {
		t.Errorf("by ARN and version it reads %s", v)
	}
	many, err := c.GetParameters(ctx, &client.GetParametersInput{Names: []string{"plain", "missing"}})
	if err != nil || len(many.Parameters) != 1 || len(many.InvalidParameters) != 1 {
		t.Errorf("of two there are %+v, %v", many, err)
	}
	all, err := c.DescribeParameters(ctx, &client.DescribeParametersInput{ParameterFilters: []types.ParameterStringFilter{
		{Key: aws.String("Name"), Option: aws.String("BeginsWith"), Values: []string{"/slipway"}},
	}})
	if err != nil || len(all.Parameters) != 1 || *all.Parameters[0].KeyId != "alias/aws/ssm" || all.Parameters[0].Version != 2 {
		t.Errorf("the descriptions are %+v, %v", all, err)
	}
	for _, want := range []string{"<nil>", "ParameterNotFound"} {
		if _, err := c.DeleteParameter(ctx, &client.DeleteParameterInput{Name: aws.String("plain")}); code(err) != want {
			t.Errorf("deleting gives %v, want %s", err, want)
		}
	}
	if _, err := c.GetParameter(ctx, &client.GetParameterInput{Name: aws.String("plain")}); code(err) != "ParameterNotFound" {
		t.Errorf("a deleted parameter gives %v", err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "state.db")); err != nil || strings.Contains(string(b), secret) {
		t.Errorf("the state holds the secret (%v)", err)
	}
}

func TestValueAndCreate(t *testing.T) {
	s := open(t, t.TempDir(), nil)
	if _, found, err := s.Value(t.Context(), "/x"); found || err != nil {
		t.Errorf("an empty store has x: %v", err)
	}
	if err := s.Create(t.Context(), "/x", secret); err != nil {
		t.Fatal(err)
	}
	if err := s.Create(t.Context(), "/x", "other"); code(err) != "ParameterAlreadyExists" && !strings.Contains(fmt.Sprint(err), "ParameterAlreadyExists") {
		t.Errorf("creating it again gives %v", err)
	}
	if v, found, err := s.Value(t.Context(), "/x"); v != secret || !found || err != nil {
		t.Errorf("x is %s, %v, %v", v, found, err)
	}
}

func properties(in map[string]any) resource.Properties { return property.NewPropertyMapFromMap(in) }

func TestParameterBehaviour(t *testing.T) {
	s := open(t, t.TempDir(), nil)
	b := s.Behaviours()["aws:ssm/parameter:Parameter"]
	in := map[string]any{"name": "/x", "type": "SecureString", "value": secret}
	id, out, err := b.Create(t.Context(), properties(in))
	if err != nil || id != "/x" || out["version"].NumberValue() != 1 || out["keyId"].StringValue() != "alias/aws/ssm" || out.HasValue("value") {
		t.Errorf("created %s: %v, %v", id, out, err)
	}
	if _, _, err := b.Create(t.Context(), properties(in)); err == nil {
		t.Error("created twice")
	}
	in["value"] = "other"
	if out, err = b.Update(t.Context(), id, properties(in)); err != nil || out["version"].NumberValue() != 2 {
		t.Errorf("updated %v, %v", out, err)
	}
	out, found, err := b.(resource.Reader).Read(t.Context(), id)
	if err != nil || !found || !out["value"].IsSecret() || out["value"].SecretValue().Element.StringValue() != "other" {
		t.Errorf("read %v, %v, %v", out, found, err)
	}
	for range 2 {
		if err := b.Delete(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
}

func TestAssociation(t *testing.T) {
	var asked []string
	s := open(t, t.TempDir(), ssm.HostsFunc(func(ctx context.Context, id string) error {
		asked = append(asked, id)
		if _, limited := ctx.Deadline(); !limited {
			t.Error("the wait has no deadline")
		}
		if id == "i-down" {
			return errors.New("installing slipway: no such key")
		}
		return nil
	}))
	b := s.Behaviours()["aws:ssm/association:Association"]
	target := func(key, id string) map[string]any {
		return map[string]any{
			"name": "AWS-RunShellScript", "waitForSuccessTimeoutSeconds": 600, "parameters": map[string]any{"commands": "true"},
			"targets": []any{map[string]any{"key": key, "values": []any{id}}},
		}
	}
	other := target("InstanceIds", "i-1")
	other["name"] = "AWS-UpdateSSMAgent"
	patient := target("InstanceIds", "i-down")
	delete(patient, "waitForSuccessTimeoutSeconds")
	for name, c := range map[string]struct {
		in   map[string]any
		made bool
		want string
	}{
		"ready": {target("InstanceIds", "i-1"), true, "<nil>"}, "not waiting": {patient, true, "<nil>"},
		"down":         {target("InstanceIds", "i-down"), true, "to be successful on i-down: installing slipway: no such key"},
		"by tag":       {target("tag:Name", "x"), false, "targets by tag:Name are not supported here"},
		"another":      {other, false, "the document AWS-UpdateSSMAgent does not run here"},
		"without them": {map[string]any{"name": "AWS-RunShellScript"}, false, "the parameter commands is required"},
	} {
		id, _, err := b.Create(t.Context(), properties(c.in))
		if (id != "") != c.made || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: %q, %v", name, id, err)
		}
	}
	if len(asked) != 2 {
		t.Errorf("asked for %v", asked)
	}
}
