package demo

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// fill writes files; a text that begins with an arrow is a link.
func fill(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if to, link := cut(text, "→"); err == nil && link {
			err = os.Symlink(to, path)
		} else if err == nil {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func cut(text, prefix string) (string, bool) {
	if len(text) > len(prefix) && text[:len(prefix)] == prefix {
		return text[len(prefix):], true
	}
	return text, false
}

func listing(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if name, _ := filepath.Rel(dir, path); err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func TestCopy(t *testing.T) {
	files := map[string]string{
		"Dockerfile": "FROM scratch\n", ".gitignore": "/secret\nnode_modules\n", "secret": "s", "node_modules/a": "", "bin/tool": "#!/bin/sh\n",
		"gone": "", "link": "→bin/tool", ".slipway/state": "", "café/naïve name": "x",
	}
	plain, repository := t.TempDir(), t.TempDir()
	fill(t, plain, files)
	fill(t, repository, files)
	git := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("git", append([]string{"-C", repository}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	git("init", "--quiet")
	git("add", "--all", "--", ".", ":!.slipway")
	if err := os.Chmod(filepath.Join(repository, "bin/tool"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(repository, "gone")); err != nil {
		t.Fatal(err)
	}
	fill(t, repository, map[string]string{"new": "", "ignored/.gitignore": "*\n", "ignored/app/Dockerfile": "FROM scratch\n"})
	for name, c := range map[string]struct {
		from string
		want []string
	}{
		"a repository":            {repository, []string{".gitignore", "Dockerfile", "bin/tool", "café/naïve name", "link", "new"}},
		"a folder":                {plain, []string{".gitignore", "Dockerfile", "bin/tool", "café/naïve name", "gone", "link", "node_modules/a", "secret"}},
		"a folder that git skips": {filepath.Join(repository, "ignored/app"), []string{"Dockerfile"}},
	} {
		to := t.TempDir()
		if err := Copy(t.Context(), c.from, to); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := listing(t, to); !slices.Equal(got, c.want) {
			t.Errorf("%s: copied %q, want %q", name, got, c.want)
		}
		if name != "a repository" {
			continue
		}
		if to, err := os.Readlink(filepath.Join(to, "link")); err != nil || to != "bin/tool" {
			t.Errorf("the link leads to %s, %v", to, err)
		}
		if info, err := os.Stat(filepath.Join(to, "bin/tool")); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("the tool: %v, %v", info.Mode(), err)
		}
	}
}
