package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/automation/project"
)

func TestConfigure(t *testing.T) {
	tests := []struct {
		name, file string
		values     map[string]string
		secrets    provider
		want       string
	}{
		{"no file", "-", map[string]string{"slipway:image": "r@sha256:1"}, provider{}, "config:\n  slipway:image: r@sha256:1\n"},
		{"empty file", "", map[string]string{"commit": "010"}, provider{}, "config:\n  slipway:commit: \"010\"\n"},
		{"empty config", "config:\n", map[string]string{"commit": "null"}, provider{}, "config:\n  slipway:commit: \"null\"\n"},
		{
			"values are what pulumi reads", "config:\n  b: 010\n  aws:tags: {x: [1]}\n  slipway:image: old\n",
			map[string]string{"slipway:image": "new: \"x\"\ny"}, provider{},
			"config:\n  aws:tags:\n    x:\n      - 1\n  slipway:b: \"8\"\n  slipway:image: |-\n    new: \"x\"\n    y\n",
		},
		{"an empty value removes", "config:\n  slipway:image: old\n  slipway:b: 1\n", map[string]string{"image": ""}, provider{}, "config:\n  slipway:b: \"1\"\n"},
		{"a provider that the file does not name", "", nil, passphrase("v1:salt"), "encryptionsalt: v1:salt\n"},
		{"a provider that the file names", "encryptionsalt: v1:own\n", nil, passphrase("v1:salt"), "encryptionsalt: v1:own\n"},
		{"a key service", "", nil, keyService("awskms://x", "abc="), "secretsprovider: awskms://x\nencryptedkey: abc=\n"},
		{"a key service that the file names", "secretsprovider: awskms://x\n", nil, keyService("awskms://x", "abc="), "secretsprovider: awskms://x\nencryptedkey: abc=\n"},
		{"another key service", "secretsprovider: awskms://y\n", nil, keyService("awskms://x", "abc="), "secretsprovider: awskms://y\n"},
		{"a key service after a passphrase", "secretsprovider: awskms://y\n", nil, passphrase("v1:salt"), "secretsprovider: awskms://y\n"},
		{"an encrypted value of others", "encryptionsalt: v1:own\nconfig:\n  other:a:\n    secure: v1:x\n", nil, provider{}, "encryptionsalt: v1:own\nconfig:\n  other:a:\n    secure: v1:x\n"},
	}
	for _, test := range tests {
		p := bare(t)
		if test.file != "-" {
			writeFile(t, p.StackFile("dev"), test.file)
		}
		w := &workdir{project: p, stack: "dev", path: t.TempDir(), secrets: test.secrets}
		if err := w.configure(test.values); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		got, _ := os.ReadFile(filepath.Join(w.path, "Pulumi.dev.yaml"))
		if string(got) != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
	p := bare(t)
	writeFile(t, p.StackFile("dev"), "- a list\n")
	if err := (&workdir{project: p, stack: "dev", path: t.TempDir()}).configure(nil); err == nil || !strings.Contains(err.Error(), "Pulumi.dev.yaml") {
		t.Errorf("a list: %v", err)
	}
}

// bare is a project with nothing but a name.
func bare(t *testing.T) *project.Project {
	t.Helper()
	p := &project.Project{Root: t.TempDir()}
	writeFile(t, filepath.Join(p.Root, "Pulumi.yaml"), "name: slipway\nruntime: go\n")
	return p
}

func passphrase(salt string) (p provider) {
	p.Type, p.State.Salt = "passphrase", salt
	return p
}

func keyService(url, key string) (p provider) {
	p.Type, p.State.URL, p.State.EncryptedKey = "cloud", url, key
	return p
}

func TestArgumentsCarryTheMessageAsItIs(t *testing.T) {
	got := arguments([]string{"up", `--message="say \"hi\"\n<x>"`, "--message=plain", "--stack", "dev"})
	want := "--non-interactive|up|--message=say \"hi\"\n<x>|--message=plain|--stack|dev"
	if strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
}
