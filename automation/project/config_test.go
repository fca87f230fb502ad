package project

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

const projectHead = "name: slipway\nruntime: go\n"

func at(t *testing.T, files map[string]string) *Project {
	t.Helper()
	root := t.TempDir()
	write(t, root, files)
	p, err := At(root)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestConfigOfPulumiYAMLCountsToo(t *testing.T) {
	p := at(t, map[string]string{
		"Pulumi.yaml": projectHead + "config:\n  slipway:architecture: arm64\n  healthPath: /up\n  aws:region: eu-west-1\n" +
			"  slipway:zones:\n    type: integer\n    default: 2\n",
		"Pulumi.dev.yaml": "config:\n  slipway:healthPath: /well\n  port: 8080\n  slipway:environments: [a, b]\n  other:token:\n    secure: v1:x\n",
	})
	want := map[string]string{
		"slipway:architecture": "arm64", "slipway:healthPath": "/well", "aws:region": "eu-west-1", "slipway:zones": "2",
		"slipway:port": "8080", "slipway:environments": `["a","b"]`,
	}
	if got, err := p.StackConfig("dev"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("dev: %v, %v", got, err)
	}
	if got, err := p.StackConfig("none"); err != nil || got["slipway:architecture"] != "arm64" || got["slipway:healthPath"] != "/up" {
		t.Errorf("a stack without a file: %v, %v", got, err)
	}
}

// A project of another name has the same keys; without a namespace they are its own, as Pulumi has it.
func TestProjectOfAnyName(t *testing.T) {
	p := at(t, map[string]string{
		"Pulumi.yaml":     "name: shop-api\nruntime: go\nconfig:\n  slipway:versionPath: /version\n  slipway:zones:\n    value: 3\n  own: 1\n",
		"Pulumi.dev.yaml": "config:\n  slipway:kind: environment\n  shop-api:token:\n    secure: v1:x\n",
	})
	want := map[string]string{"slipway:kind": "environment", "slipway:versionPath": "/version", "slipway:zones": "3", "shop-api:own": "1"}
	if got, err := p.StackConfig("dev"); err != nil || p.Name != "shop-api" || !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %v, %v", p.Name, got, err)
	}
}

func TestEncryptedValuesAreNotDropped(t *testing.T) {
	p := at(t, map[string]string{
		"Pulumi.yaml":     projectHead,
		"Pulumi.dev.yaml": "config:\n  slipway:appName:\n    secure: v1:x\n  slipway:branch:\n    secure: v1:y\n",
	})
	_, err := p.StackConfig("dev")
	var wrong *Encrypted
	if !errors.As(err, &wrong) || !strings.Contains(err.Error(), "slipway:appName is encrypted") ||
		!strings.Contains(err.Error(), "slipway:branch is encrypted") || !strings.Contains(err.Error(), "Pulumi.dev.yaml") {
		t.Errorf("%v", err)
	}
}

func TestStackConfigDir(t *testing.T) {
	p := at(t, map[string]string{
		"Pulumi.yaml":            projectHead + "stackConfigDir: stacks\n",
		"stacks/Pulumi.dev.yaml": "config:\n  slipway:kind: environment\n",
	})
	stacks, err := p.Stacks()
	if err != nil || !reflect.DeepEqual(stacks, []string{"dev"}) || !p.HasStackFile("dev") {
		t.Errorf("stacks: %v, %v", stacks, err)
	}
	if got, err := p.StackConfig("dev"); err != nil || got["slipway:kind"] != "environment" {
		t.Errorf("config: %v, %v", got, err)
	}
}

