package scripts

import (
	"testing"
)

func TestCheckersAreInstalledOnce(t *testing.T) {
	m := newMachine(t)
	cloud := []string{"SLIPWAY_CLOUD_DIR=" + m.path("cloud")}
	for range 2 {
		said, code := m.run(cloud, "setup", "checkers")
		expect(t, said, code, 0, "tools of the tests are there")
		same(t, m.calls("apt-get"), "apt-get update",
			"apt-get install -y --no-install-recommends chromium cloud-init shellcheck libxml2-utils jq")
	}
	if !m.has("cloud/cloud-init.disabled") {
		t.Error("cloud-init would configure the machine at the next boot")
	}
}

func TestCloudInitOfTheMachineIsLeftAlone(t *testing.T) {
	m := newMachine(t)
	m.copy("testdata/bin/debootstrap", "bin/cloud-init")
	said, code := m.run([]string{"SLIPWAY_CLOUD_DIR=" + m.path("cloud")}, "setup", "checkers")
	expect(t, said, code, 0, "installing chromium shellcheck libxml2-utils")
	if m.has("cloud") {
		t.Error("the machine's own cloud-init was switched off")
	}
}

func TestCheckersCannotBeInstalled(t *testing.T) {
	m := newMachine(t)
	m.remove("bin/apt-get")
	said, code := m.run(nil, "setup", "checkers")
	expect(t, said, code, 1, "there is no apt-get", "chromium cloud-init shellcheck libxml2-utils jq")
}
