package project

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada",
		"GIT_COMMITTER_EMAIL=ada@example.com", "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// repository makes a repository whose project stands in a folder of its own, as a checkout in a larger one does.
func repository(t *testing.T) *Project {
	t.Helper()
	top := t.TempDir()
	write(t, top, map[string]string{
		"deploy/Pulumi.yaml":               "name: slipway\nruntime: go\n",
		"deploy/images/app/Dockerfile":     "FROM scratch\n",
		"deploy/images/app/bin/start":      "#!/bin/sh\n",
		"deploy/images/app/page (1).php":   "blue\n",
		"deploy/.gitignore":                "/.slipway/\n*.log\n",
		"elsewhere/images/app/not-this-it": "",
	})
	if err := os.Chmod(filepath.Join(top, "deploy/images/app/bin/start"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("page (1).php", filepath.Join(top, "deploy/images/app/index.php")); err != nil {
		t.Fatal(err)
	}
	git(t, top, "init", "-q", "-b", "main")
	git(t, top, "add", ".")
	git(t, top, "commit", "-q", "-m", "first: blue\n\nbody")
	git(t, top, "tag", "v1")
	p, err := At(filepath.Join(top, "deploy"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCommit(t *testing.T) {
	s := source(t, repository(t), "images/app")
	for _, revision := range []string{"HEAD", "main", "v1"} {
		c, err := s.Commit(t.Context(), revision)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Hash) != 40 || c.Author != "Ada <ada@example.com>" || c.Subject != "first: blue" || c.Time.Unix() != 1767323045 {
			t.Errorf("%s: %+v", revision, c)
		}
	}
	for _, revision := range []string{"", "-x", "--all", "$(id)", "a b", "main..v1", "x;y", "HEAD:file"} {
		var bad *BadRevision
		if _, err := s.Commit(t.Context(), revision); !errors.As(err, &bad) {
			t.Errorf("%q: %v", revision, err)
		}
	}
	if _, err := s.Commit(t.Context(), "nothing"); err == nil || !strings.Contains(err.Error(), "reading commit nothing: git: ") {
		t.Errorf("unknown revision: %v", err)
	}
	if _, err := (&Source{there: t.TempDir()}).Commit(t.Context(), "HEAD"); err == nil || !strings.Contains(err.Error(), "not a git repository") {
		t.Errorf("no repository: %v", err)
	}
}

func TestDirty(t *testing.T) {
	p := repository(t)
	s := source(t, p, "images/app")
	if files, err := s.Dirty(t.Context()); err != nil || len(files) != 0 {
		t.Fatalf("clean: %v, %v", files, err)
	}
	write(t, p.Root, map[string]string{
		"images/app/page (1).php": "red\n", "images/app/new file": "", "images/app/x.log": "", "elsewhere": "",
	})
	want := []string{"deploy/images/app/page (1).php", "deploy/images/app/new file"}
	if files, err := s.Dirty(t.Context()); err != nil || !reflect.DeepEqual(files, want) {
		t.Errorf("dirty: %v, %v", files, err)
	}
}

func TestExportTakesWhatIsCommitted(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077)) // the modes go into images
	p := repository(t)
	write(t, p.Root, map[string]string{"images/app/page (1).php": "red\n", "images/app/new": ""})
	for _, folder := range []string{"images/app", filepath.Join(p.Root, "images", "app")} { // the second one finds the first
		s := source(t, p, folder)
		head, err := s.Commit(t.Context(), "HEAD")
		if err != nil {
			t.Fatal(err)
		}
		dir, err := s.Export(t.Context(), head)
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join(p.Root, ".slipway/build", head.Hash, "app-"); !strings.HasPrefix(dir.Folder, want) {
			t.Fatalf("exported to %s, not %s…", dir.Folder, want)
		}
		if got := listing(t, dir.Folder); got != "-rw-r--r-- Dockerfile\n-rwxr-xr-x bin/start\nL--------- index.php\n-rw-r--r-- page (1).php\n" {
			t.Errorf("holds\n%s", got)
		}
		if text, _ := os.ReadFile(filepath.Join(dir.Folder, "index.php")); string(text) != "blue\n" {
			t.Errorf("index.php is %q", text)
		}
	}
}

// The app may be a repository of its own, and a commit may know nothing of a folder.
func TestExportOfOtherFolders(t *testing.T) {
	p := repository(t)
	top := source(t, p, filepath.Dir(p.Root))
	head, err := top.Commit(t.Context(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if dir, err := top.Export(t.Context(), head); err != nil || !strings.Contains(listing(t, dir.Folder), "deploy/Pulumi.yaml") {
		t.Errorf("the repository itself: %v, %v", dir, err)
	}
	write(t, p.Root, map[string]string{"images/new/Dockerfile": ""})
	if dir, err := source(t, p, "images/new").Export(t.Context(), head); err == nil {
		t.Errorf("a folder that is not committed was exported to %v", dir)
	}
	for _, folder := range []string{"images/none", "Pulumi.yaml"} {
		if s, err := p.Source(folder); err == nil {
			t.Errorf("%s is a source: %v", folder, s)
		}
	}
}

func source(t *testing.T, p *Project, folder string) *Source {
	t.Helper()
	s, err := p.Source(folder)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	var lines strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		mode := info.Mode()
		if mode&fs.ModeSymlink != 0 {
			mode = fs.ModeSymlink
		}
		name, _ := filepath.Rel(dir, path)
		lines.WriteString(mode.String() + " " + filepath.ToSlash(name) + "\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines.String()
}

// Git refuses a repository that somebody else owns, and says how it can be trusted.
func TestARepositoryOfSomebodyElse(t *testing.T) {
	p := repository(t)
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1") // git's own switch for its tests
	t.Setenv("HOME", t.TempDir())
	_, err := source(t, p, "images/app").Commit(t.Context(), "HEAD")
	if err == nil || !strings.Contains(err.Error(), "dubious ownership") || !strings.Contains(err.Error(), "to trust it: git config --global --add safe.directory "+filepath.Dir(p.Root)) {
		t.Errorf("the error is %v", err)
	}
	t.Setenv("GIT_CONFIG_COUNT", "1")
	t.Setenv("GIT_CONFIG_KEY_0", "safe.directory")
	t.Setenv("GIT_CONFIG_VALUE_0", "*")
	if _, err := source(t, p, "images/app").Commit(t.Context(), "HEAD"); err != nil {
		t.Errorf("a directory that is safe by the environment: %v", err)
	}
}
