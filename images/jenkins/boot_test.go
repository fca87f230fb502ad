package jenkins

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// step is a script of the boot that says its name, and fails when a file of that name is there.
const step = "#!/bin/bash\n. \"${BASH_SOURCE%/*}/strict.sh\"\necho \"${0##*/}\" >>\"$HOST/order\"\n[[ ! -e $HOST/${0##*/}-breaks ]]\n"

// order are the steps of the boot.
var order = []string{"logs", "packages", "account", "volume", "jenkins", "pulumi", "deployer", "start", "ready"}

// told is what the host wrote into an object of its readiness, one text after the other.
func (h *host) told(name string) string {
	return h.read("bucket/" + valid().ReadinessURI + "/i-0123456789abcdef0/" + name)
}

func TestBoot(t *testing.T) {
	h := newHost(t)
	for _, name := range order {
		h.check(os.WriteFile(h.path("scripts/"+name), []byte(step), 0o755))
	}
	h.expect("boot", 0, "slipway: boot: volume took 0 s", "Jenkins and the worker run")
	same(t, strings.Fields(h.read("order")), order...)
	if first := regexp.MustCompile(`\A\{"step":"logs","number":1,"of":9,"at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"\}\n`); !first.MatchString(h.told("progress")) {
		t.Errorf("progress is %s", h.told("progress"))
	}
	if got := strings.Count(h.told("progress"), "\n"); got != len(order) {
		t.Errorf("%d steps were told", got)
	}
	if ok := regexp.MustCompile(`\A\{"at":"[^"]+","seconds":\d+\}\n\z`); !ok.MatchString(h.told("ok")) || h.told("failed") != "" {
		t.Errorf("ok is %s, failed is %s", h.told("ok"), h.told("failed"))
	}
	for _, call := range h.calls("aws") {
		if strings.Contains(call, "--sse") {
			t.Errorf("it asks for another encryption than the bucket's: %s", call)
		}
	}
}

func TestBootThatFails(t *testing.T) {
	h := newHost(t)
	for _, name := range order {
		h.check(os.WriteFile(h.path("scripts/"+name), []byte(step), 0o755))
	}
	h.check(os.WriteFile(h.path("scripts/jenkins"), []byte("#!/bin/bash\nseq -f 'line %g' 100\n"), 0o755))
	h.write("pulumi-breaks", "")
	said, code := h.run("boot")
	if code != 1 || !strings.Contains(said, "slipway: pulumi, line 4: ") || strings.Contains(said, "worker run") {
		t.Errorf("code %d\n%s", code, said)
	}
	same(t, strings.Fields(h.read("order")), "logs", "packages", "account", "volume", "pulumi")
	lines := strings.Split(strings.TrimSpace(h.told("failed")), "\n")
	if len(lines) != 41 || !strings.HasPrefix(lines[0], "pulumi: pulumi, line 4: ") || lines[1] != "line 62" || h.told("ok") != "" {
		t.Errorf("%d lines: %s", len(lines), h.told("failed"))
	}
	h.check(os.Remove(h.path("pulumi-breaks")))
	h.expect("boot", 0)
	if h.told("ok") == "" {
		t.Error("nothing says that the second try worked")
	}
}

// A host that cannot write into the bucket comes up all the same.
func TestBootThatCannotSaySo(t *testing.T) {
	h := newHost(t)
	for _, name := range order {
		h.check(os.WriteFile(h.path("scripts/"+name), []byte(step), 0o755))
	}
	h.write("closed", "")
	h.expect("boot", 0, "AccessDenied", "progress could not be written to "+valid().ReadinessURI, "Jenkins and the worker run")
}

func TestReady(t *testing.T) {
	h := newHost(t)
	h.expect("boot ready", 0)
	if !strings.Contains(h.told("progress"), `{"step":"ready","number":1,"of":1,`) || h.told("ok") == "" {
		t.Errorf("progress is %s", h.told("progress"))
	}
	h = newHost(t)
	h.write("health", "503")
	h.expect("boot ready", 1)
	first, _, _ := strings.Cut(h.told("failed"), "\n")
	if want := "ready: not within 0 s: the login page of Jenkins answers 200, and the worker's /ready 503 (200 is right)"; first != want || h.told("ok") != "" {
		t.Errorf("failed is %s", h.told("failed"))
	}
}

func TestHeartbeat(t *testing.T) {
	h := newHost(t)
	h.expect("heartbeat", 0)
	same(t, h.calls("aws"), "aws cloudwatch put-metric-data --region eu-central-1 --namespace Slipway --metric-name WorkerReady --value 1 --dimensions Stack=slipway-delivery")
	h.write("calls", "")
	h.write("health", "503")
	h.expect("heartbeat", 22)
	same(t, h.calls("aws"))
}

func TestDaily(t *testing.T) {
	h := newHost(t)
	h.write("tmp-of-builds", "")
	h.check(os.MkdirAll(h.path("home/tmp/go-build1"), 0o755))
	h.check(os.MkdirAll(h.path("home/tmp/go-build2"), 0o755))
	h.check(os.Chtimes(h.path("home/tmp/go-build1"), time.Unix(0, 0), time.Unix(0, 0)))
	h.expect("daily", 0)
	same(t, h.calls("dnf", "docker", "xfs_growfs"), "dnf upgrade -y --security --exclude=jenkins,docker,containerd,runc",
		"docker image prune --all --force --filter until=168h", "docker builder prune --all --force --keep-storage 5GB", "xfs_growfs home")
	entries, err := os.ReadDir(h.path("home/tmp"))
	if err != nil || len(entries) != 1 || entries[0].Name() != "go-build2" {
		t.Errorf("left is %v (%v)", entries, err)
	}
	h.write("dnf-fails", "")
	h.write("calls", "")
	h.expect("daily", 1, "did not work: dnf upgrade")
	if got := len(h.calls("docker", "xfs_growfs")); got != 3 {
		t.Errorf("after a failure %d commands ran", got)
	}
}

