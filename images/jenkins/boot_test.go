package jenkins

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// step is a script of the boot that says its name, and fails when a file of that name is there.
const step = "#!/bin/bash\n. \"${BASH_SOURCE%/*}/strict.sh\"\necho \"${0##*/}\" >>\"$HOST/order\"\n[[ ! -e $HOST/${0##*/}-breaks ]]\n"

// order are the steps of the boot.
var order = []string{"logs", "packages", "account", "volume", "jenkins", "pulumi", "deployer", "start"}

func TestBoot(t *testing.T) {
	h := newHost(t)
	for _, name := range order {
		h.check(os.WriteFile(h.path("scripts/"+name), []byte(step), 0o755))
	}
	h.expect("boot", 0, "slipway: boot: volume took 0 s", "Jenkins and the worker run")
	same(t, strings.Fields(h.read("order")), order...)

	h.write("pulumi-breaks", "")
	h.write("order", "")
	said, code := h.run("boot")
	if code != 1 || !strings.Contains(said, "slipway: pulumi, line 4: ") || strings.Contains(said, "worker run") {
		t.Errorf("code %d\n%s", code, said)
	}
	same(t, strings.Fields(h.read("order")), order[:6]...)
}

// Everything in the folder is a step of the boot, one of every boot, or what all of them read.
func TestEveryScriptIsRun(t *testing.T) {
	known := append([]string{"boot", "strict.sh", "secrets", "keystore"}, order...)
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
			if got := strings.Count(h.read("fstab"), "UUID=6a1f "+h.path("home")+" xfs "); got != 1 {
				t.Errorf("fstab has it %d times:\n%s", got, h.read("fstab"))
			}
			same(t, h.calls("chown")[:1], "chown jenkins:jenkins home")
		})
	}
}
