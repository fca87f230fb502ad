package images

import (
	"maps"
	"strings"
	"testing"
)

func TestIdentityIsTheSource(t *testing.T) {
	settings := Settings{Platform: "linux/amd64", Target: "run", Arguments: map[string]string{"A": "1", "B": "2"}, Secrets: []string{"TOKEN"}}
	base := Identity{Commit: "c1", Folder: "app", Tree: "t", Dockerfile: "Dockerfile@1", Build: settings.Text()}
	if CheckTag(base.Tag()) != nil {
		t.Errorf("%q is no tag", base.Tag())
	}
	for _, c := range []struct {
		name   string
		change func(*Identity, *Settings)
		same   bool
	}{
		{"nothing", func(*Identity, *Settings) {}, true},
		{"the commit", func(i *Identity, _ *Settings) { i.Commit = "c2" }, true},
		{"the folder", func(i *Identity, _ *Settings) { i.Folder = "elsewhere" }, true},
		{"the tree", func(i *Identity, _ *Settings) { i.Tree = "u" }, false},
		{"the Dockerfile", func(i *Identity, _ *Settings) { i.Dockerfile = "other@1" }, false},
		{"the platform", func(_ *Identity, s *Settings) { s.Platform = "linux/arm64" }, false},
		{"the target", func(_ *Identity, s *Settings) { s.Target = "" }, false},
		{"an argument", func(_ *Identity, s *Settings) { s.Arguments = map[string]string{"A": "1", "B": "3"} }, false},
		{"a secret", func(_ *Identity, s *Settings) { s.Secrets = nil }, false},
	} {
		i, s := base, settings
		c.change(&i, &s)
		i.Build = s.Text()
		if (i.Tag() == base.Tag()) != c.same {
			t.Errorf("%s changes: %s and %s", c.name, base.Tag(), i.Tag())
		}
		if got, ok := IdentityOf(i.Labels()); !ok || got != i {
			t.Errorf("%s: read back as %+v", c.name, got)
		}
	}
	if strings.Contains(base.Build, "1") && strings.Contains(base.Build, "A=") {
		t.Errorf("%s has arguments in clear", base.Build)
	}
	if _, ok := IdentityOf(map[string]string{LabelCommit: "c"}); ok {
		t.Error("an image with another tool's label has an identity")
	}
}

func TestLabelsGoToTheStageThatIsBuilt(t *testing.T) {
	labels := map[string]string{"b": `it's "$HOME" \`, "a": "1"}
	const line = `LABEL a='1' b='it?s "$HOME" \'` + "\n"
	for _, c := range []struct{ name, file, target, want string }{
		{"one", "FROM scratch\nCOPY . /\n", "", "FROM scratch\nCOPY . /\n" + line},
		{"no end of line", "FROM scratch\nCOPY . /", "", "FROM scratch\nCOPY . /\n" + line},
		{"comments at the end", "FROM scratch\n# \\\n", "", "FROM scratch\n" + line + "# \\\n"},
		{"a continued line", "FROM scratch\nCOPY a \\\n\n  b /\nFROM x AS y\n", "0", "FROM scratch\nCOPY a \\\n\n  b /\n" + line + "FROM x AS y\n"},
		{"another escape", "# escape=`\nFROM scratch\nCOPY a `\n b /\n", "", "# escape=`\nFROM scratch\nCOPY a `\n b /\n" + line},
		{"a target", "FROM a AS One\nRUN x\n\nfrom b as two\nRUN y\n", "one", "FROM a AS One\nRUN x\n" + line + "\nfrom b as two\nRUN y\n"},
		{"the last of two", "FROM a AS one\nFROM b\n", "", "FROM a AS one\nFROM b\n" + line},
		{"a here-document", "FROM a AS one\nRUN <<EOF\nFROM x\nEOF\nFROM b\n", "one", "FROM a AS one\nRUN <<EOF\nFROM x\nEOF\n" + line + "FROM b\n"},
		{"a platform", "FROM --platform=linux/amd64 a AS one\nFROM b\n", "one", "FROM --platform=linux/amd64 a AS one\n" + line + "FROM b\n"},
		{"Windows' ends of lines", "FROM a\r\nRUN x\r\n", "", "FROM a\r\nRUN x\r\n" + line},
	} {
		got, err := Labelled([]byte(c.file), c.target, labels)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v, got\n%s\nwant\n%s", c.name, err, got, c.want)
		}
	}
	for _, c := range []struct{ file, target, want string }{
		{"", "", "no instructions"},
		{"RUN x\n", "", "no FROM"},
		{"FROM a AS one\nFROM b AS two\n", "three", `no stage "three": it has one, two`},
		{"FROM a\n", "three", "none with a name"},
	} {
		if _, err := Labelled([]byte(c.file), c.target, labels); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.file, err, c.want)
		}
	}
	if !maps.Equal(labels, map[string]string{"b": `it's "$HOME" \`, "a": "1"}) {
		t.Error("the labels changed")
	}
}
