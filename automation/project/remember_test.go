package project

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestRemember(t *testing.T) {
	state := State("s3://state?region=eu-west-1&awssdk=v2", "awskms:///arn?region=eu-west-1")
	for name, c := range map[string]struct{ before, after string }{
		"nothing of it yet": {
			"# ours\nname: slipway\nruntime: go # the program\n",
			"# ours\nname: slipway\nruntime: go # the program\nbackend:\n  url: s3://state?region=eu-west-1&awssdk=v2\n" +
				"config:\n  slipway:secretsProvider: awskms:///arn?region=eu-west-1\n",
		},
		"other keys in the block": {
			"name: slipway\nruntime: go\nconfig:\n    # shared\n    slipway:appName: shop\n\nbackend:\n  url: s3://state?region=eu-west-1&awssdk=v2",
			"name: slipway\nruntime: go\nconfig:\n    # shared\n    slipway:secretsProvider: awskms:///arn?region=eu-west-1\n    slipway:appName: shop\n\n" +
				"backend:\n  url: s3://state?region=eu-west-1&awssdk=v2",
		},
		"pulumi's longer form": {
			"name: slipway\nruntime: go\nbackend: {url: 's3://state?region=eu-west-1&awssdk=v2'}\nconfig:\n  slipway:secretsProvider:\n    value: awskms:///arn?region=eu-west-1\n", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := projectWith(t, c.before)
			if c.after == "" {
				c.after = c.before
			}
			changed, err := p.Remember(state)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := os.ReadFile(filepath.Join(p.Root, "Pulumi.yaml"))
			if string(got) != c.after || changed != (c.before != c.after) {
				t.Errorf("changed %v:\n%s\nwant:\n%s", changed, got, c.after)
			}
			if again, err := p.Remember(state); again || err != nil {
				t.Errorf("a second time: %v, %v", again, err)
			}
			if found, err := At(p.Root); err != nil {
				t.Error("pulumi's own reading:", err)
			} else if secrets, err := found.Secrets("dev"); err != nil || secrets.Provider != state[1].Text {
				t.Errorf("the provider of new stacks is %+v, %v", secrets, err)
			}
		})
	}
}

func TestRememberOverwritesNothing(t *testing.T) {
	const text = "name: slipway\nruntime: go\nbackend:\n  url: s3://another\n"
	p := projectWith(t, text)
	_, err := p.Remember(State("s3://state", "awskms:///arn"))
	var other *OtherValue
	if !errors.As(err, &other) || other.Have != "s3://another" {
		t.Errorf("the error is %v", err)
	}
	if got, _ := os.ReadFile(filepath.Join(p.Root, "Pulumi.yaml")); string(got) != text {
		t.Errorf("the file became\n%s", got)
	}
}

func projectWith(t *testing.T, text string) *Project {
	t.Helper()
	t.Setenv(SecretsVariable, "")
	p := &Project{Root: t.TempDir()}
	if err := os.WriteFile(filepath.Join(p.Root, "Pulumi.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}
