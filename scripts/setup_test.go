package scripts

import (
	"bufio"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

func TestEngineThatAnswersIsUsed(t *testing.T) {
	m := newMachine(t).set("up")
	m.install("docker", "dockerd")
	for range 2 {
		said, code := m.run(nil, "setup", "docker")
		expect(t, said, code, 0, "engine 20.10.24 answers")
		if strings.Count(said, "\n") != 1 || strings.Contains(said, "\x1b") {
			t.Errorf("want one line without colour, got %q", said)
		}
	}
	same(t, m.calls("apt-get", "dockerd", "systemctl"))
}

// startsEngine is the call by which set-up starts an engine without systemd.
func startsEngine(m *machine) string {
	return "dockerd --pidfile " + m.path("project/.slipway/dockerd.pid")
}

func TestEngineIsInstalledAndStarted(t *testing.T) {
	m := newMachine(t)
	said, code := m.run(nil, "setup", "docker")
	expect(t, said, code, 0, "installing docker.io", "starting dockerd", "engine 20.10.24 answers")
	want := []string{
		"apt-get update",
		"apt-get install -y --no-install-recommends docker.io ca-certificates iptables",
		startsEngine(m),
	}
	same(t, m.calls("apt-get", "dockerd"), want...)
	if !m.has("project/.slipway/dockerd.log") {
		t.Error("dockerd has no log")
	}

	said, code = m.run(nil, "setup", "docker")
	expect(t, said, code, 0, "engine 20.10.24 answers")
	same(t, m.calls("apt-get", "dockerd"), want...)
}

func TestEngineStartsWhereItIsInstalled(t *testing.T) {
	m := newMachine(t)
	m.install("docker", "dockerd")
	said, code := m.run(nil, "setup", "docker")
	expect(t, said, code, 0, "starting dockerd")
	same(t, m.calls("apt-get", "dockerd"), startsEngine(m))
}

func TestEngineStartsBySystemd(t *testing.T) {
	m := newMachine(t).set("systemd")
	said, code := m.run(nil, "setup", "docker")
	expect(t, said, code, 0, "starting docker.service")
	same(t, m.calls("systemctl", "dockerd"), "systemctl is-system-running", "systemctl start docker")
}

func TestClientOfItsOwnPackageIsInstalled(t *testing.T) {
	m := newMachine(t).set("split-client")
	said, code := m.run(nil, "setup", "docker")
	expect(t, said, code, 0)
	if installed := m.calls("apt-get")[1]; !strings.HasSuffix(installed, " docker-cli") {
		t.Errorf("got %q", installed)
	}
}

func TestEngineStartedByItsInstallationIsNotStartedAgain(t *testing.T) {
	m := newMachine(t).set("autostart")
	said, code := m.run(nil, "setup", "docker")
	expect(t, said, code, 0, "engine 20.10.24 answers")
	same(t, m.calls("systemctl", "dockerd"))
}

func TestEngineIsNeverStartedTwice(t *testing.T) {
	m := newMachine(t).set("running")
	m.install("docker", "dockerd")
	said, code := m.run([]string{"SLIPWAY_DOCKER_SECONDS=0"}, "setup", "docker")
	expect(t, said, code, 1, "dockerd runs but does not answer", "did not answer within 0 s", "Cannot connect")
	same(t, m.calls("apt-get", "systemctl", "dockerd"))
}

func TestEngineCannotBeHad(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(*machine)
		env     string
		want    []string
	}{
		{"not root", func(m *machine) { m.set("user") }, "", []string{"only root", "run this as root"}},
		{"no apt", func(m *machine) { m.remove("bin/apt-get") }, "", []string{"no apt-get", "docs.docker.com"}},
		{"apt is offline", func(m *machine) { m.set("unreachable") }, "", []string{"apt-get update did not work", "could not resolve"}},
		{"no permission", func(m *machine) { m.set("up", "denied").install("docker") }, "", []string{"may not use it", "usermod -aG docker somebody"}},
		{"DOCKER_HOST", func(m *machine) { m.install("docker", "dockerd") }, "DOCKER_HOST=tcp://h:1", []string{"DOCKER_HOST=tcp://h:1", "Cannot connect"}},
		{"dockerd ends", func(m *machine) { m.set("broken").install("docker", "dockerd") }, "", []string{"ended at once", "no iptables"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMachine(t)
			c.prepare(m)
			said, code := m.run([]string{c.env}, "setup", "docker")
			expect(t, said, code, 1, c.want...)
			if m.has("started") {
				t.Error("an engine was started")
			}
		})
	}
}

