package sandbox

import (
	"slices"
	"strings"
	"testing"
)

func TestEnvironment(t *testing.T) {
	t.Setenv("NO_PROXY", "intranet, 127.0.0.1")
	t.Setenv("no_proxy", ".example.com")
	c := Config{Region: "eu-west-1", StateKey: "arn:aws:kms:eu-west-1:000000000000:key/k", Ports: Ports{API: 4500}}
	set := c.Environment()
	for _, want := range []string{
		"AWS_ENDPOINT_URL=http://127.0.0.1:4500",
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false",
		"PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER=true",
		"NO_PROXY=127.0.0.1,localhost,intranet,.example.com",
		"no_proxy=127.0.0.1,localhost,intranet,.example.com",
		"PULUMI_BACKEND_URL=s3://slipway-state-000000000000-eu-west-1?region=eu-west-1&awssdk=v2",
		"SLIPWAY_SECRETS_PROVIDER=awskms:///arn:aws:kms:eu-west-1:000000000000:key/k?region=eu-west-1&awssdk=v2",
	} {
		if !slices.Contains(set, want) {
			t.Errorf("%s is not set", want)
		}
	}
	for _, kv := range set {
		name, _, _ := strings.Cut(kv, "=")
		if strings.Contains(name, "PASSPHRASE") || slices.Contains(Unset(), name) {
			t.Errorf("%s is set", name)
		}
	}
}

func TestWhatLeadsElsewhereIsUnset(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_BEDROCK", "https://elsewhere.example.com")
	unset := Unset()
	for _, want := range []string{
		"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3",
		"AWS_ENDPOINT_URL_BEDROCK", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_ACCESS_TOKEN",
	} {
		if !slices.Contains(unset, want) {
			t.Errorf("%s is not unset", want)
		}
	}
	if slices.Contains(unset, "AWS_ENDPOINT_URL") {
		t.Error("the sandbox's own endpoint is unset")
	}
}
