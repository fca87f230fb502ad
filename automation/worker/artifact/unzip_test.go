package artifact

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// part is an entry of an archive that a test makes.
type part struct {
	name, text string
	mode       fs.FileMode
}

func zipped(t testing.TB, parts ...part) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		header := &zip.FileHeader{Name: p.name, Method: zip.Deflate}
		header.SetMode(p.mode)
		f, err := z.CreateHeader(header)
		if err == nil {
			_, err = f.Write([]byte(p.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "archive.zip")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUnzip(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077)) // the modes go into images
	archive := zipped(t,
		part{"./", "", fs.ModeDir | 0o755},
		part{"images/app/index.php", "<?php", 0o644},
		part{"scripts/build", "#!/bin/sh\n", 0o700},
		part{"empty/", "", fs.ModeDir | 0o755},
		part{"current", "images/app", fs.ModeSymlink | 0o777},
		part{"images/up", "../scripts/build", fs.ModeSymlink | 0o777},
		part{"dangling", "nowhere", fs.ModeSymlink | 0o777},
		part{"public/storage", "/var/www/storage", fs.ModeSymlink | 0o777},
		part{"public/above", "../../../above", fs.ModeSymlink | 0o777},
		part{"circle", "circle", fs.ModeSymlink | 0o777},
		part{`public/a\x2db.txt`, "x", 0o644},
	)
	folder := filepath.Join(t.TempDir(), "source")
	if err := Unzip(t.Context(), archive, folder, Default); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"current/index.php": "<?php", "images/up": "#!/bin/sh\n"} {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
	for name, want := range map[string]string{"public/storage": "/var/www/storage", "public/above": "../../../above", "circle": "circle"} {
		if got, err := os.Readlink(filepath.Join(folder, name)); err != nil || got != want {
			t.Errorf("%s leads to %q, %v", name, got, err)
		}
	}
	for name, want := range map[string]fs.FileMode{`public/a\x2db.txt`: 0o644, "images/app/index.php": 0o644, "scripts/build": 0o755, "empty": fs.ModeDir | 0o755, "images": fs.ModeDir | 0o755, ".": fs.ModeDir | 0o755} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

func TestArchivesThatAreRefused(t *testing.T) {
	long := strings.Repeat("0", 1<<20)
	tests := []struct {
		name   string
		parts  []part
		limits Limits
		says   string
	}{
		{"climbs out", []part{{"../evil", "x", 0o644}}, Default, "leads out"},
		{"climbs out from within", []part{{"a/../../evil", "x", 0o644}}, Default, "leads out"},
		{"an absolute name", []part{{"/etc/evil", "x", 0o644}}, Default, "leads out"},
		{"a link to nothing", []part{{"l", "", fs.ModeSymlink | 0o777}}, Default, "target of 0 bytes"},
		{"a file through a link", []part{{"l", "d", fs.ModeSymlink | 0o777}, {"l/evil", "x", 0o644}}, Default, `link "l"`},
		{"a link through a link out", []part{{"l", "..", fs.ModeSymlink | 0o777}, {"l/evil", "x", fs.ModeSymlink | 0o777}}, Default, `link "l/evil"`},
		{"a device", []part{{"d", "", fs.ModeDevice | 0o644}}, Default, "neither file"},
		{"twice the same", []part{{"a", "1", 0o644}, {"a", "2", 0o644}}, Default, "twice"},
		{"too many", []part{{"a", "", 0o644}, {"b", "", 0o644}, {"c", "", 0o644}}, Limits{Bytes: 10, Entries: 2, Directory: 1 << 20}, "3 entries, more than 2"},
		{"a bomb", []part{{"a", long, 0o644}, {"b", long, 0o644}}, Limits{Bytes: 1<<20 + 1, Entries: 10, Directory: 1 << 20}, "more than 1048577 bytes"},
		{"a long table", []part{{strings.Repeat("a", 9000), "", 0o644}, {strings.Repeat("b", 9000), "", 0o644}}, Limits{Bytes: 10, Entries: 10, Directory: 4096}, "table is longer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			parent := t.TempDir()
			folder := filepath.Join(parent, "source")
			err := Unzip(t.Context(), zipped(t, tt.parts...), folder, tt.limits)
			var refused *Unsafe
			if !errors.As(err, &refused) || refused.NotZip || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("the error is %v, without %q", err, tt.says)
			}
			if left, _ := os.ReadDir(parent); len(left) > 0 {
				t.Errorf("%v is left", left)
			}
		})
	}
}

func TestNotAZip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "archive.zip")
	if err := os.WriteFile(path, []byte("\x1f\x8b\x08 a tar, compressed"), 0o600); err != nil {
		t.Fatal(err)
	}
	var refused *Unsafe
	if err := Unzip(t.Context(), path, filepath.Join(t.TempDir(), "source"), Default); !errors.As(err, &refused) || !refused.NotZip {
		t.Errorf("the error is %v", err)
	}
}

func TestUnzipStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	folder := filepath.Join(t.TempDir(), "source")
	if err := Unzip(ctx, zipped(t, part{"a", "x", 0o644}), folder, Default); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is left: %v", err)
	}
}