func TestSecretsOrder(t *testing.T) {
	const inProject, inStack, inVariable, own = "awskms://alias/a?region=eu-west-1", "awskms://alias/b", "awskms:///arn:aws:kms:eu-west-1:123456789012:key/1?awssdk=v2", "gcpkms://x/y"
	block := func(url string) string { return "config:\n  slipway:secretsProvider: " + url + "\n" }
	tests := []struct {
		name, project, stack, variable string
		want                           Secrets
	}{
		{"nothing", "", "", "", Secrets{}},
		{"Pulumi.yaml", block(inProject), "", "", Secrets{inProject, "Pulumi.yaml"}},
		{"the stack's file replaces it", block(inProject), block(inStack), "", Secrets{inStack, "Pulumi.dev.yaml"}},
		{"the variable wins over both", block(inProject), block(inStack), inVariable, Secrets{inVariable, SecretsVariable}},
		{"pulumi's own key goes first", block(inProject), block(inStack) + "secretsprovider: " + own + "\n", inVariable, Secrets{own, "Pulumi.dev.yaml"}},
		{"so does its passphrase", block(inProject), "encryptionsalt: v1:x\n", inVariable, Secrets{Passphrase, "Pulumi.dev.yaml"}},
		{"pulumi's default is none", block(inProject), "secretsprovider: default\n", "", Secrets{inProject, "Pulumi.yaml"}},
		{"a passphrase by name", block(Passphrase), "", "", Secrets{Passphrase, "Pulumi.yaml"}},
	}
	for _, test := range tests {
		t.Setenv(SecretsVariable, test.variable)
		p := at(t, map[string]string{"Pulumi.yaml": projectHead + test.project, "Pulumi.dev.yaml": test.stack})
		if got, err := p.Secrets("dev"); err != nil || got != test.want {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
	}
}

func TestBadSecretsProvider(t *testing.T) {
	p := at(t, map[string]string{"Pulumi.yaml": projectHead})
	for _, given := range []string{"arn:aws:kms:eu-west-1:123456789012:key/1", "alias/x", "awskms://", "https://x", "awskms:\n"} {
		t.Setenv(SecretsVariable, given)
		var wrong *BadSecrets
		if got, err := p.Secrets("dev"); !errors.As(err, &wrong) || !strings.Contains(err.Error(), SecretsVariable) {
			t.Errorf("%q: %+v, %v", given, got, err)
		}
	}
}

func TestRelativeBackendsAreFoldersOfTheProject(t *testing.T) {
	p := at(t, map[string]string{"Pulumi.yaml": projectHead + "backend:\n  url: file://.\n"})
	t.Chdir(t.TempDir())
	t.Setenv("PULUMI_HOME", t.TempDir())
	for given, want := range map[string]string{
		"": "file://" + p.Root, "file://.": "file://" + p.Root, "file://./state": "file://" + p.Root + "/state",
		"file:state": "file://" + p.Root + "/state", "file://state": "file://" + p.Root + "/state",
		"file://../state?no_tmp_dir=false": "file://" + strings.TrimSuffix(p.Root, "/001") + "/state?no_tmp_dir=false",
		"file:///state":                    "file:///state", "file://~": "file://~", "file://~/state": "file://~/state",
		"s3://bucket/prefix?region=eu-west-1": "s3://bucket/prefix?region=eu-west-1", "https://api.pulumi.com": "https://api.pulumi.com",
	} {
		t.Setenv(BackendVariable, given)
		if got, err := p.Backend(); err != nil || got != want {
			t.Errorf("%q: %q, %v", given, got, err)
		}
	}
	for url, hosted := range map[string]bool{"https://api.pulumi.com": true, "s3://b": false, "file://x": false, "": false} {
		if Hosted(url) != hosted {
			t.Errorf("%q: hosted is %v", url, !hosted)
		}
	}
}

// An object in Pulumi.yaml is read in the form that Pulumi takes of every project, whatever its name.
func TestObjectsOfPulumiYAML(t *testing.T) {
	for _, name := range []string{"slipway", "shop"} {
		p := at(t, map[string]string{"Pulumi.yaml": "name: " + name + "\nruntime: go\nconfig:\n  slipway:build:\n    value:\n      context: .\n"})
		if got, err := p.StackConfig("dev"); err != nil || got["slipway:build"] != `{"context":"."}` {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
