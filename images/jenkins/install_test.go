package jenkins

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func sum(text string) string {
	digest := sha256.Sum256([]byte(text))
	return hex.EncodeToString(digest[:])
}

func TestDeployer(t *testing.T) {
	for _, c := range []struct {
		name, object, sha string
		code              int
		says              string
	}{
		{"the one", "#!/bin/bash\necho v1.2\n", "", 0, "slipway v1.2 is installed"},
		{"another", "#!/bin/bash\necho v1.2\n", strings.Repeat("0", 64), 1, "sha256sum"},
		{"of another processor", "\x7fELF of another processor", "", 126, "slipway.new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t)
			h.write("object", c.object)
			if c.sha == "" {
				c.sha = sum(c.object)
			}
			h.write("etc/host.env", strings.ReplaceAll(h.read("etc/host.env"), valid().BinarySHA256+"\n", c.sha+"\n"))
			h.expect("deployer", c.code, c.says)
			if installed := h.read("local/slipway") == c.object; installed != (c.code == 0) {
				t.Errorf("installed is %t", installed)
			}
			if calls := h.calls("aws"); len(calls) != 1 || !strings.Contains(calls[0], "--region eu-central-1") || !strings.Contains(calls[0], " "+valid().BinaryURI+" ") {
				t.Errorf("called %q", calls)
			}
		})
	}
}

// archive puts an archive of Pulumi with its checksums onto the web.
func archive(h *host, name, checksums string) {
	h.t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	tarred := tar.NewWriter(zipped)
	for _, command := range []string{"pulumi", "pulumi-language-go"} {
		h.check(tarred.WriteHeader(&tar.Header{Name: "pulumi/" + command, Mode: 0o755, Size: 4}))
		_, err := tarred.Write([]byte("text"))
		h.check(err)
	}
	h.check(tarred.Close())
	h.check(zipped.Close())
	h.write("web/"+name, packed.String())
	h.write("web/pulumi-3.230.0-checksums.txt", strings.ReplaceAll(checksums, "SUM", sum(packed.String())))
}

func TestPulumi(t *testing.T) {
	const name = "pulumi-v3.230.0-linux-x64.tar.gz"
	other := strings.Repeat("1", 64) + "  pulumi-v3.230.0-linux-arm64.tar.gz\n"
	for _, c := range []struct {
		name, checksums string
		code            int
		says            string
	}{
		{"good", other + "SUM  " + name + "\n", 0, ""},
		{"changed", other + strings.Repeat("2", 64) + "  " + name + "\n", 1, "sha256sum"},
		{"not named", other, 1, "do not name " + name},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t)
			archive(h, name, c.checksums)
			h.expect("pulumi", c.code, c.says)
			if installed := h.read("local/pulumi") == "text" && h.read("local/pulumi-language-go") == "text"; installed != (c.code == 0) {
				t.Errorf("installed is %t", installed)
			}
			if c.code != 0 {
				same(t, h.calls("runuser"))
				return
			}
			calls := strings.Join(h.calls("runuser"), "\n")
			for _, want := range []string{"PULUMI_HOME=home/.pulumi ", " pulumi plugin install resource aws v6.83.2\n", " pulumi plugin install resource docker v4.10.0\n", " go env -w GOTOOLCHAIN=auto "} {
				if !strings.Contains(calls, want) {
					t.Errorf("%q is not in:\n%s", want, calls)
				}
			}
		})
	}
}

// newJenkins has the plugin manager on the web, and what an earlier host left on the volume.
func newJenkins(t *testing.T) *host {
	t.Helper()
	h := newHost(t)
	h.write("web/jenkins-plugin-manager-2.15.0.jar", "jar")
	h.write("web/jenkins-plugin-manager-2.15.0.jar.sha256", sum("jar")+"  jenkins-plugin-manager-2.15.0.jar")
	for _, folder := range []string{"home/plugins", "home/jobs/slipway/builds"} {
		h.check(os.MkdirAll(h.path(folder), 0o755))
	}
	h.write("home/plugins/old.jpi", "old")
	h.write("home/jobs/slipway/nextBuildNumber", "7")
	h.write("home/jobs/slipway/config.xml", "old")
	return h
}

