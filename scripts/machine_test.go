package scripts

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// real are the commands of the test's own machine that the scripts may use; every other one is in testdata/bin.
var real = []string{
	"bash", "cat", "chmod", "cp", "cut", "dirname", "env", "find", "flock", "ln", "mkdir", "mktemp", "nohup", "rm", "sed",
	"setsid", "sha256sum", "sleep", "sort", "tail", "tar", "timeout", "touch",
}

// machine is a computer on which scripts run: a project folder, and a PATH on which nothing else is found.
type machine struct {
	t   *testing.T
	dir string
}

// newMachine has everything but Docker, and its user is root.
func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{t: t, dir: t.TempDir()}
	for _, name := range []string{"bin", "project", "project/scripts", "project/automation", "project/images", "project/images/app", "project/infra", "project/sandbox"} {
		m.check(os.Mkdir(filepath.Join(m.dir, name), 0o700))
	}
	for _, name := range real {
		path, err := exec.LookPath(name)
		m.check(err)
		m.check(os.Symlink(path, m.path("bin/"+name)))
	}
	for _, name := range []string{"setup", "base-image", "source-hash"} {
		m.copy(name, "project/scripts/"+name)
	}
	m.copy("../images/app/Dockerfile", "project/images/app/Dockerfile")
	m.install("apt-cache", "apt-get", "chroot", "git", "go", "id", "install", "pidof", "systemctl", "unshare")
	m.write("project/go.mod", "module m\n\ngo 1.26.0\n")
	m.write("project/go.sum", "")
	m.write("go-version", "1.26.1")
	m.write("git-version", "2.39.5")
	m.write("pulumi-version", "v3.1.2")
	m.write("calls", "")
	t.Cleanup(m.stopEngine)
	return m
}

func (m *machine) check(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) path(name string) string { return filepath.Join(m.dir, name) }

func (m *machine) write(name, text string) {
	m.t.Helper()
	m.check(os.WriteFile(m.path(name), []byte(text), 0o600))
}

func (m *machine) read(name string) string {
	m.t.Helper()
	b, err := os.ReadFile(m.path(name))
	m.check(err)
	return string(b)
}

func (m *machine) has(name string) bool {
	_, err := os.Stat(m.path(name))
	return err == nil
}

func (m *machine) copy(from, to string) {
	m.t.Helper()
	b, err := os.ReadFile(from)
	m.check(err)
	m.check(os.WriteFile(m.path(to), b, 0o700))
}

func (m *machine) install(names ...string) {
	m.t.Helper()
	for _, name := range names {
		m.copy("testdata/bin/"+name, "bin/"+name)
	}
}

func (m *machine) remove(names ...string) {
	m.t.Helper()
	for _, name := range names {
		m.check(os.Remove(m.path(name)))
	}
}

// set makes the files that the commands in testdata/bin look at.
func (m *machine) set(names ...string) *machine {
	m.t.Helper()
	for _, name := range names {
		m.write(name, "")
	}
	return m
}

// calls returns the command lines that began with one of the names, in order.
func (m *machine) calls(names ...string) []string {
	m.t.Helper()
	var calls []string
	for line := range strings.Lines(m.read("calls")) {
		line = strings.TrimSpace(line)
		if name, _, _ := strings.Cut(line, " "); slices.Contains(names, name) {
			calls = append(calls, line)
		}
	}
	return calls
}

// command runs a script of the project. The variables are NAME=value.
func (m *machine) command(variables []string, script string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	m.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, m.path("project/scripts/"+script), args...)
	stubs, err := filepath.Abs("testdata/bin")
	m.check(err)
	cmd.Env = append([]string{"PATH=" + m.path("bin"), "MACHINE=" + m.dir, "STUBS=" + stubs, "HOME=" + m.dir}, variables...)
	cmd.Dir = m.dir
	return cmd
}

// run returns what the script said and its exit code.
func (m *machine) run(variables []string, script string, args ...string) (said string, code int) {
	m.t.Helper()
	out, err := m.command(variables, script, args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		m.t.Fatal(err)
	}
	if exit != nil {
		code = exit.ExitCode()
	}
	return string(out), code
}

func (m *machine) stopEngine() {
	b, err := os.ReadFile(m.path("started"))
	if err != nil {
		return // none was started
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

func expect(t *testing.T, said string, code, want int, parts ...string) {
	t.Helper()
	if code != want {
		t.Errorf("exit code %d, want %d; it said:\n%s", code, want, said)
	}
	for _, part := range parts {
		if !strings.Contains(said, part) {
			t.Errorf("%q is not in:\n%s", part, said)
		}
	}
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
