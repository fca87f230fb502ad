package project

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// all is a repository with everything that has ever been built otherwise than it was committed.
func all(t *testing.T, init ...string) *Project {
	t.Helper()
	top := t.TempDir()
	write(t, top, map[string]string{
		"Pulumi.yaml":                     "name: slipway\nruntime: go\n",
		".gitattributes":                  "* text=auto\n*.sh text eol=crlf\n*.png filter=lfs diff=lfs merge=lfs -text\n",
		"app/Dockerfile":                  "FROM scratch\n",
		"app/.gitattributes":              "Dockerfile export-ignore\n.dockerignore export-ignore\nversion.txt export-subst\n*.up filter=up\n",
		"app/.dockerignore":               ".env\n",
		"app/.env":                        "SECRET=1\n",
		"app/start.sh":                    "#!/bin/sh\necho up\n",
		"app/dos.txt":                     "a\r\nb\r\n",
		"app/version.txt":                 "$Format:%H$\n",
		"app/case/Name":                   "1",
		"app/case/name":                   "2",
		"app/a-b":                         "",
		"app/a/b":                         "",
		"app/a.b":                         "",
		"app/café.up":                     "up",
		"app/two\nlines":                  "x",
		`app/a\x2db.txt`:                  "x",
		"app/" + strings.Repeat("l", 255): "x",
		"app/" + strings.Repeat("deep/", 60) + "file": "x",
	})
	for name, target := range map[string]string{"app/storage": "/var/www/storage", "app/up": "../../up", "app/dir": "a", "app/gone": "nowhere"} {
		if err := os.Symlink(target, filepath.Join(top, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(top, "app/start.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, top, append([]string{"init", "-q", "-b", "main"}, init...)...)
	git(t, top, "config", "core.autocrlf", "false")
	write(t, top, map[string]string{".git/info/attributes": "* -text -filter\n"}) // commit the bytes as they are
	git(t, top, "add", ".")
	git(t, top, "commit", "-q", "-m", "all of it")
	if err := os.Remove(filepath.Join(top, ".git/info/attributes")); err != nil {
		t.Fatal(err)
	}
	return projectAt(t, top)
}

func projectAt(t *testing.T, root string) *Project {
	t.Helper()
	p, err := At(root)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func export(t *testing.T, p *Project, folder string) (Commit, Context) {
	t.Helper()
	s := source(t, p, folder)
	head, err := s.Commit(t.Context(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Export(t.Context(), head)
	if err != nil {
		t.Fatal(err)
	}
	return head, c
}

func output(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
	if err != nil {
		t.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// whole is every file, folder and link with mode, time and content.
func whole(t *testing.T, dir string) string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		content := ""
		switch {
		case entry.Type()&fs.ModeSymlink != 0:
			content, err = os.Readlink(path)
		case !entry.IsDir():
			var text []byte
			text, err = os.ReadFile(path)
			content = string(text)
		}
		name, _ := filepath.Rel(dir, path)
		lines = append(lines, fmt.Sprintf("%s %s %q %q", info.Mode(), info.ModTime().UTC(), name, content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// Whoever deploys, from whichever checkout, with whichever settings: the files are the same, and their id is git's.
func TestACommitIsTheSameFilesForEverybody(t *testing.T) {
	p := all(t)
	_, first := export(t, p, "app")
	if want := output(t, p.Root, "rev-parse", "HEAD:app"); first.Tree != want {
		t.Fatalf("the tree is %s, git's is %s", first.Tree, want)
	}
	want := whole(t, first.Folder)
	for _, says := range []string{`"#!/bin/sh\necho up\n"`, `"a\r\nb\r\n"`, `$Format:%H$`, `".dockerignore"`, `"/var/www/storage"`, `"two\nlines"`, "-rwxr-xr-x", "2026-01-02 03:04:05"} {
		if !strings.Contains(want, says) {
			t.Errorf("the files lack %s:\n%s", says, want)
		}
	}
	if n := strings.Count(want, "2026-01-02 03:04:05"); n != strings.Count(want, "\n")+1 {
		t.Errorf("%d times are the commit's:\n%s", n, want)
	}
	smudge := "[core]\n\tautocrlf = true\n\teol = crlf\n[filter \"up\"]\n\tsmudge = tr a-z A-Z\n\tclean = cat\n\trequired = true\n" +
		"[filter \"lfs\"]\n\tsmudge = false\n\tclean = false\n\trequired = true\n"
	for name, given := range map[string]func(t *testing.T) *Project{
		"umask 077": func(t *testing.T) *Project {
			t.Cleanup(func(old int) func() { return func() { syscall.Umask(old) } }(syscall.Umask(0o077)))
			return p
		},
		"autocrlf and filters": func(t *testing.T) *Project {
			t.Setenv("HOME", t.TempDir())
			write(t, os.Getenv("HOME"), map[string]string{".gitconfig": smudge})
			return p
		},
		"attributes of this checkout": func(t *testing.T) *Project {
			write(t, p.Root, map[string]string{".git/info/attributes": "* export-ignore ident text eol=crlf\n"})
			return p
		},
		"variables of a hook": func(t *testing.T) *Project {
			other := repository(t)
			for name, value := range map[string]string{"GIT_DIR": filepath.Join(filepath.Dir(other.Root), ".git"), "GIT_INDEX_FILE": "/nowhere", "GIT_WORK_TREE": other.Root, "GIT_PREFIX": "app/"} {
				t.Setenv(name, value)
			}
			return p
		},
		"a replaced object": func(t *testing.T) *Project {
			blob := output(t, p.Root, "rev-parse", "HEAD:app/start.sh")
			git(t, p.Root, "replace", blob, output(t, p.Root, "rev-parse", "HEAD:app/dos.txt"))
			t.Cleanup(func() { git(t, p.Root, "replace", "-d", blob) })
			return p
		},
		"a worktree": func(t *testing.T) *Project {
			at := filepath.Join(t.TempDir(), "tree")
			git(t, p.Root, "worktree", "add", "-q", "--detach", at)
			return projectAt(t, at)
		},
		"a sparse checkout without the app": func(t *testing.T) *Project {
			at := filepath.Join(t.TempDir(), "clone")
			git(t, p.Root, "clone", "-q", "--no-checkout", "file://"+p.Root, at)
			git(t, at, "sparse-checkout", "set", "--no-cone", "/Pulumi.yaml")
			git(t, at, "checkout", "-q")
			if exists(filepath.Join(at, "app")) {
				t.Fatal("the app is there")
			}
			return projectAt(t, at)
		},
		"a partial clone": func(t *testing.T) *Project {
			git(t, p.Root, "config", "uploadpack.allowFilter", "true")
			at := filepath.Join(t.TempDir(), "clone")
			git(t, p.Root, "clone", "-q", "--filter=blob:none", "--depth=1", "file://"+p.Root, at)
			return projectAt(t, at)
		},
	} {
		t.Run(name, func(t *testing.T) {
			at := given(t)
			if err := os.RemoveAll(at.Dir("build")); err != nil {
				t.Fatal(err)
			}
			_, got := export(t, at, "app")
			if text := whole(t, got.Folder); got.Tree != first.Tree || text != want {
				t.Errorf("tree %s, want %s:\n%s", got.Tree, first.Tree, text)
			}
		})
	}
}

func TestARepositoryOfSHA256(t *testing.T) {
	p := all(t, "--object-format=sha256")
	commit, c := export(t, p, "app")
	if want := output(t, p.Root, "rev-parse", "HEAD:app"); len(commit.Hash) != 64 || c.Tree != want {
		t.Errorf("tree %s of %s, git's is %s", c.Tree, commit.Hash, want)
	}
}

// What a pipeline hands on is a zip of the commit: modes and links are there, times and git are not.
func TestAnUnpackedArchiveIsTheSameFiles(t *testing.T) {
	for _, folder := range []string{"app", "."} {
		p := all(t)
		commit, want := export(t, p, folder)
		at := filepath.Join(t.TempDir(), "source")
		unzip(t, output(t, p.Root, "-c", "core.attributesFile=/dev/null", "rev-parse", "HEAD"), p.Root, at)
		unpacked := projectAt(t, at)
		write(t, at, map[string]string{".slipway/other": "made by the deployer"})
		for range 2 { // the second one replaces the first
			got, err := source(t, unpacked, folder).Unpacked(commit)
			if err != nil {
				t.Fatal(err)
			}
			if has, should := whole(t, got.Folder), whole(t, want.Folder); got.Tree != want.Tree || has != should || got.Name != want.Name {
				t.Errorf("%s: %+v, want %+v:\n%s\nwant\n%s", folder, got, want, has, should)
			}
		}
	}
	p := all(t)
	if err := os.Symlink("/etc", filepath.Join(p.Root, "out")); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"out", "/etc"} {
		if c, err := source(t, p, folder).Unpacked(Commit{Hash: strings.Repeat("0", 40)}); err == nil {
			t.Errorf("%s was taken as %+v", folder, c)
		}
	}
}

// A project in a folder of the archive takes files beside it too, and they are named as in the repository.
func TestAProjectInAFolderOfAnUnpackedArchive(t *testing.T) {
	top := t.TempDir()
	write(t, top, map[string]string{"services/api/Pulumi.yaml": projectHead, "services/api/main.go": "package main\n", "services/Dockerfile": "FROM scratch\n"})
	git(t, top, "init", "-q", "-b", "main")
	git(t, top, "add", ".")
	git(t, top, "commit", "-q", "-m", "two levels")
	at := filepath.Join(t.TempDir(), "source")
	unzip(t, "HEAD", top, at)
	here, there := projectAt(t, filepath.Join(top, "services/api")), projectAt(t, filepath.Join(at, "services/api"))
	write(t, there.Root, map[string]string{".slipway/other": "made by the deployer"})
	for folder, name := range map[string]string{".": "services/api", "..": "services"} {
		commit, want := export(t, here, folder)
		got, err := source(t, there, folder).In(at).Unpacked(commit)
		if err != nil || got.Tree != want.Tree || got.Name != name || want.Name != name {
			t.Errorf("%s: %+v, %v, want %+v", folder, got, err, want)
		}
	}
	commit, _ := export(t, here, ".")
	if got, err := source(t, there, ".").In(t.TempDir()).Unpacked(commit); err != nil || got.Name != "." {
		t.Errorf("from elsewhere: %+v, %v", got, err)
	}
	if got, err := source(t, there, "..").Unpacked(commit); err == nil {
		t.Errorf("out of the archive: %+v", got)
	}
}

// unzip unpacks a zip as the sandbox's CodeCommit makes it.
func unzip(t *testing.T, commit, repository, to string) {
	t.Helper()
	write(t, repository, map[string]string{".git/info/attributes": "* -export-ignore -export-subst -text -eol -filter\n"})
	out, err := exec.Command("git", "-C", repository, "archive", "--format=zip", commit).Output()
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		name := filepath.Join(to, f.Name)
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		_, _ = text.ReadFrom(in)
		switch {
		case f.Mode().IsDir():
			err = os.MkdirAll(name, 0o755)
		case f.Mode()&fs.ModeSymlink != 0:
			err = os.Symlink(text.String(), name)
		default:
			if err = os.MkdirAll(filepath.Dir(name), 0o755); err == nil {
				err = os.WriteFile(name, text.Bytes(), f.Mode().Perm())
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatABuildCannotUse(t *testing.T) {
	p := all(t)
	pointer := "version https://git-lfs.github.com/spec/v1\noid sha256:" + strings.Repeat("0", 64) + "\nsize 12345\n"
	library := repository(t)
	write(t, p.Root, map[string]string{"app/logo.png": pointer, "app/notes.md": "# " + pointer, "app/caf\xe9.txt": "x"})
	write(t, p.Root, map[string]string{".git/info/attributes": "* -text -filter\n"})
	git(t, p.Root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", filepath.Dir(library.Root), "app/vendor/lib")
	git(t, p.Root, "add", ".")
	git(t, p.Root, "commit", "-q", "-m", "trouble")
	commit, c := export(t, p, "app")
	check := func(way string, c Context) {
		t.Helper()
		if !slices.Equal(c.Submodules, []string{"vendor/lib"}) || !slices.Equal(c.Pointers, []string{"logo.png"}) || !slices.Equal(c.Misnamed, []string{"caf\xe9.txt"}) {
			t.Errorf("%s: %+v", way, c)
		}
	}
	check("direct", c)
	at := filepath.Join(t.TempDir(), "source")
	unzip(t, commit.Hash, p.Root, at)
	unpacked, err := source(t, projectAt(t, at), "app").Unpacked(commit)
	if err != nil {
		t.Fatal(err)
	}
	check("unpacked", unpacked)
	if unpacked.Tree != c.Tree {
		t.Errorf("trees %s and %s", unpacked.Tree, c.Tree)
	}
	if _, inside := export(t, p, "app/vendor/lib"); !strings.Contains(whole(t, inside.Folder), "Pulumi.yaml") {
		t.Errorf("an app that is a submodule itself: %+v", inside)
	}
}

func TestCommitsOfOddForm(t *testing.T) {
	p := all(t)
	long := strings.Repeat("* a line of a squash\n", 8000)
	for _, c := range []struct {
		name            string
		args            []string
		author, subject string
	}{
		{"a colon in the name", []string{"commit", "-q", "--allow-empty", "--author", "Build: Bot <b@example>", "-m", "x [promoted from prod]"}, "Build: Bot <b@example>", "x [promoted from prod]"},
		{"no message", []string{"commit", "-q", "--allow-empty", "--allow-empty-message", "-m", ""}, "Ada <ada@example.com>", ""},
		{"Latin-1, said", []string{"-c", "i18n.commitEncoding=latin1", "commit", "-q", "--allow-empty", "-m", "Caf\xe9"}, "Ada <ada@example.com>", "Café"},
		{"Latin-1, not said", []string{"commit", "-q", "--allow-empty", "-m", "Caf\xe9"}, "Ada <ada@example.com>", "Café"},
		{"odd characters", []string{"commit", "-q", "--allow-empty", "-m", `100% \n ` + "\U0001F680 \u202Eabc"}, "Ada <ada@example.com>", `100% \n ` + "\U0001F680 \u202Eabc"},
	} {
		git(t, p.Root, c.args...)
		got, err := source(t, p, "app").Commit(t.Context(), "HEAD")
		if err != nil || got.Author != c.author || got.Subject != c.subject {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	message := filepath.Join(t.TempDir(), "message")
	if err := os.WriteFile(message, []byte(long), 0o600); err != nil {
		t.Fatal(err)
	}
	git(t, p.Root, "commit", "-q", "--allow-empty", "-F", message)
	if got, err := source(t, p, "app").Commit(t.Context(), "HEAD"); err != nil || len(got.Subject) < 160_000 {
		t.Errorf("%d bytes of subject, %v", len(got.Subject), err)
	}
}