func TestToolchain(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(*machine)
		code    int
		want    string
	}{
		{"good", func(*machine) {}, 0, "Go 1.26.1, git 2.39.5"},
		{"newer", func(m *machine) { m.write("go-version", "1.100.0") }, 0, "Go 1.100.0"},
		{"with experiments", func(m *machine) { m.write("go-version", "1.26.2 X:nodwarf5") }, 0, "Go 1.26.2"},
		{"Apple's git", func(m *machine) { m.write("git-version", "2.50.1 (Apple Git-155)") }, 0, "git 2.50.1"},
		{"old Go", func(m *machine) { m.write("go-version", "1.9.7") }, 1, "Go 1.26.0 or newer is needed, and this is 1.9.7"},
		{"old git", func(m *machine) { m.write("git-version", "2.9.0") }, 1, "git 2.28 or newer"},
		{"no Go", func(m *machine) { m.remove("bin/go") }, 1, "no go on the PATH"},
		{"no git", func(m *machine) { m.remove("bin/git") }, 1, "no git on the PATH"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMachine(t)
			c.prepare(m)
			said, code := m.run(nil, "setup", "toolchain")
			expect(t, said, code, c.code, c.want)
		})
	}
}

func TestPulumiIsBuiltOnceForEachVersion(t *testing.T) {
	m := newMachine(t)
	for _, version := range []string{"v3.1.2", "v3.1.2", "v3.2.0", "v3.2.0"} {
		m.write("pulumi-version", version)
		said, code := m.run(nil, "setup", "pulumi")
		expect(t, said, code, 0, "Pulumi CLI "+version+" is built")
	}
	built := m.calls("go")
	if len(built) != 2 {
		t.Fatalf("built %q", built)
	}
	for i, version := range []string{"v3.1.2", "v3.2.0"} {
		if !strings.Contains(built[i], "/common/version.Version="+version+" ") {
			t.Errorf("%s is not stamped: %s", version, built[i])
		}
	}
}

// The stamp is the hash of what was built.
func TestSlipwayIsStamped(t *testing.T) {
	m := newMachine(t)
	hash, code := m.run(nil, "source-hash")
	expect(t, hash, code, 0)
	said, code := m.run(nil, "setup", "slipway")
	expect(t, said, code, 0, "bin/slipway is built")
	same(t, m.calls("go"), "go build -trimpath -buildvcs=false -ldflags -s -w -X slipway/automation/cli.source="+strings.TrimSpace(hash)+" -o bin/slipway ./automation")
}

func TestProgramsOfTheHost(t *testing.T) {
	m := newMachine(t)
	m.write("pulumi-version", "v3.1.2")
	said, code := m.run([]string{"SLIPWAY_HOST_ARCH=arm64"}, "setup", "host")
	expect(t, said, code, 0, "slipway and Pulumi v3.1.2 for linux/arm64 are in .slipway/host")
	if !m.has("project/.slipway/host/slipway") || !m.has("project/.slipway/host/pulumi") {
		t.Error("they are not there")
	}
	same(t, m.calls("for"), "for linux/arm64", "for linux/arm64")
	said, code = m.run([]string{"SLIPWAY_HOST_ARCH=mips"}, "setup", "host")
	expect(t, said, code, 1, `SLIPWAY_HOST_ARCH is "mips": expected amd64 or arm64`)
}

func TestSourceThatCannotBeRead(t *testing.T) {
	m := newMachine(t)
	m.remove("project/go.sum")
	said, code := m.run(nil, "setup", "slipway")
	expect(t, said, code, 1, "go.sum", "the source of slipway cannot be read")
	same(t, m.calls("go"))
}

