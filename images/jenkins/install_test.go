package jenkins

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func sum(text string) string {
	digest := sha256.Sum256([]byte(text))
	return hex.EncodeToString(digest[:])
}

// put puts a program into the bucket with its checksum, which the sum replaces when it is not empty.
func (h *host) put(name, program, sha string) {
	h.t.Helper()
	if sha == "" {
		sha = sum(program)
	}
	h.write("bucket/"+name, program)
	h.write("bucket/"+name+".sha256", sha+"\n")
}

// deployer is a slipway that was built from a source.
func deployer(source string) string {
	return "#!/bin/bash\n[[ $1 == version ]] && echo " + source + " || echo v1.2\n"
}

func TestDeployer(t *testing.T) {
	for _, c := range []struct {
		name, object, sha string
		code              int
		says              string
	}{
		{"the one", deployer(valid().Source), "", 0, "slipway v1.2 is installed"},
		{"changed on its way", deployer(valid().Source), strings.Repeat("0", 64), 1, "sha256sum"},
		{"of another source", deployer("abc"), "", 1, "was built from the source abc, not from " + valid().Source},
		{"of another processor", "\x7fELF of another processor", "", 126, "slipway.new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t)
			h.put("slipway", c.object, c.sha)
			h.expect("deployer", c.code, c.says)
			if installed := h.read("local/slipway") == c.object; installed != (c.code == 0) {
				t.Errorf("installed is %t", installed)
			}
			if calls := h.calls("aws"); len(calls) != 2 || !strings.Contains(calls[0], "--region eu-central-1") || !strings.Contains(calls[0], " "+valid().BinaryURI+" ") {
				t.Errorf("called %q", calls)
			}
		})
	}
}

func TestPulumi(t *testing.T) {
	const cli = "#!/bin/bash\necho v3.230.0\n"
	h := newHost(t)
	h.put("pulumi", cli, "")
	sha := strings.Repeat("1", 64)
	h.write("etc/checksums.txt", sha+"  pulumi-resource-aws-v6.83.2-linux-amd64.tar.gz\n"+strings.Repeat("2", 64)+"  pulumi-resource-aws-v6.83.2-linux-arm64.tar.gz\n")
	h.expect("pulumi", 0, "pulumi v3.230.0 is installed", "not pinned: pulumi-resource-docker-v4.10.0-linux-amd64.tar.gz")
	if h.read("local/pulumi") != cli {
		t.Error("the CLI is not installed")
	}
	calls := h.calls("runuser")
	if len(calls) != 2 || !strings.Contains(calls[0], "PULUMI_HOME=home/.pulumi ") ||
		!strings.HasSuffix(calls[0], " pulumi plugin install resource aws v6.83.2 --checksum "+sha) || !strings.HasSuffix(calls[1], " pulumi plugin install resource docker v4.10.0") {
		t.Errorf("called %q", calls)
	}
	if got := h.calls("curl"); len(got) > 0 {
		t.Errorf("it downloads: %q", got)
	}

	h.check(os.MkdirAll(h.path("home/.pulumi/plugins/resource-aws-v6.83.2"), 0o755))
	h.write("calls", "")
	h.expect("pulumi", 0)
	if got := h.calls("runuser"); len(got) != 1 || !strings.Contains(got[0], "resource docker") {
		t.Errorf("what the volume has was installed again: %q", got)
	}

	h = newHost(t)
	h.put("pulumi", cli, strings.Repeat("0", 64))
	h.expect("pulumi", 1, "sha256sum")
	same(t, h.calls("runuser"))
}

// signer is the fingerprint of the key that Jenkins' packages are signed with.
const signer = "5E386EADB55F01504CAE8BCF7198F4B714ABFC68"

