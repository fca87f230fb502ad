package demo

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A demo pushes the project as it stands, without what belongs to git and to Slipway, to a repository that is empty
// the first time and is not the second time.
func TestRepository(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	bare, project := filepath.Join(dir, "bare.git"), filepath.Join(dir, "project")
	if out, err := exec.Command("git", "init", "--quiet", "--bare", "--initial-branch=main", bare).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, text := range map[string]string{
		".git/HEAD": "", ".slipway/state": "", "bin/slipway": "", ".gitignore": "/bin/\n", "Pulumi.yaml": "name: slipway\n",
		colourFile: "<?php return 'steelblue';\n", "scripts/bin/tool": "#!/bin/sh\n",
	} {
		path := filepath.Join(project, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for round := range 2 {
		repo, err := clone(ctx, bare, "main", filepath.Join(dir, "clone"), "none")
		if err != nil {
			t.Fatal(err)
		}
		if err := repo.fill(ctx, project); err != nil {
			t.Fatal(err)
		}
		if err := repo.paint(ctx, "pink"); err != nil {
			t.Fatal(err)
		}
		if err := repo.push(ctx); err != nil {
			t.Fatal(err)
		}
		if head, err := repo.head(ctx); err != nil || head != read(t, bare, "rev-parse", "main") {
			t.Errorf("round %d: head %q, %v", round, head, err)
		}
		if subject := read(t, bare, "log", "-1", "--format=%s", "main"); subject != "change color to pink" {
			t.Errorf("round %d: subject %q", round, subject)
		}
		files := strings.Fields(read(t, bare, "ls-tree", "-r", "--name-only", "main"))
		if want := []string{".gitignore", "Pulumi.yaml", colourFile, "scripts/bin/tool"}; !slices.Equal(files, want) {
			t.Errorf("round %d: pushed %v, want %v", round, files, want)
		}
	}
}

func TestRepositoryThatIsNotThere(t *testing.T) {
	_, err := clone(t.Context(), filepath.Join(t.TempDir(), "none"), "main", filepath.Join(t.TempDir(), "clone"), "none")
	if err == nil || !strings.Contains(err.Error(), "git clone") {
		t.Errorf("error %v", err)
	}
}

func read(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
