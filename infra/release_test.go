package infra

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/infra/config"
	"slipway/infra/outputs"
)

const (
	taskDefinitionType = "aws:ecs/taskDefinition:TaskDefinition"
	serviceType        = "aws:ecs/service:Service"
)

const (
	testImage  = "000000000000.dkr.ecr.us-east-1.amazonaws.com/slipway@sha256:" + testDigest
	testDigest = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
)

// container is a container definition, as far as a release shows in it.
type container struct {
	Image       string
	Environment []variable
}

type variable struct{ Name, Value string }

func taskContainer(t *testing.T, r *recording) container {
	t.Helper()
	return decode[[]container](t, r.only(t, taskDefinitionType).text("containerDefinitions"))[0]
}

func TestFirstUpdateHasNoTask(t *testing.T) {
	r := environmentWith(t, nil)
	if n := r.only(t, serviceType).number("desiredCount"); n != 0 {
		t.Errorf("desired count is %v", n)
	}
	if image := taskContainer(t, r).Image; image != "000000000000.dkr.ecr.us-east-1.amazonaws.com/slipway:none" {
		t.Errorf("image is %s", image)
	}
}

func TestReleaseIsTheConfiguredImage(t *testing.T) {
	r := environmentWith(t, map[string]string{"image": testImage, "commit": "abc"})
	app := taskContainer(t, r)
	want := []variable{{"SLIPWAY_COMMIT", "abc"}, {"SLIPWAY_DIGEST", "sha256:" + testDigest}, {"SLIPWAY_ENVIRONMENT", "dev"}}
	if app.Image != testImage || !slices.Equal(app.Environment, want) {
		t.Errorf("container is %+v", app)
	}
	if n := r.only(t, serviceType).number("desiredCount"); n != 2 {
		t.Errorf("desired count is %v", n)
	}
}

// released is a stack that ran an image before.
var released = map[string]resource.PropertyMap{
	deliveryStack: deliveryOutputs,
	devStack:      {outputs.Image: resource.NewProperty(testImage), outputs.Commit: resource.NewProperty("abc")},
}

func TestWithoutImageTheLastOneStays(t *testing.T) {
	r, err := program(map[string]string{"kind": config.KindEnvironment, "maxCount": "4"}, released)
	if err != nil {
		t.Fatal(err)
	}
	if app := taskContainer(t, r); app.Image != testImage || app.Environment[0].Value != "abc" {
		t.Errorf("container is %+v", app)
	}
	if ignored := r.only(t, serviceType).ignored; !slices.Equal(ignored, []string{"desiredCount"}) {
		t.Errorf("ignored are %q: autoscaling's count would be undone", ignored)
	}
}

func TestFirstReleaseSetsTheCountDespiteAutoscaling(t *testing.T) {
	r := environmentWith(t, map[string]string{"maxCount": "4", "image": testImage})
	if ignored := r.only(t, serviceType).ignored; len(ignored) != 0 {
		t.Errorf("ignored are %q", ignored)
	}
}

func TestEnvironmentNeedsAnImageOrDelivery(t *testing.T) {
	own := map[string]resource.PropertyMap{devStack: {}}
	empty := map[string]resource.PropertyMap{devStack: {}, deliveryStack: {}}
	for _, stacks := range []map[string]resource.PropertyMap{own, empty} {
		r, err := program(map[string]string{"kind": config.KindEnvironment}, stacks)
		if err == nil || !strings.Contains(err.Error(), "run `slipway up delivery` first") {
			t.Errorf("got %v", err)
		}
		if len(r.all) > 1 {
			t.Errorf("%d resources were declared", len(r.all))
		}
	}
}

func TestEnvironmentStandsWithoutDelivery(t *testing.T) {
	for image, repository := range map[string]string{
		testImage: "arn:aws:ecr:us-east-1:000000000000:repository/slipway",
		"000000000000.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b@sha256:" + testDigest: "",
		"public.example.com/app@sha256:" + testDigest:                               "",
	} {
		r, err := program(map[string]string{"kind": config.KindEnvironment, "image": image}, map[string]resource.PropertyMap{devStack: {}})
		if err != nil {
			t.Fatal(err)
		}
		policy := r.of("aws:iam/rolePolicy:RolePolicy")[0].text("policy")
		if repository != "" && !strings.Contains(policy, `"`+repository+`"`) || repository == "" && strings.Contains(policy, "ecr:") {
			t.Errorf("%s: policy is %s", image, policy)
		}
	}
}

// A deployment may be applied without a look at the rest only because it touches nothing else.
func TestNewImageChangesTaskDefinitionAndServiceOnly(t *testing.T) {
	second := strings.ReplaceAll(testImage, "a", "b")
	second = "000000000000.dkr.ecr.us-east-1.amazonaws.com/slipway@sha256:" + second[len(second)-64:]
	for name, config := range variants {
		for _, images := range [][2]string{{"", testImage}, {testImage, second}} {
			before, after := maps.Clone(config), maps.Clone(config)
			delete(before, "commit")
			before["image"], after["image"], after["commit"] = images[0], images[1], "def"
			changed := changes(environmentWith(t, before), environmentWith(t, after))
			for _, kind := range changed {
				if kind != taskDefinitionType && kind != serviceType {
					t.Errorf("%s: %q to %q changes %s", name, images[0], images[1], kind)
				}
			}
			if !slices.Contains(changed, taskDefinitionType) {
				t.Errorf("%s: %q to %q changes %q", name, images[0], images[1], changed)
			}
		}
	}
}

// changes are the types of the resources that two runs declare differently.
func changes(before, after *recording) []string {
	texts := func(r *recording) map[string]string {
		m := map[string]string{}
		for _, d := range r.all {
			m[d.kind+" "+d.name] = sprint(d.inputs)
		}
		return m
	}
	old, now := texts(before), texts(after)
	var changed []string
	for key := range maps.Keys(now) {
		if old[key] != now[key] {
			kind, _, _ := strings.Cut(key, " ")
			changed = append(changed, kind)
		}
	}
	for key := range old {
		if _, still := now[key]; !still {
			changed = append(changed, "deleted "+key)
		}
	}
	return changed
}

func TestInvalidConfigurationDeclaresNothing(t *testing.T) {
	t.Setenv("PULUMI_CONFIG", `{"slipway:zonse":"2","slipway:kind":"environment"}`)
	r, err := program(map[string]string{"kind": config.KindEnvironment, "zonse": "2", "nat": "yes"}, nil)
	var problems *config.Error
	if !errors.As(err, &problems) || len(problems.Problems) != 2 {
		t.Errorf("got %v", err)
	}
	if len(r.all) > 1 {
		t.Errorf("%d resources were declared", len(r.all))
	}
}
