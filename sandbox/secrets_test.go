package sandbox

import (
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"slipway/sandbox/ecs"
	"slipway/sandbox/kms"
	"slipway/sandbox/provider"
	"slipway/sandbox/schema"
	"slipway/sandbox/secretsmanager"
	"slipway/sandbox/ssm"
	"slipway/sandbox/store"
)

// vault is the part of a sandbox that keeps secrets, with roles that a stack declares.
type vault struct {
	*services
	t *testing.T
}

func newVault(t *testing.T) *vault {
	t.Helper()
	st, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	const region = "us-east-1"
	v := &vault{t: t, services: &services{config: Config{Region: region}, store: st, log: slog.New(slog.DiscardHandler), secret: []byte("a secret")}}
	v.kms, err = kms.New(st, region, kms.Options{Secret: v.secret})
	v.must(err)
	v.ssm, err = ssm.New(st, region, ssm.Options{Secret: v.secret, Encryption: v.kms})
	v.must(err)
	v.secretsmanager, err = secretsmanager.New(st, region, secretsmanager.Options{Secret: v.secret, Encryption: v.kms})
	v.must(err)
	v.remembered, err = provider.New(provider.Options{Region: region, Store: st, Secret: v.secret, Log: v.log, Schema: schema.AWS(), Version: "6.83.2"})
	v.must(err)
	v.authority = &authority{services: v.services}
	return v
}

func (v *vault) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
}

// execution declares a role with one policy, and returns its ARN.
func (v *vault) execution(name string, statements ...map[string]any) string {
	v.t.Helper()
	role := v.declare(v.t, "aws:iam/role:Role", name, map[string]any{
		"name": name, "assumeRolePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
	})
	if len(statements) > 0 {
		text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
		v.must(err)
		v.declare(v.t, "aws:iam/rolePolicy:RolePolicy", name, map[string]any{"name": name, "role": name, "policy": string(text)})
	}
	return role["arn"].StringValue()
}

func granting(action, resource string) map[string]any {
	return map[string]any{"Effect": "Allow", "Action": action, "Resource": resource}
}

// decryptOf is the grant to decrypt one secret with whatever key of the account, through its service.
func decryptOf(service, key, secret string) map[string]any {
	statement := granting("kms:Decrypt", "arn:aws:kms:us-east-1:000000000000:key/*")
	statement["Condition"] = map[string]any{"StringEquals": map[string]any{
		"kms:ViaService": service + ".us-east-1.amazonaws.com", "kms:EncryptionContext:" + key: secret,
	}}
	return statement
}

const tokenArn = "arn:aws:ssm:us-east-1:000000000000:parameter/app/token"

func (v *vault) ask(service, action string, in map[string]any) map[string]any {
	v.t.Helper()
	api := v.ssm.API()
	if service == "secretsmanager" {
		api = v.secretsmanager.API()
	}
	answer, err := api.Actions[action].Run(v.t.Context(), func(into any) error {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, into)
	})
	v.must(err)
	text, err := json.Marshal(answer)
	v.must(err)
	var out map[string]any
	v.must(json.Unmarshal(text, &out))
	return out
}

// A task reads what its execution role may read, by the policies that its stack declares, and is told what AWS tells of the rest.
func TestTheExecutionRoleReadsItsSecretsAlone(t *testing.T) {
	v := newVault(t)
	_, err := v.kms.Ensure("alias/mine", "")
	v.must(err)
	v.ask("ssm", "PutParameter", map[string]any{"Name": "/app/token", "Type": "SecureString", "Value": "one", "KeyId": "alias/mine"})
	v.ask("ssm", "PutParameter", map[string]any{"Name": "plain", "Type": "String", "Value": "two"})
	made := v.ask("secretsmanager", "CreateSecret", map[string]any{"Name": "db", "SecretString": "three", "KmsKeyId": "alias/mine"})
	db := made["ARN"].(string)

	full := v.execution("full", granting("ssm:GetParameters", tokenArn), granting("ssm:GetParameters", "arn:aws:ssm:us-east-1:000000000000:parameter/plain"),
		granting("ssm:GetParameters", "arn:aws:ssm:us-east-1:000000000000:parameter/none"), decryptOf("ssm", "PARAMETER_ARN", tokenArn),
		granting("secretsmanager:GetSecretValue", db), decryptOf("secretsmanager", "SecretARN", db))
	keyless := v.execution("keyless", granting("ssm:GetParameters", tokenArn), granting("secretsmanager:GetSecretValue", db))
	other := v.execution("other", granting("ssm:GetParameters", tokenArn), decryptOf("ssm", "PARAMETER_ARN", tokenArn+"2"))
	none := v.execution("none")
	attached := v.execution("attached")
	policy := v.declare(v.t, "aws:iam/policy:Policy", "managed", map[string]any{
		"name": "managed", "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ssm:GetParameters","kms:Decrypt"],"Resource":"*"}]}`,
	})
	v.declare(v.t, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "managed", map[string]any{"role": "attached", "policyArn": policy["arn"].StringValue()})
	odd := v.execution("odd")
	v.declare(v.t, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "odd", map[string]any{"role": "odd", "policyArn": "arn:aws:iam::aws:policy/Nothing"})

	s := secrets{v.services}
	for name, c := range map[string]struct{ role, from, want, err string }{
		"by name":                       {full, "/app/token", "one", ""},
		"by ARN":                        {full, tokenArn, "one", ""},
		"a plain parameter":             {full, "plain", "two", ""},
		"a secret":                      {full, db, "three", ""},
		"a managed policy":              {attached, "/app/token", "one", ""},
		"missing":                       {full, "none", "", "invalid parameters: none"},
		"of another region":             {full, "arn:aws:ssm:eu-west-1:000000000000:parameter/app/token", "", "is not authorized to perform: ssm:GetParameters"},
		"without a policy":              {none, "/app/token", "", "User: arn:aws:sts::000000000000:assumed-role/none/task is not authorized to perform: ssm:GetParameters on resource: " + tokenArn + " because no identity-based policy allows the ssm:GetParameters action"},
		"without the key":               {keyless, "/app/token", "", "is not authorized to perform: kms:Decrypt"},
		"with the key of another":       {other, "/app/token", "", "is not authorized to perform: kms:Decrypt"},
		"a secret without a policy":     {none, db, "", "is not authorized to perform: secretsmanager:GetSecretValue"},
		"a secret without the key":      {keyless, db, "", "Access to KMS is not allowed"},
		"a role that is not declared":   {"arn:aws:iam::000000000000:role/nobody", "/app/token", "", "is not authorized to perform: ssm:GetParameters"},
		"a policy that nobody knows of": {odd, "/app/token", "", "is not authorized to perform"},
	} {
		value, err := s.Parameter(t.Context(), c.role, "task", c.from)
		if strings.Contains(c.from, ":secretsmanager:") {
			value, err = s.Secret(t.Context(), c.role, "task", c.from, "", "")
		}
		if value != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %q, %v", name, value, err)
		}
	}
	var missing *ecs.NoParameter
	if _, err := s.Parameter(t.Context(), full, "task", "none"); !errors.As(err, &missing) {
		t.Errorf("a missing parameter is %v", err)
	}
}
