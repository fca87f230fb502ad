package scripts

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

const offline = "OFFLINE STAND-IN"

func TestBaseImageThatIsThere(t *testing.T) {
	for content, origin := range map[string]string{"": "the official image", "offline-stand-in": "the offline stand-in"} {
		m := newMachine(t)
		m.install("docker")
		m.write("image", content)
		said, code := m.run(nil, "base-image")
		expect(t, said, code, 0, "is there ("+origin+"), nothing to do")
		if strings.Count(said, "\n") != 1 {
			t.Errorf("want one line, got %q", said)
		}
		for _, call := range m.calls("docker") {
			if !strings.HasPrefix(call, "docker image inspect ") {
				t.Errorf("it ran %q", call)
			}
		}
	}
}

func TestBaseImageIsPulled(t *testing.T) {
	m := newMachine(t).set("registry")
	m.install("docker", "debootstrap")
	said, code := m.run(nil, "base-image")
	expect(t, said, code, 0, "is ready (the official image)")
	const name = "public.ecr.aws/docker/library/php:8.4-apache"
	if calls := strings.Join(m.calls("docker"), "\n"); !strings.Contains(calls, "docker pull --quiet "+name+"@sha256:") || !strings.HasSuffix(calls, " "+name) && !strings.Contains(calls, " "+name+"\n") {
		t.Errorf("it ran\n%s", calls)
	}
	if strings.Contains(said, offline) || len(m.calls("debootstrap")) > 0 {
		t.Errorf("a stand-in was made: %s", said)
	}
}

func TestBaseImageIsMadeOffline(t *testing.T) {
	for _, pull := range []struct{ name, state, says string }{
		{"no registry", "unreachable-registry", "no such host"},
		{"no answer", "hanging", "no answer within 1 s"},
	} {
		t.Run(pull.name, func(t *testing.T) {
			m := newMachine(t).set(pull.state)
			m.install("docker", "debootstrap")
			said, code := m.run([]string{"SLIPWAY_PULL_SECONDS=1", "SLIPWAY_DEBIAN_MIRROR=http://mirror/debian"}, "base-image")
			expect(t, said, code, 0, pull.says, offline, "is ready (the offline stand-in)")
			if made := m.calls("debootstrap"); len(made) != 1 || !strings.Contains(made[0], " http://mirror/debian ") {
				t.Errorf("made %q", made)
			}
			args := m.read("import-args")
			for _, want := range []string{"public.ecr.aws/docker/library/php:8.4-apache", `CMD ["apache2-foreground"]`, "org.slipway.base=offline-stand-in", "org.opencontainers.image.description="} {
				if !strings.Contains(args, want) {
					t.Errorf("%q is not in %q", want, args)
				}
			}
			said, code = m.run(nil, "base-image")
			expect(t, said, code, 0, "nothing to do")
		})
	}
}

func TestOfflineBaseIsSlim(t *testing.T) {
	m := newMachine(t)
	m.install("docker", "debootstrap")
	said, code := m.run(nil, "base-image")
	expect(t, said, code, 0)
	files := unpack(t, m.path("imported.tar"))
	for name, want := range map[string]bool{
		"./usr/local/bin/apache2-foreground": true,
		"./usr/share/doc/apache2/copyright":  true,
		"./var/log/apache2/access.log":       true,
		"./usr/share/doc/apache2/README":     false,
		"./var/log/dpkg.log":                 false,
		"./var/lib/apt/lists/main":           false,
	} {
		if _, found := files[name]; found != want {
			t.Errorf("%s is there: %v, want %v", name, found, want)
		}
	}
	if got := files["./etc/apache2/envvars"]; got != ": ${APACHE_RUN_DIR:=/var/run/apache2}\nexport APACHE_RUN_DIR\n" {
		t.Errorf("envvars: %q", got)
	}
	left, err := os.ReadDir(m.path("project/.slipway"))
	m.check(err)
	for _, entry := range left {
		if entry.IsDir() {
			t.Errorf("%s is left behind", entry.Name())
		}
	}
}

func TestBaseImageCannotBeMade(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(*machine)
		want    []string
	}{
		{"not root", func(m *machine) { m.set("user").install("debootstrap") }, []string{"only root"}},
		{"no debootstrap, no apt", func(m *machine) { m.remove("bin/apt-get") }, []string{"no apt-get"}},
		{"packages missing", func(m *machine) { m.set("broken").install("debootstrap") }, []string{"Couldn't download packages", "could not make public.ecr.aws/docker/library/php:8.4-apache"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMachine(t)
			m.install("docker")
			c.prepare(m)
			said, code := m.run(nil, "base-image")
			expect(t, said, code, 1, c.want...)
			if m.has("image") || strings.Contains(said, "is ready") {
				t.Errorf("it claims an image: %s", said)
			}
		})
	}
}

func TestDebootstrapIsInstalled(t *testing.T) {
	m := newMachine(t)
	m.install("docker")
	said, code := m.run(nil, "base-image")
	expect(t, said, code, 0, "installing debootstrap")
	if calls := m.calls("apt-get"); len(calls) != 2 || !strings.Contains(calls[1], "debootstrap debian-archive-keyring") {
		t.Errorf("ran %q", calls)
	}
}

func unpack(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	files := map[string]string{}
	for r := tar.NewReader(f); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = string(content)
	}
}