func TestBuildThatFails(t *testing.T) {
	m := newMachine(t).set("broken")
	said, code := m.run(nil, "setup", "slipway", "host")
	expect(t, said, code, 1, "undefined: x", "slipway does not build")
	if strings.Contains(said, "host") {
		t.Errorf("it went on: %s", said)
	}
}

// A build that cannot be of use is ended: it stands in the middle when no engine can be had.
func TestInstallationThatFailsEndsTheBuild(t *testing.T) {
	m := newMachine(t).set("user")
	m.check(syscall.Mkfifo(m.path("gate"), 0o600)) // nobody opens it
	said, code := m.run(nil, "setup", "pulumi", "docker")
	expect(t, said, code, 1, "only root may start or install one")
	if strings.Contains(said, "is built now") {
		t.Errorf("it went on: %s", said)
	}
}

func TestBuildThatFailsLeavesNoInstallationHalfWay(t *testing.T) {
	m := newMachine(t)
	m.remove("project/go.sum")
	said, code := m.run(nil, "setup", "slipway", "docker")
	expect(t, said, code, 1, "the source of slipway cannot be read", "engine 20.10.24 answers")
	if len(m.calls("dockerd")) != 1 {
		t.Errorf("the engine was not started: %s", said)
	}
}

func TestUnknownStep(t *testing.T) {
	m := newMachine(t)
	said, code := m.run(nil, "setup", "toolchain", "pulumy")
	expect(t, said, code, 2, `no step is called "pulumy"`, "toolchain docker pulumi slipway base host")
	if strings.Contains(said, "Go 1.26") {
		t.Errorf("a step ran: %s", said)
	}
}

func TestEveryStepRunsInOrder(t *testing.T) {
	m := newMachine(t).set("up", "registry")
	m.install("docker", "dockerd")
	said, code := m.run(nil, "setup")
	expect(t, said, code, 0)
	for _, lane := range [][]string{{"toolchain", "docker", "base"}, {"toolchain", "pulumi", "slipway"}} {
		from := 0
		for _, step := range lane {
			at := strings.Index(said[from:], "  "+step+" ")
			if at < 0 {
				t.Fatalf("%q is missing or out of order in:\n%s", step, said)
			}
			from += at
		}
	}
	if times := regexp.MustCompile(`\(\d+\.\d s\)\n`).FindAllString(said, -1); len(times) != 5 {
		t.Errorf("not every step says how long it took:\n%s", said)
	}
}

// The first set-up stands in the middle of a build; the second waits for it, and finds nothing left to do.
func TestTwoAtOnce(t *testing.T) {
	m := newMachine(t)
	gate := m.path("gate")
	m.check(syscall.Mkfifo(gate, 0o600))
	first, second := m.command(nil, "setup", "pulumi"), m.command(nil, "setup", "pulumi")
	m.check(first.Start())
	open, err := os.OpenFile(gate, os.O_WRONLY, 0) // returns when the build reads
	m.check(err)
	talk, err := second.StderrPipe()
	m.check(err)
	m.check(second.Start())
	lines := bufio.NewScanner(talk)
	if !lines.Scan() || !strings.Contains(lines.Text(), "another set-up runs here") {
		t.Errorf("the second said %q", lines.Text())
	}
	_, err = open.WriteString("go\n")
	m.check(err)
	m.check(open.Close())
	m.check(first.Wait())
	if !lines.Scan() || !strings.Contains(lines.Text(), "v3.1.2 is built") {
		t.Errorf("the second said %q", lines.Text())
	}
	m.check(second.Wait())
	if built := m.calls("go"); len(built) != 1 {
		t.Errorf("built %q", built)
	}
}

// An engine that set-up started goes on, and must not keep the lock of the set-up.
func TestEngineKeepsNoLock(t *testing.T) {
	m := newMachine(t)
	for range 2 {
		said, code := m.run(nil, "setup", "docker")
		expect(t, said, code, 0)
		if strings.Contains(said, "another set-up") {
			t.Errorf("the lock is still held: %s", said)
		}
	}
}
