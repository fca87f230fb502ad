package jenkins

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// host is a computer on which the scripts of the host run. What they would change is in its folder, and the commands
// that need a real one are in testdata/host.
type host struct {
	t   *testing.T
	dir string
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{t: t, dir: t.TempDir()}
	for _, name := range []string{"bin", "scripts", "etc", "home", "run", "devices", "units", "web", "local", "dnf", "gpg", "repos", "bucket", "tmp"} {
		h.check(os.Mkdir(h.path(name), 0o755))
	}
	fakes := map[string]string{
		"aws": "aws", "blkid": "blkid", "curl": "curl", "gpg": "gpg", "install": "install", "mountpoint": "mountpoint", "runuser": "runuser",
	}
	for _, name := range []string{"chown", "dnf", "docker", "fallocate", "mkfs.xfs", "mkswap", "mount", "swapon", "systemctl", "xfs_growfs"} {
		fakes[name] = "record"
	}
	for name, from := range fakes {
		text, err := os.ReadFile("testdata/host/" + from)
		h.check(err)
		h.check(os.WriteFile(h.path("bin/"+name), text, 0o755))
	}
	for name, f := range written(t, valid()) {
		if inside, ok := strings.CutPrefix(name, "/usr/local/libexec/slipway/"); ok {
			h.check(os.WriteFile(h.path("scripts/"+inside), []byte(f.Content), 0o755))
		}
		if inside, ok := strings.CutPrefix(name, "/etc/slipway/"); ok {
			h.check(os.MkdirAll(filepath.Dir(h.path("etc/"+inside)), 0o755))
			h.check(os.WriteFile(h.path("etc/"+inside), []byte(f.Content), 0o644))
		}
	}
	h.write("calls", "")
	return h
}

func (h *host) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *host) path(name string) string { return filepath.Join(h.dir, name) }

func (h *host) write(name, text string) {
	h.t.Helper()
	h.check(os.WriteFile(h.path(name), []byte(text), 0o644))
}

// read returns the file's text, "" for none.
func (h *host) read(name string) string {
	h.t.Helper()
	text, err := os.ReadFile(h.path(name))
	if !errors.Is(err, fs.ErrNotExist) {
		h.check(err)
	}
	return string(text)
}

// calls are the command lines of the fakes that began with one of the names, without the host's folder.
func (h *host) calls(names ...string) []string {
	var calls []string
	for line := range strings.Lines(strings.ReplaceAll(h.read("calls"), h.dir+"/", "")) {
		if name, _, _ := strings.Cut(line, " "); slices.Contains(names, name) {
			calls = append(calls, strings.TrimSuffix(line, "\n"))
		}
	}
	return calls
}

// run runs a script with the variables of host.env, as its unit does.
func (h *host) run(script string, variables ...string) (said string, code int) {
	h.t.Helper()
	words := strings.Fields(script)
	cmd := exec.CommandContext(h.t.Context(), h.path("scripts/"+words[0]), words[1:]...)
	cmd.Dir = h.dir
	cmd.Env = []string{
		"PATH=" + h.path("bin") + ":" + os.Getenv("PATH"), "HOST=" + h.dir, "SLIPWAY_PAUSE=0", "SLIPWAY_HOST=" + h.path("etc/host.env"),
		"SLIPWAY_ETC=" + h.path("etc"), "SLIPWAY_HOME=" + h.path("home"), "SLIPWAY_RUN=" + h.path("run"), "SLIPWAY_DEVICES=" + h.path("devices"),
		"SLIPWAY_FSTAB=" + h.path("fstab"), "SLIPWAY_UNITS=" + h.path("units"), "SLIPWAY_BIN=" + h.path("local"), "SLIPWAY_VOLUME_SECONDS=0",
		"SLIPWAY_READY_SECONDS=0", "SLIPWAY_LOG=" + h.path("log"), "SLIPWAY_LOGS=" + h.path("logs"), "SLIPWAY_DNF=" + h.path("dnf"), "SLIPWAY_GPG=" + h.path("gpg"), "SLIPWAY_REPOS=" + h.path("repos"),
		"TMPDIR=" + h.path("tmp"),
	}
	for line := range strings.Lines(h.read("etc/host.env")) {
		if !strings.HasPrefix(line, "#") {
			cmd.Env = append(cmd.Env, strings.TrimSpace(line))
		}
	}
	cmd.Env = append(cmd.Env, variables...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		h.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// expect runs a script that must end with the code, and say the parts.
func (h *host) expect(script string, want int, parts ...string) {
	h.t.Helper()
	said, code := h.run(script)
	if code != want {
		h.t.Errorf("%s ended with %d, want %d:\n%s", script, code, want, said)
	}
	for _, part := range parts {
		if !strings.Contains(said, part) {
			h.t.Errorf("%q is not in:\n%s", part, said)
		}
	}
}

func (h *host) mode(name string, want fs.FileMode) {
	h.t.Helper()
	info, err := os.Stat(h.path(name))
	h.check(err)
	if info.Mode().Perm() != want {
		h.t.Errorf("%s has the mode %o, want %o", name, info.Mode().Perm(), want)
	}
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
