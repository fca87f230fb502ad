package ecr

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func (x *stand) left(repository string) (tags []string, untagged int) {
	x.t.Helper()
	all, err := x.imagesOf(repository)
	if err != nil {
		x.t.Fatal(err)
	}
	for _, i := range all {
		if tags = append(tags, i.Tags...); len(i.Tags) == 0 {
			untagged++
		}
	}
	return tags, untagged
}

func TestALifecyclePolicyExpiresImages(t *testing.T) {
	for name, c := range map[string]struct {
		policy string
		after  time.Duration
		want   []string
	}{
		"more than two":        {`{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":2},"action":{"type":"expire"}}]}`, 0, []string{"dev-2", "v1"}},
		"of a prefix":          {`{"rules":[{"rulePriority":1,"selection":{"tagStatus":"tagged","tagPrefixList":["dev-"],"countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}`, 0, []string{"v0", "dev-2", "v1"}},
		"of a pattern":         {`{"rules":[{"rulePriority":1,"selection":{"tagStatus":"tagged","tagPatternList":["*-1"],"countType":"sinceImagePushed","countUnit":"days","countNumber":3},"action":{"type":"expire"}}]}`, 73 * time.Hour, []string{"v0", "dev-2", "v1"}},
		"not old enough":       {`{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"sinceImagePushed","countUnit":"days","countNumber":3},"action":{"type":"expire"}}]}`, 71 * time.Hour, []string{"v0", "dev-1", "dev-2", "v1"}},
		"kept by another rule": {`{"rules":[{"rulePriority":1,"selection":{"tagStatus":"tagged","tagPrefixList":["v"],"countType":"imageCountMoreThan","countNumber":9},"action":{"type":"expire"}},{"rulePriority":2,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}`, 0, []string{"v0", "dev-2", "v1"}},
	} {
		t.Run(name, func(t *testing.T) {
			x := start(t, t.TempDir(), "")
			x.repo("app", nil)
			for _, tag := range []string{"v0", "dev-1", "dev-2", "v1"} {
				x.push("app:" + tag)
			}
			if _, err := x.lifecyclePolicies().put("app", c.policy); err != nil {
				t.Fatal(err)
			}
			if err := x.expire(t.Context(), time.Now().Add(c.after)); err != nil {
				t.Fatal(err)
			}
			if got, _ := x.left("app"); !slices.Equal(got, c.want) {
				t.Errorf("there are %v, want %v", got, c.want)
			}
		})
	}
}

// What an index names is not untagged rubbish.
func TestAnImageOfAnIndexIsKept(t *testing.T) {
	x := start(t, t.TempDir(), "")
	x.repo("app", nil)
	x.push("app:gone")
	index := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: randomImage(t)})
	if err := remote.WriteIndex(x.ref("app:index"), index, x.login()); err != nil {
		t.Fatal(err)
	}
	if _, err := x.lifecyclePolicies().put("app", `{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":1},"action":{"type":"expire"}},`+
		`{"rulePriority":2,"selection":{"tagStatus":"tagged","tagPrefixList":["gone"],"countType":"sinceImagePushed","countUnit":"days","countNumber":1},"action":{"type":"expire"}}]}`); err != nil {
		t.Fatal(err)
	}
	if err := x.expire(t.Context(), time.Now().Add(48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if tags, untagged := x.left("app"); !slices.Equal(tags, []string{"index"}) || untagged != 1 {
		t.Errorf("there are %v and %d without a tag", tags, untagged)
	}
}
