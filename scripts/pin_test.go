package scripts

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// publisher is a web of files by the last part of their address, with a project that pins them.
type publisher struct {
	t   *testing.T
	dir string
}

// fetch stands for curl: it prints the file of the web that is called as the address ends.
const fetch = "#!/bin/sh\nfor url; do :; done\ncat \"$WEB/${url##*/}\"\n"

var pinned = map[string]string{
	"manager.jar": "jar", "json-api.hpi": "plugin of json", "pulumi-resource-aws-v6.1.2-linux-amd64.tar.gz": "aws amd64",
	"pulumi-resource-aws-v6.1.2-linux-arm64.tar.gz": "aws arm64", "pulumi-resource-docker-v4.5.6-linux-amd64.tar.gz": "docker amd64",
	"pulumi-resource-docker-v4.5.6-linux-arm64.tar.gz": "docker arm64",
}

func newPublisher(t *testing.T) *publisher {
	t.Helper()
	if _, err := exec.LookPath("jq"); err != nil {
		t.Fatal("jq is missing: scripts/setup checkers")
	}
	p := &publisher{t: t, dir: t.TempDir()}
	script, err := os.ReadFile("pin-checksums")
	if err != nil {
		t.Fatal(err)
	}
	p.write("scripts/pin-checksums", string(script))
	p.write("bin/curl", fetch)
	const templates = "images/jenkins/templates/"
	p.write(templates+"etc/checksums.txt", "# What the host downloads.\n"+strings.Repeat("0", 64)+"  of-before\n")
	p.write(templates+"etc/plugins.txt", "# plugins\njson-api:20.1_2-a\n")
	p.write(templates+"host/jenkins", "readonly version=2.580.2 manager=2.15.0\n")
	p.write(templates+"host/pulumi", "readonly aws=6.1.2 docker=4.5.6\n")
	for name, text := range pinned {
		if name == "manager.jar" {
			name = "jenkins-plugin-manager-2.15.0.jar"
		}
		p.write("web/"+name, text)
	}
	plugin := sha256.Sum256([]byte(pinned["json-api.hpi"]))
	p.write("web/plugin-versions.json", `{"plugins":{"json-api":{"20.1_2-a":{"sha256":"`+base64.StdEncoding.EncodeToString(plugin[:])+`"}}}}`)
	p.release("2.15.0", "jenkins-plugin-manager-2.15.0.jar", pinned["manager.jar"])
	for _, tag := range []string{"v6.1.2", "v4.5.6"} {
		var files []string
		for name, text := range pinned {
			if strings.Contains(name, tag) {
				files = append(files, name, text)
			}
		}
		p.release(tag, files...)
	}
	return p
}

func (p *publisher) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o700)); err != nil {
		p.t.Fatal(err)
	}
}

// release is what GitHub answers for a tag: names and contents of files in turn.
func (p *publisher) release(tag string, files ...string) {
	var assets []string
	for pair := range slices.Chunk(files, 2) {
		assets = append(assets, fmt.Sprintf(`{"name":%q,"digest":"sha256:%s"}`, pair[0], sumOf(pair[1])))
	}
	p.write("web/"+tag, `{"assets":[`+strings.Join(assets, ",")+`]}`)
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func (p *publisher) pin() (said, file string, err error) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), filepath.Join(p.dir, "scripts/pin-checksums"))
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(p.dir, "bin")+":"+os.Getenv("PATH"), "WEB="+filepath.Join(p.dir, "web"))
	out, err := cmd.CombinedOutput()
	text, readErr := os.ReadFile(filepath.Join(p.dir, "images/jenkins/templates/etc/checksums.txt"))
	if readErr != nil {
		p.t.Fatal(readErr)
	}
	return string(out), string(text), err
}

func TestChecksumsArePinned(t *testing.T) {
	said, file, err := newPublisher(t).pin()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	want := "# What the host downloads.\n" + sumOf("jar") + "  jenkins-plugin-manager-2.15.0.jar\n" + sumOf("plugin of json") + "  json-api-20.1_2-a.hpi\n"
	for _, name := range []string{"aws-v6.1.2-linux-amd64", "aws-v6.1.2-linux-arm64", "docker-v4.5.6-linux-amd64", "docker-v4.5.6-linux-arm64"} {
		archive := "pulumi-resource-" + name + ".tar.gz"
		want += sumOf(pinned[archive]) + "  " + archive + "\n"
	}
	if file != want || !strings.Contains(said, "pinned 6 files") {
		t.Errorf("got\n%s\nwant\n%s\n%s", file, want, said)
	}
}

// Nothing is pinned that two sources do not agree on.
func TestChecksumsThatDisagree(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*publisher)
		says   string
	}{
		"another file": {func(p *publisher) { p.write("web/json-api.hpi", "another") }, "json-api-20.1_2-a.hpi: the publisher states " + sumOf("plugin of json")},
		"no digest": {func(p *publisher) {
			p.write("web/2.15.0", `{"assets":[{"name":"jenkins-plugin-manager-2.15.0.jar","digest":null}]}`)
		}, "states no checksum of jenkins-plugin-manager"},
		"no such file":  {func(p *publisher) { p.release("v4.5.6", "other", "x") }, "states no checksum of pulumi-resource-docker"},
		"no version":    {func(p *publisher) { p.write("web/plugin-versions.json", `{"plugins":{}}`) }, "states no checksum of json-api"},
		"not reachable": {func(p *publisher) { _ = os.Remove(filepath.Join(p.dir, "web/plugin-versions.json")) }, "plugin-versions.json cannot be had"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPublisher(t)
			c.change(p)
			said, file, err := p.pin()
			if err == nil || !strings.Contains(said, c.says) {
				t.Errorf("%v\n%s", err, said)
			}
			if !strings.HasSuffix(file, "  of-before\n") {
				t.Errorf("the file is\n%s", file)
			}
		})
	}
}
