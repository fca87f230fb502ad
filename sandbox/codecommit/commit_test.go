package codecommit_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/sandbox/codecommit"
)

func TestTheHeadOfABranch(t *testing.T) {
	r := newRig(t)
	r.repository("app")
	ctx := context.Background()
	if _, err := r.Head(ctx, "app", "main"); code(err) != "BranchDoesNotExistException" || !strings.Contains(err.Error(), "nothing was pushed") {
		t.Errorf("the head of an empty repository: %v", err)
	}
	c := r.clone("app")
	id := c.commit("a", "1")
	c.git("push", "--quiet", "origin", "HEAD:main", "HEAD:a/b")
	got, err := r.Head(ctx, "app", "main")
	want := codecommit.Commit{
		ID: id, Message: "change a\n", Author: "Ann", Email: "ann@example.org", AuthorDate: time.Unix(1700000000, 0).UTC(),
		CommitterDate: time.Unix(1700000060, 0).UTC(),
	}
	if err != nil || got.ID != want.ID || got.Message != want.Message || got.Author != want.Author || got.Email != want.Email ||
		!got.AuthorDate.Equal(want.AuthorDate) || !got.CommitterDate.Equal(want.CommitterDate) {
		t.Errorf("it is %+v, not %+v: %v", got, want, err)
	}
	for _, branch := range []string{"a", "a/", "main^", "main~0", "HEAD", "--all", "refs/heads/main", "*", id} {
		if _, err := r.Head(ctx, "app", branch); code(err) != "BranchDoesNotExistException" || strings.Contains(err.Error(), "nothing was pushed") {
			t.Errorf("the head of %q: %v", branch, err)
		}
	}
	if _, err := r.Head(ctx, "app", "a/b"); err != nil {
		t.Error(err)
	}
	if _, err := r.Head(ctx, "other", "main"); code(err) != "RepositoryDoesNotExistException" {
		t.Errorf("the head of no repository: %v", err)
	}
}

func TestAnArchiveHoldsEveryFileAsItIs(t *testing.T) {
	r := newRig(t)
	r.repository("app")
	c := r.clone("app")
	c.commit(".gitattributes", "hidden export-ignore\nstamped export-subst\n")
	c.commit("hidden", "still there")
	c.commit("stamped", "$Format:%H$")
	if err := os.WriteFile(filepath.Join(c.folder, "run.sh"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("hidden", filepath.Join(c.folder, "link")); err != nil {
		t.Fatal(err)
	}
	id := c.commit("deep/er/file", "x")
	c.git("push", "--quiet", "origin", "HEAD:main")
	var out bytes.Buffer
	if err := r.Archive(context.Background(), "app", id, &out); err != nil {
		t.Fatal(err)
	}
	files, modes := unpack(t, out.Bytes())
	if files["hidden"] != "still there" || files["stamped"] != "$Format:%H$" || files["deep/er/file"] != "x" || files["link"] != "hidden" {
		t.Errorf("the files are %v", files)
	}
	if modes["run.sh"]&0o100 == 0 || modes["hidden"]&0o100 != 0 || modes["link"]&os.ModeSymlink == 0 {
		t.Errorf("the modes are %v", modes)
	}
	for name := range files {
		if strings.Contains(name, ".git/") {
			t.Errorf("%s is git's own", name)
		}
	}
	tree := c.git("rev-parse", "HEAD^{tree}")
	for commit, want := range map[string]string{
		strings.Repeat("0", 40): "CommitIdDoesNotExistException", tree: "CommitIdDoesNotExistException", "main": "InvalidCommitIdException",
		id[:10]: "InvalidCommitIdException", "": "CommitIdRequiredException", "--output=/tmp/x": "InvalidCommitIdException",
	} {
		if err := r.Archive(context.Background(), "app", commit, io.Discard); code(err) != want {
			t.Errorf("an archive of %q: %v", commit, err)
		}
	}
}

func unpack(t *testing.T, b []byte) (map[string]string, map[string]os.FileMode) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files, modes := map[string]string{}, map[string]os.FileMode{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		in.Close()
		files[f.Name], modes[f.Name] = string(content), f.Mode()
	}
	return files, modes
}

func TestTheFirstBranchBecomesTheDefault(t *testing.T) {
	r := newRig(t)
	r.repository("app")
	c := r.clone("app")
	if head := c.git("symbolic-ref", "HEAD"); head != "refs/heads/main" {
		t.Errorf("an empty repository checks out %s", head)
	}
	c.commit("a", "1")
	c.git("push", "--quiet", "origin", "HEAD:trunk")
	d := r.clone("app")
	if branches := strings.Fields(d.git("branch", "--format=%(refname)")); !slices.Equal(branches, []string{"refs/heads/trunk"}) {
		t.Errorf("a clone checks out %v", branches)
	}
}
