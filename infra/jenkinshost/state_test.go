package jenkinshost

import (
	"slices"
	"testing"

	"slipway/infra/config"
	"slipway/infra/policy"
	"slipway/infra/scope"
)

var frankfurt = scope.Location{Partition: "aws", Region: "eu-central-1", Account: "000000000000"}

// allowed are the resources on which the statements allow an action.
func allowed(statements []policy.Statement, action string) []string {
	var resources []string
	for _, s := range statements {
		if slices.Contains(s.Action, action) {
			resources = append(resources, s.Resource...)
		}
	}
	return resources
}

func TestStateOfDeliveryIsOnlyRead(t *testing.T) {
	c := &config.Config{BackendURL: "s3://state/team/a?region=eu-central-1", Environments: []string{"dev"}}
	statements := stateStatements(c, frankfurt, "slipway", "delivery")
	const root = "arn:aws:s3:::state/team/a/.pulumi/"
	written := []string{
		root + "stacks/slipway/dev.*", root + "locks/organization/slipway/dev/*", root + "history/slipway/dev/*", root + "backups/slipway/dev/*",
		root + "stacks/slipway/images.*", root + "locks/organization/slipway/images/*", root + "history/slipway/images/*", root + "backups/slipway/images/*",
	}
	if got := allowed(statements, "s3:PutObject"); !slices.Equal(got, written) {
		t.Errorf("written is %q", got)
	}
	if got, want := allowed(statements, "s3:GetObject"), append([]string{root + "meta.yaml", root + "stacks/slipway/delivery.json*"}, written...); !slices.Equal(got, want) {
		t.Errorf("read is %q", got)
	}
	if got, want := allowed(statements, "s3:DeleteObject"), []string{written[0], written[1], written[4], written[5]}; !slices.Equal(got, want) {
		t.Errorf("deleted is %q", got)
	}
	if got := stateStatements(&config.Config{BackendURL: "file:///var/lib/state"}, frankfurt, "slipway", "delivery"); got != nil {
		t.Errorf("a folder needs %v", got)
	}
}

func TestKeyOfTheSecretsProvider(t *testing.T) {
	const key = "arn:aws:kms:eu-central-1:000000000000:key/"
	for provider, want := range map[string][2]string{
		"awskms:///" + key + "abc?region=eu-central-1&awssdk=v2":                          {key + "abc", ""},
		"awskms://alias/state?region=eu-west-1":                                           {"arn:aws:kms:eu-west-1:000000000000:key/*", "alias/state"},
		"awskms://alias/state":                                                            {key + "*", "alias/state"},
		"awskms:///arn:aws:kms:eu-central-1:000000000000:alias/state?region=eu-central-1": {key + "*", "alias/state"},
		"awskms://1234abcd-12ab-34cd-56ef-1234567890ab?region=us-east-2":                  {"arn:aws:kms:us-east-2:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab", ""},
		"passphrase": {"", ""}, "": {"", ""},
	} {
		if arn, alias := secretsKey(provider, frankfurt); arn != want[0] || alias != want[1] {
			t.Errorf("%s: %s, %s", provider, arn, alias)
		}
	}
	c := &config.Config{SecretsProvider: "awskms:///" + key + "abc?region=eu-central-1", StateKeyArn: key + "abc"}
	if got := keyStatements(c, frankfurt); len(got) != 1 {
		t.Errorf("one key has %d statements", len(got))
	}
	c.StateKeyArn = key + "other"
	if got := allowed(keyStatements(c, frankfurt), "kms:GenerateDataKey"); !slices.Equal(got, []string{key + "abc", key + "other"}) {
		t.Errorf("got %q", got)
	}
}
