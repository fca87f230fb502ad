package cloudinit_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"slipway/sandbox/jenkins/cloudinit"
)

func zip(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text)) // never fails in memory
	_ = w.Close()
	return b.Bytes()
}

func encoded(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func TestParse(t *testing.T) {
	text := "#cloud-config\nwrite_files:\n" +
		"  - {path: /a/plain, content: one, permissions: 0400}\n" +
		"  - {path: /a/../b/coded, encoding: b64, content: " + encoded([]byte("two")) + ", permissions: '0755'}\n" +
		"  - {path: /b/zipped, encoding: gz+b64, content: " + encoded(zip("three")) + "}\n"
	message := "Content-Type: multipart/mixed; boundary=\"==x\"\nMIME-Version: 1.0\n\n--==x\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--==x\n" +
		"Content-Type: text/cloud-config\n\n" + text + "\n--==x--\n"
	for name, userData := range map[string][]byte{"plain": []byte(text), "zipped": zip(text), "message": []byte(message)} {
		c, err := cloudinit.Parse(userData)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, f := range c.Files {
			got = append(got, fmt.Sprintf("%s %o %s", f.Path, f.Mode, f.Content))
		}
		if want := []string{"/a/plain 400 one", "/b/coded 755 two", "/b/zipped 644 three"}; !slices.Equal(got, want) {
			t.Errorf("%s: the files are %q", name, got)
		}
		if found := c.Match("/b/*"); len(found) != 2 {
			t.Errorf("%s: below /b there are %v", name, found)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for file, want := range map[string]string{
		"{path: a}": "not absolute", "{path: /a, encoding: zip}": `the encoding "zip" is not known`, "{path: /a, permissions: rwx}": "not octal",
		"{path: /a, encoding: b64, content: '%'}": "illegal base64", "{path: /a, source: {uri: http://x}}": "a source is not fetched here",
		"{path: /a, encoding: gz+b64, content: aGk=}": "", "[": "reading the #cloud-config",
	} {
		_, err := cloudinit.Parse([]byte("#cloud-config\nwrite_files:\n  - " + file))
		if want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s gives %v", file, err)
		}
	}
	if _, err := cloudinit.Parse(zip(strings.Repeat(" ", 2<<20))); err == nil {
		t.Error("user data unfolds without bound")
	}
}

func TestParseUnit(t *testing.T) {
	u, err := cloudinit.ParseUnit(
		[]byte("[Unit]\nExecStart=no\n[Service]\nEnvironment=\"A=1 2\" 'B=3'\nEnvironment=C=4\nEnvironmentFile=/e\nEnvironmentFile=-/none\nExecStart=/bin/x  'a b' c\nStateDirectory=s t\nRuntimeDirectory=r\n"),
		[]byte("[Service]\nEnvironment=B=5\n"),
	)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"/bin/x", "a b", "c"}; !slices.Equal(u.ExecStart, want) {
		t.Errorf("the command is %q", u.ExecStart)
	}
	if want := []string{"/var/lib/s", "/var/lib/t", "/run/r"}; !slices.Equal(u.Folders, want) {
		t.Errorf("the folders are %q", u.Folders)
	}
	got, err := u.Variables(func(path string) ([]byte, error) {
		if path != "/e" {
			return nil, errors.New("missing")
		}
		return []byte("# comment\n\nC=file\nD=\"quoted \\\" text\"\n"), nil
	})
	if want := map[string]string{"A": "1 2", "B": "5", "C": "file", "D": `quoted " text`}; err != nil || !maps.Equal(got, want) {
		t.Errorf("the variables are %q, %v", got, err)
	}
	if _, err := cloudinit.ParseEnvironment([]byte("A=1\nnothing\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a line without a value gives %v", err)
	}
}
