package ecr

import (
	"strings"
	"testing"
)

func TestPolicies(t *testing.T) {
	x := start(t, t.TempDir(), "")
	x.repo("app", nil)
	rule := func(priority, selection string) string {
		return `{"rulePriority":` + priority + `,"selection":{` + selection + `},"action":{"type":"expire"}}`
	}
	rules := func(all ...string) string { return `{"rules":[` + strings.Join(all, ",") + `]}` }
	untagged := `"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":7`
	for _, c := range []struct{ text, want string }{
		{rules(rule("1", untagged)), ""},
		{rules(rule("1", untagged), rule("2", `"tagStatus":"any","countType":"imageCountMoreThan","countNumber":100`)), ""},
		{"nonsense", "InvalidParameterException"},
		{"{}", "there must be a rule"},
		{rules(rule("1", untagged), rule("1", untagged)), "unique"},
		{rules(rule("1", `"tagStatus":"tagged","countType":"imageCountMoreThan","countNumber":1`)), "tagPrefixList"},
		{rules(rule("1", `"tagStatus":"any","countType":"sinceImagePushed","countNumber":1`)), "countUnit days"},
		{rules(rule("1", `"tagStatus":"any","countType":"imageCountMoreThan","countNumber":0`)), "countNumber"},
		{rules(rule("2", untagged), rule("1", `"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1`)), "highest"},
	} {
		_, err := x.create("aws:ecr/lifecyclePolicy:LifecyclePolicy", map[string]any{"repository": "app", "policy": c.text})
		if c.want == "" && err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if c.want != "" {
			fails(t, err, c.want)
		}
	}
	_, err := x.create("aws:ecr/lifecyclePolicy:LifecyclePolicy", map[string]any{"repository": "none", "policy": rules(rule("1", untagged))})
	fails(t, err, "RepositoryNotFoundException")
	_, err = x.create("aws:ecr/repositoryPolicy:RepositoryPolicy", map[string]any{"repository": "app", "policy": "{}"})
	fails(t, err, "Invalid repository policy")
}

func TestRepositoryNames(t *testing.T) {
	x := start(t, t.TempDir(), "")
	for name, good := range map[string]bool{
		"app": true, "team/app": true, "a.b_c-d/e": true, "a": false, "App": false, "../up": false, "a//b": false, "a b": false, "-a": false, strings.Repeat("a", 257): false,
	} {
		_, err := x.create("aws:ecr/repository:Repository", map[string]any{"name": name})
		if (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
	_, err := x.create("aws:ecr/repository:Repository", map[string]any{"name": "app"})
	fails(t, err, "RepositoryAlreadyExistsException")
}
