package jenkins

import (
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "write the golden files anew")

// valid has every value, the optional ones too.
func valid() Args {
	return Args{
		Region: "eu-central-1", JobName: "slipway", ActionProvider: "slipway-delivery", ActionVersion: "492017463",
		BinaryURI: "s3://slipway-artifacts-1a2b/slipway/" + strings.Repeat("0f", 32) + "-x86_64/slipway",
		Source:    strings.Repeat("0f", 32), AdminParameter: "/slipway/delivery/jenkins-admin",
		PulumiURI:    "s3://slipway-artifacts-1a2b/slipway/pulumi-v3.230.0-x86_64/pulumi",
		ReadinessURI: "s3://slipway-artifacts-1a2b/readiness",
		KeyArn:       "arn:aws:kms:eu-central-1:000000000000:key/0e4f7c3a-1111-4222-8333-444455556666",
		DataVolume:   "vol-0123456789abcdef0", PublicAddress: "203.0.113.10",
		BackendURL:      "s3://state/slipway?region=eu-central-1&awssdk=v2",
		Registry:        "000000000000.dkr.ecr.eu-central-1.amazonaws.com",
		SecretsProvider: "awskms://alias/slipway?region=eu-central-1&awssdk=v2",
		GoProxy:         "https://modules.example.com|direct", GoSumDB: "sum.example.com", ProjectFolder: "services/api",
		LogGroup: "/slipway/slipway/delivery", Heartbeat: "slipway-delivery",
		Architecture: "x86_64",
	}
}

// written reads the files back from a document, as cloud-init does.
func written(t *testing.T, args Args) map[string]writeFile {
	t.Helper()
	text, err := CloudConfig(args)
	if err != nil {
		t.Fatal(err)
	}
	var config cloudConfig
	if err := yaml.Unmarshal([]byte(text), &config); err != nil {
		t.Fatal(err)
	}
	all := map[string]writeFile{}
	for _, f := range config.WriteFiles {
		all[f.Path] = f
	}
	if len(all) != len(config.WriteFiles) {
		t.Error("a path is written twice")
	}
	return all
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata/golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what it was (run with -update and read the difference):\n%s", name, got)
	}
}

// What is rendered has a golden file, and the manifest names everything. The rest is written as it stands in templates.
func TestGoldenFiles(t *testing.T) {
	args, all := valid(), written(t, valid())
	var manifest strings.Builder
	for _, f := range files(args) {
		got := all[f.path]
		_, _ = fmt.Fprintf(&manifest, "%s %s\n", got.Permissions, got.Path)
		if strings.HasSuffix(f.source, ".tmpl") {
			golden(t, strings.TrimPrefix(f.path, "/"), got.Content)
			continue
		}
		text, err := os.ReadFile(filepath.Join("templates", f.source))
		if err != nil || got.Content != string(text) {
			t.Errorf("%s is not templates/%s (%v)", f.path, f.source, err)
		}
	}
	golden(t, "manifest", manifest.String())
}

// Every template is written, and so is every script.
func TestNoTemplateIsLeftOut(t *testing.T) {
	used := map[string]bool{"job.sh": true}
	for _, f := range files(valid()) {
		used[f.source] = true
	}
	for _, folder := range []string{"", "etc", "host"} {
		entries, err := os.ReadDir(filepath.Join("templates", folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if name := filepath.Join(folder, entry.Name()); !entry.IsDir() && !used[name] {
				t.Errorf("templates/%s is in no file of the host", name)
			}
		}
	}
}

func TestOptionalFiles(t *testing.T) {
	args := valid()
	args.Registry, args.LogGroup, args.Heartbeat, args.DeployInfrastructure, args.Architecture = "", "", "", true, "arm64"
	args.SecretsProvider, args.GoProxy, args.GoSumDB, args.Source, args.ProjectFolder = "", "", "", "", ""
	all := written(t, args)
	for _, path := range []string{
		"/etc/slipway/docker.json", "/etc/slipway/cloudwatch.json", "/etc/systemd/system/slipway-journal@.service",
		"/etc/systemd/system/slipway-heartbeat.timer", "/usr/local/libexec/slipway/heartbeat",
	} {
		if _, ok := all[path]; ok {
			t.Errorf("%s is written", path)
		}
	}
	if !strings.Contains(all["/etc/slipway/deploy.env"].Content, "\nSLIPWAY_DEPLOY_INFRASTRUCTURE=true\n") {
		t.Error("infrastructure is not allowed")
	}
	if !strings.Contains(all["/etc/slipway/host.env"].Content, "\nSLIPWAY_PROCESSOR=arm64\n") {
		t.Error("the processor is another one")
	}
	for file, variables := range map[string]string{"deploy": "GOPROXY= GOSUMDB= SLIPWAY_SECRETS_PROVIDER= SLIPWAY_PROJECT_FOLDER=", "host": "SLIPWAY_SOURCE= SLIPWAY_HEARTBEAT="} {
		for _, variable := range strings.Fields(variables) {
			if strings.Contains(all["/etc/slipway/"+file+".env"].Content, variable) {
				t.Errorf("%s.env has %s", file, variable)
			}
		}
	}
}

func TestUserDataIsTheCloudConfig(t *testing.T) {
	first, err := UserDataBase64(valid())
	if err != nil {
		t.Fatal(err)
	}
	if second, err := UserDataBase64(valid()); err != nil || second != first {
		t.Errorf("the same args give another text (%v)", err)
	}
	packed, err := base64.StdEncoding.DecodeString(first)
	if err != nil {
		t.Fatal(err)
	}
	if len(packed) > limit {
		t.Errorf("it has %d bytes", len(packed))
	}
	want, err := CloudConfig(valid())
	if err != nil {
		t.Fatal(err)
	}
	if got := unpack(t, packed); got != want || !strings.HasPrefix(got, "#cloud-config\n") {
		t.Errorf("it unfolds to %q", got)
	}
}

// The checksums of the providers' archives, which may follow those of Jenkins' files, still fit into what EC2 takes.
func TestChecksumsFitIntoUserData(t *testing.T) {
	text, err := CloudConfig(valid())
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for i := range 4 {
		_, _ = fmt.Fprintf(&lines, "      %s  pulumi-resource-name-%d-v1.2.3-linux-amd64.tar.gz\n", sum(fmt.Sprint(i)), i)
	}
	packed, err := pack(text + lines.String())
	if err != nil || len(packed) > limit {
		t.Errorf("it has %d bytes (%v)", len(packed), err)
	}
}