// newJenkins has the plugin manager on the web, and what an earlier host left on the volume.
func newJenkins(t *testing.T) *host {
	t.Helper()
	h := newHost(t)
	h.write("web/jenkins-plugin-manager-2.15.0.jar", "jar")
	h.write("web/repomd.xml.key", signer)
	h.write("etc/checksums.txt", pins(t, ""))
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
	h.expect("jenkins", 0)
	if h.read("gpg/RPM-GPG-KEY-jenkins") != signer {
		t.Error("the key of the packages is not where dnf looks for it")
	}
	if repo := h.read("repos/jenkins.repo"); repo != h.read("etc/jenkins.repo") || !strings.Contains(repo, "gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-jenkins\n") {
		t.Errorf("dnf knows Jenkins by %q", repo)
	}
	same(t, h.calls("dnf"), "dnf install -y jenkins-2.580.2")
	manager := h.calls("runuser")
	if len(manager) != 1 || !strings.Contains(manager[0], " --war /usr/share/java/jenkins.war --latest false --plugin-file etc/plugins.txt ") {
		t.Errorf("called %q", manager)
	}
	if h.read("home/plugins/old.jpi") != "" || h.read("home/plugins/configuration-as-code.jpi") != "new configuration-as-code\n" {
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

// pins are checksums of what newJenkins has on the web. The content of the one plugin is another.
func pins(t *testing.T, plugin string) string {
	t.Helper()
	lines := sum("jar") + "  jenkins-plugin-manager-2.15.0.jar\n"
	for name, version := range plugins(t) {
		content := "new " + name + "\n"
		if name == plugin {
			content = "another"
		}
		lines += sum(content) + "  " + name + "-" + version + ".hpi\n"
	}
	return lines
}

// plugins are the versions of plugins.txt by name.
func plugins(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for line := range strings.Lines(written(t, valid())["/etc/slipway/plugins.txt"].Content) {
		if name, version, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && !strings.HasPrefix(line, "#") {
			all[name] = version
		}
	}
	return all
}

// The repository holds a checksum of every file of Jenkins that the host downloads.
func TestDownloadsArePinned(t *testing.T) {
	sums := written(t, valid())["/etc/slipway/checksums.txt"].Content
	files := []string{"jenkins-plugin-manager-2.15.0.jar"}
	for name, version := range plugins(t) {
		files = append(files, name+"-"+version+".hpi")
	}
	for _, file := range files {
		if line := regexp.MustCompile(`(?m)^[0-9a-f]{64}  ` + regexp.QuoteMeta(file) + `$`); len(line.FindAllString(sums, -1)) != 1 {
			t.Errorf("%s has no checksum, or several", file)
		}
	}
}

// What is not as it is pinned, listed or signed ends the boot, and leaves the plugins that were there.
func TestDownloadsThatWereChanged(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*host)
		code   int
		says   string
	}{
		{"all as pinned", func(*host) {}, 0, ""},
		{"the manager", func(h *host) { h.write("etc/checksums.txt", sum("x")+"  jenkins-plugin-manager-2.15.0.jar\n") }, 1, "jenkins-plugin-manager-2.15.0.jar is not the file"},
		{"a plugin", func(h *host) { h.write("etc/checksums.txt", pins(t, "json-api")) }, 1, "json-api-20260719-223.va_81f828cdb_58.hpi is not the file"},
		{"a manager without a checksum", func(h *host) { h.write("etc/checksums.txt", "# none\n") }, 1, "not pinned: jenkins-plugin-manager-2.15.0.jar"},
		{"a plugin without a checksum", func(h *host) { h.write("etc/checksums.txt", sum("jar")+"  jenkins-plugin-manager-2.15.0.jar\n") }, 1, ".hpi"},
		{"a dependency that is not listed", func(h *host) { h.write("extra", "unlisted:1\n") }, 1, "a dependency is not pinned: unlisted"},
		{"the key", func(h *host) { h.write("web/repomd.xml.key", "ABCD") }, 1, "signed by ABCD, and the project knows " + signer},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newJenkins(t)
			c.change(h)
			said, code := h.run("jenkins")
			if code != c.code || !strings.Contains(said, c.says) {
				t.Errorf("code %d\n%s", code, said)
			}
			if _, err := os.Stat(h.path("repos/jenkins.repo")); c.name == "the key" && err == nil {
				t.Error("dnf knows the packages of another signer")
			}
			if kept := h.read("home/plugins/old.jpi") == "old"; kept == (c.code == 0) {
				t.Errorf("the plugins of before are kept: %t", kept)
			}
		})
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
				same(t, calls, "systemctl daemon-reload", "systemctl enable slipway-secrets jenkins slipway-worker slipway-ready", "systemctl restart slipway-secrets jenkins",
					"systemctl daemon-reload", "systemctl restart jenkins", "systemctl restart slipway-worker",
					"systemctl enable --now slipway-daily.timer", "systemctl enable --now slipway-heartbeat.timer")
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