func TestJenkins(t *testing.T) {
	h := newJenkins(t)
	h.write("extra", "unlisted:1\n")
	h.expect("jenkins", 0, "not pinned was installed: unlisted\n")
	same(t, h.calls("dnf"), "dnf install -y jenkins-2.580.2")
	manager := h.calls("runuser")
	if len(manager) != 1 || !strings.Contains(manager[0], " --war /usr/share/java/jenkins.war --latest false --plugin-file etc/plugins.txt ") {
		t.Errorf("called %q", manager)
	}
	if h.read("home/plugins/old.jpi") != "" || h.read("home/plugins/configuration-as-code.jpi") != "new\n" {
		t.Error("the plugins are not those of the list")
	}
	if got := h.read("home/jobs/slipway/config.xml"); got != h.read("etc/jobs/slipway/config.xml") {
		t.Errorf("the job is %q", got)
	}
	if h.read("home/jobs/slipway/nextBuildNumber") != "7" {
		t.Error("the job's builds are gone")
	}
	if got := h.read("home/config.xml"); got != h.read("etc/home/config.xml") {
		t.Errorf("the first configuration is %q", got)
	}
	if got := h.read("home/.docker/config.json"); got != h.read("etc/docker.json") {
		t.Errorf("Docker's configuration is %q", got)
	}
	h.write("home/config.xml", "of Jenkins itself")
	h.expect("jenkins", 0)
	if h.read("home/config.xml") != "of Jenkins itself" {
		t.Error("the configuration of an earlier host is gone")
	}
}

func TestPluginManagerThatWasChanged(t *testing.T) {
	for _, checksum := range []string{sum("another") + "\n", "", "not a checksum\n"} {
		h := newJenkins(t)
		h.write("web/jenkins-plugin-manager-2.15.0.jar.sha256", checksum)
		h.expect("jenkins", 1, "sha256sum")
		same(t, h.calls("runuser"))
		if h.read("home/plugins/old.jpi") != "old" {
			t.Error("the plugins are gone")
		}
	}
}

func TestStart(t *testing.T) {
	for _, c := range []struct {
		name, anonymous, worker string
		code                    int
		says                    string
	}{
		{"as it must be", "403", "200", 0, ""},
		{"open to all", "200", "200", 1, "answers 200 without a password"},
		{"without users", "403", "401", 1, "401 to the worker"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t)
			h.write("anonymous", c.anonymous)
			h.write("worker", c.worker)
			h.write("run/worker", "secret\n")
			h.expect("start", c.code, c.says)
			for _, call := range h.calls("curl") {
				if strings.Contains(call, "secret") {
					t.Errorf("the password is on the command line %q", call)
				}
			}
			calls, closed := h.calls("systemctl"), h.read("units/jenkins.service.d/zz-closed.conf")
			if c.code == 0 {
				same(t, calls, "systemctl daemon-reload", "systemctl enable slipway-secrets jenkins slipway-worker", "systemctl restart slipway-secrets jenkins",
					"systemctl daemon-reload", "systemctl restart jenkins", "systemctl restart slipway-worker")
				if closed != "" {
					t.Error("it serves nobody")
				}
				return
			}
			if !strings.Contains(closed, `"JENKINS_HTTPS_PORT=-1"`) || !slices.Contains(calls, "systemctl disable --now jenkins") || slices.Contains(calls, "systemctl restart slipway-worker") {
				t.Errorf("calls %q, closed by %q", calls, closed)
			}
		})
	}
}

// The drop-in that closes Jenkins comes after the one that it overrides, in the order in which systemd reads them.
func TestClosingComesLast(t *testing.T) {
	var drops []string
	for name := range written(t, valid()) {
		if strings.Contains(name, "/jenkins.service.d/") {
			drops = append(drops, filepath.Base(name))
		}
	}
	if len(drops) != 1 || drops[0] >= "zz-closed.conf" {
		t.Errorf("the drop-ins are %q", drops)
	}
}
