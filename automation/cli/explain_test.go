package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/infra/config"
)

// What AWS refused names the key or the backend, the region, the caller and the way out, once.
func TestExplainRefusedState(t *testing.T) {
	const key = "awskms:///arn:aws:kms:eu-west-1:123456789012:key/k?region=eu-west-1&awssdk=v2"
	identity := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ada</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`)
	}))
	defer identity.Close()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": identity.URL, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1", "AWS_PROFILE": "",
	} {
		t.Setenv(name, value)
	}
	tests := []struct {
		refused engine.Refused
		says    []string
	}{
		{engine.Refused{Service: "KMS", Operation: "Encrypt", Code: "AccessDeniedException", URL: key, Message: "User: arn:aws:iam::123456789012:user/bob is not authorized"},
			[]string{"arn:aws:kms:eu-west-1:123456789012:key/k\n", "region   eu-west-1", "caller   arn:aws:iam::123456789012:user/bob", "grant the caller kms:Encrypt"}},
		{engine.Refused{Service: "KMS", Operation: "Decrypt", Code: "DisabledException", URL: key}, []string{"the key is disabled", "user/ada", "aws kms enable-key --key-id arn:aws:kms:eu-west-1:123456789012:key/k"}},
		{engine.Refused{Service: "KMS", Operation: "Decrypt", Code: "NotFoundException", URL: "awskms://alias/none"}, []string{"no such key", "key      alias/none", "region   us-east-1"}},
		{engine.Refused{Service: "KMS", Operation: "Decrypt", Code: "KMSInvalidStateException", URL: key}, []string{"pending deletion"}},
		{engine.Refused{Service: "KMS", Operation: "Decrypt", Code: "ExpiredTokenException", URL: key}, []string{"credentials have expired", "run the same command again"}},
		{engine.Refused{Service: "S3", Operation: "ListObjectsV2", Code: "NoSuchBucket", URL: "s3://b?region=eu-west-1"}, []string{"opening the state backend for stack dev", "no such bucket", "backend  s3://b?region=eu-west-1"}},
		{engine.Refused{Service: "S3", Operation: "ListObjectsV2", Code: "Strange", Message: "never seen", URL: "s3://b"}, []string{"AWS refused it", "Strange: never seen"}},
	}
	for _, test := range tests {
		test.refused.Stack = "dev"
		var out strings.Builder
		err := explain(&test.refused)
		fault.Print(&out, err)
		for _, want := range append(test.says, test.refused.Code) {
			if fault.CodeOf(err) != fault.NotReady || !strings.Contains(out.String(), want) {
				t.Errorf("%q is not in, code %d\n%s", want, fault.CodeOf(err), out.String())
			}
		}
	}
}

func TestExplain(t *testing.T) {
	known := &fault.Error{Cause: "known", Code: fault.RolledBack}
	tests := []struct {
		name string
		err  error
		code int
		says string
	}{
		{"a fault", fmt.Errorf("around: %w", known), fault.RolledBack, "known"},
		{"a lock", fmt.Errorf("around: %w", &engine.Locked{Stack: "dev", Holders: []engine.Holder{{User: "ada", Host: "h", PID: 7}}}), fault.Locked, "ada@h (pid 7)"},
		{"a name", &project.BadStackName{Name: "-x"}, fault.BadInput, `"-x" is not a stack name`},
		{"configuration", &config.Error{Problems: []config.Problem{{Key: "zones", Value: "9", Allowed: "2 to 6"}}}, fault.BadInput, `slipway:zones = "9": 2 to 6`},
		{"the engine", &engine.Failed{Stack: "dev", Doing: "updating", Diagnostics: []string{"first", "second"}, Err: errors.New("x")}, fault.Unexpected, "first"},
		{"credentials that expired in an update", &engine.Failed{Stack: "dev", Doing: "updating", Diagnostics: []string{"vpc: api error ExpiredToken: x"}, Err: errors.New("x")}, fault.NotReady, "then run the same command again"},
		{"no credentials", errors.New("no EC2 IMDS role found"), fault.NotReady, "there are no AWS credentials"},
		{"a deadline", &engine.Failed{Stack: "dev", Doing: "updating", Err: context.DeadlineExceeded}, fault.Unexpected, "run the same command again"},
		{"an interrupt", &engine.Failed{Stack: "dev", Doing: "updating", Err: context.Canceled}, fault.Interrupted, "run the same command again"},
		{"a stack that is not there", fmt.Errorf("reading: %w", &engine.NotFound{Stack: "prod"}), fault.NotReady, "slipway up prod"},
		{"an environment before delivery", &engine.Failed{
			Stack: "dev", Doing: "previewing", Diagnostics: []string{"an unhandled error occurred: 1 error occurred:\n* there is no registry"},
			Err: errors.New("x"), Program: fmt.Errorf("around: %w", &config.NoRegistry{Delivery: "ours"}),
		}, fault.NotReady, "slipway up ours"},
		{"another error of the program", &engine.Failed{
			Stack: "dev", Doing: "previewing", Diagnostics: []string{"an unhandled error occurred: program failed: it is odd"}, Err: errors.New("x"), Program: errors.New("it is odd"),
		}, fault.Unexpected, "cause     it is odd"},
		{"an interrupt before anything", context.Canceled, fault.Interrupted, "interrupted"},
		{"a passphrase that a new stack lacks", &engine.NoPassphrase{Stack: "dev", New: true}, fault.NotReady, "set slipway:secretsProvider"},
		{"a passphrase that a stack lacks", &engine.NoPassphrase{Stack: "dev"}, fault.NotReady, "export PULUMI_CONFIG_PASSPHRASE_FILE"},
		{"no secrets provider", &project.BadSecrets{Secrets: project.Secrets{Provider: "alias/x", From: "Pulumi.yaml"}}, fault.BadInput, `"alias/x" in Pulumi.yaml`},
		{"anything else", errors.New("surprise"), fault.Unexpected, "surprise"},
	}
	for _, test := range tests {
		var out strings.Builder
		err := explain(test.err)
		fault.Print(&out, err)
		if fault.CodeOf(err) != test.code || strings.Count(out.String(), test.says) != 1 {
			t.Errorf("%s: code %d\n%s", test.name, fault.CodeOf(err), out.String())
		}
	}
}
