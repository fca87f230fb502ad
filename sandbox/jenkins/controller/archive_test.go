package controller

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestAnt(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		fold, want    bool
	}{
		{"result-*.json", "result-1.json", false, true}, {"result-*.json", "a/result-1.json", false, false},
		{"**/*.json", "a/b/c.json", false, true}, {"**/*.json", "c.json", false, true}, {"out/", "out/a/b", false, true},
		{"out/**", "out/a", false, true}, {"?.txt", "a.txt", false, true}, {"?.txt", "/.txt", false, false},
		{"A.TXT", "a.txt", true, true}, {"A.TXT", "a.txt", false, false}, {"a+b", "aab", false, false}, {"a/*/c", "a/b/c", false, true},
	} {
		if got := ant(c.pattern, c.fold).MatchString(c.path); got != c.want {
			t.Errorf("%s takes %s: %v", c.pattern, c.path, got)
		}
	}
}

func TestArchive(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	for _, name := range []string{"a/one.json", "two.json", "two.txt"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(from, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(from, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(from, "three.json")); err != nil {
		t.Fatal(err)
	}
	found, err := Archiver{Artifacts: []string{"**/*.json"}, Excludes: []string{"two*"}}.archive(from, to)
	if err != nil || !slices.Equal(found, []string{"a/one.json"}) {
		t.Errorf("archived %v, %v", found, err)
	}
	if b, err := os.ReadFile(filepath.Join(to, "a/one.json")); string(b) != "a/one.json" || err != nil {
		t.Errorf("the copy holds %q, %v", b, err)
	}
}
