package images

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestComplete(t *testing.T) {
	dir := buildContext(t)
	valid := Args{Repository: repository, Context: dir, Tag: "9f2c4e7"}
	file := filepath.Join(dir, "Dockerfile")
	for _, c := range []struct {
		name   string
		change func(*Args)
		want   string // what the error says; empty for none
	}{
		{"as it is", func(*Args) {}, ""},
		{"arm", func(a *Args) { a.Platform = "linux/arm64" }, ""},
		{"a registry with a port", func(a *Args) { a.Repository = "127.0.0.1:4501/slipway/app" }, ""},
		{"another Dockerfile", func(a *Args) { a.Dockerfile = file }, ""},
		{"unknown platform", func(a *Args) { a.Platform = "linux/386" }, "allowed are linux/amd64, linux/arm64"},
		{"scheme", func(a *Args) { a.Repository = "https://host/app" }, "repository"},
		{"no name", func(a *Args) { a.Repository = "host" }, "repository"},
		{"a tag", func(a *Args) { a.Repository = repository + ":latest" }, "repository"},
		{"a digest", func(a *Args) { a.Repository = repository + "@" + someDigest }, "repository"},
		{"upper case name", func(a *Args) { a.Repository = "host/App" }, "repository"},
		{"path upwards", func(a *Args) { a.Repository = "host/../app" }, "repository"},
		{"shell", func(a *Args) { a.Repository = "host/$(id)" }, "repository"},
		{"relative context", func(a *Args) { a.Context = "app" }, "absolute"},
		{"no context", func(a *Args) { a.Context = filepath.Join(dir, "absent") }, "no such file"},
		{"context is a file", func(a *Args) { a.Context, a.Dockerfile = file, file }, "expected a folder"},
		{"Dockerfile is a folder", func(a *Args) { a.Dockerfile = dir }, "expected a file"},
		{"no tag", func(a *Args) { a.Tag = "" }, "tag"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := valid
			c.change(&args)
			got, err := args.Complete()
			if c.want == "" && (err != nil || got.Platform == "" || got.Dockerfile == "") {
				t.Errorf("got %+v, %v", got, err)
			}
			if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestCompleteFindsTheApp(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (Args{Repository: repository, Context: filepath.Join(here, "app"), Tag: "c"}).Complete(); err != nil {
		t.Error(err)
	}
}

func TestCheckTag(t *testing.T) {
	for tag, valid := range map[string]bool{
		"9f2c4e7a1b3d5068c7e9f0a2b4d6e8013579bdf1": true,
		"_": true, "v1.2-rc_3": true, strings.Repeat("a", 128): true,
		"": false, ".a": false, "-a": false, strings.Repeat("a", 129): false,
		"a/b": false, "../a": false, "a;id": false, "a b": false, "a\n": false, "a:b": false, "é": false, "$(id)": false,
	} {
		if err := CheckTag(tag); (err == nil) != valid {
			t.Errorf("%q: got %v", tag, err)
		}
	}
}

// Whatever is accepted as a tag keeps its place in a reference, and means nothing to a shell or in a path.
func FuzzCheckTag(f *testing.F) {
	for _, seed := range []string{"9f2c4e7", "", "..", "a:b", "a@sha256:1", "$(id)", "a\x00", "a\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		if CheckTag(tag) != nil {
			return
		}
		if len(tag) == 0 || len(tag) > 128 || strings.ContainsAny(tag, " \t\r\n\x00/\\:@$`'\"();&|<>*?[]{}~#!%^=+,") {
			t.Errorf("accepted %q", tag)
		}
		if strings.HasPrefix(tag, ".") || strings.HasPrefix(tag, "-") {
			t.Errorf("accepted %q", tag)
		}
		for _, r := range tag {
			if r > 127 {
				t.Errorf("accepted %q", tag)
			}
		}
	})
}