// Everything in the folder is a step of the boot, one of every boot, or what all of them read.
func TestEveryScriptIsRun(t *testing.T) {
	known := append([]string{"boot", "report", "strict.sh", "secrets", "keystore", "daily"}, order...)
	for _, name := range scripts {
		if !slices.Contains(known, name) {
			t.Errorf("nothing runs %s", name)
		}
	}
}

func TestFailureIsNamed(t *testing.T) {
	h := newHost(t)
	for _, c := range []struct{ name, script, says string }{
		{"a command", "true\nls /absent\necho on", `slipway: broken, line 4: "ls /absent" ended with code 2`},
		{"in a function", "f() {\n  false\n}\nf\necho on", `slipway: broken, line 4: "false" ended with code 1`},
		{"in a pipe", "false | true\necho on", `ended with code 1`},
		{"an unknown variable", "echo \"$absent\"\necho on", "absent: unbound variable"},
		{"given up", "again 3 ls /absent\necho on", "slipway: broken: given up: ls /absent"},
	} {
		script := "#!/bin/bash\n. \"${BASH_SOURCE%/*}/strict.sh\"\n" + c.script + "\n"
		h.check(os.WriteFile(h.path("scripts/broken"), []byte(script), 0o755))
		said, code := h.run("broken")
		if code == 0 || !strings.Contains(said, c.says) || regexp.MustCompile(`(?m)^on$`).MatchString(said) {
			t.Errorf("%s: code %d\n%s", c.name, code, said)
		}
	}
}

func TestLogs(t *testing.T) {
	h := newHost(t)
	h.check(os.Remove(h.path("bin/systemctl")))
	said, code := h.run("logs", "SLIPWAY_CLOUDWATCH="+h.path("absent"))
	if code != 0 || !strings.Contains(said, "no log group is given") || len(h.calls("dnf")) > 0 {
		t.Errorf("code %d, calls %q\n%s", code, h.calls("dnf"), said)
	}
}

func TestPackages(t *testing.T) {
	h := newHost(t)
	h.expect("packages", 0)
	for _, want := range []string{"docker", "amazon-ecr-credential-helper", "git", "golang", "fontconfig", "java-21-amazon-corretto-headless"} {
		if calls := h.calls("dnf"); len(calls) != 1 || !slices.Contains(strings.Fields(calls[0]), want) {
			t.Errorf("%s is not installed by %q", want, calls)
		}
	}
	same(t, h.calls("systemctl"), "systemctl enable --now docker")
	if got := h.read("dnf/releasever"); got != "latest\n" {
		t.Errorf("packages are of the release %q", got)
	}
	h.write("dnf-fails", "")
	h.expect("packages", 1, "dnf does not work", "given up: dnf install -y")
	if got := len(h.calls("dnf")); got != 6 {
		t.Errorf("dnf was called %d times", got)
	}
}

func TestVolume(t *testing.T) {
	const device = "devices/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0"
	for _, c := range []struct {
		name, holds string
		code        int
		says        string
		made        bool
	}{
		{"blank", "blank", 0, "is blank: making a file system", true},
		{"of an earlier host", "xfs", 0, "", false},
		{"partitioned", "table", 1, "neither blank nor a file system", false},
		{"unclear", "unclear", 1, "neither blank nor a file system", false},
		{"never attached", "", 1, "vol-0123456789abcdef0 was not attached within 0 s", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t)
			h.write("fstab", "UUID=root / xfs defaults 0 1\n")
			h.write("volume", c.holds)
			if c.holds != "" {
				h.write(device, "")
			}
			h.expect("volume", c.code, c.says)
			if made := slices.Contains(h.calls("mkfs.xfs"), "mkfs.xfs -L jenkins "+device); made != c.made {
				t.Errorf("a file system was made: %t", made)
			}
			if c.code != 0 {
				same(t, h.calls("mount", "mkfs.xfs"))
				return
			}
			h.expect("volume", 0)
			same(t, h.calls("mount"), "mount home")
			for _, line := range []string{"UUID=6a1f " + h.path("home") + " xfs ", h.path("home/.swap") + " none swap "} {
				if got := strings.Count(h.read("fstab"), line); got != 1 {
					t.Errorf("fstab has %q %d times:\n%s", line, got, h.read("fstab"))
				}
			}
			same(t, h.calls("fallocate", "mkswap"), "fallocate --length 4G home/.swap.new", "mkswap home/.swap.new")
			h.mode("home/.swap", 0o600)
			h.mode("home/slipway", 0o750)
			h.mode("home/tmp", 0o750)
			if !slices.Contains(h.calls("xfs_growfs"), "xfs_growfs home") || !strings.Contains(h.read("fstab"), "x-systemd.growfs") {
				t.Error("a larger volume makes no larger file system")
			}
			same(t, h.calls("chown")[:1], "chown jenkins:jenkins home")
		})
	}
}
