package resource_test

import (
	"reflect"
	"testing"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
)

type service struct {
	Name     string            `json:"name"`
	Count    int               `json:"desiredCount"`
	Tags     map[string]string `json:"tags,omitempty"`
	Balancer []struct {
		Port int `json:"containerPort"`
	} `json:"loadBalancers,omitempty"`
}

func TestDecodeAndEncode(t *testing.T) {
	p := presource.NewPropertyMapFromMap(map[string]any{
		"name": "web", "desiredCount": 2, "tags": map[string]any{"a": "b"}, "loadBalancers": []any{map[string]any{"containerPort": 80}},
	})
	var s service
	if err := resource.Decode(p, &s); err != nil {
		t.Fatal(err)
	}
	if s.Name != "web" || s.Count != 2 || s.Tags["a"] != "b" || s.Balancer[0].Port != 80 {
		t.Errorf("decoded %+v", s)
	}
	back, err := resource.Encode(s)
	if err != nil || !back.DeepEquals(p) {
		t.Errorf("encoded %v, %v", back, err)
	}
}

func TestDecodeErrors(t *testing.T) {
	var s service
	if err := resource.Decode(presource.NewPropertyMapFromMap(map[string]any{"desiredCount": 1.5}), &s); err == nil {
		t.Error("a fraction is taken for a whole number")
	}
	if !reflect.DeepEqual(s, service{}) {
		t.Errorf("decoded %+v", s)
	}
	if _, err := resource.Encode([]string{"a"}); err == nil {
		t.Error("a list is taken for properties")
	}
	if _, err := resource.Encode(func() {}); err == nil {
		t.Error("a function is taken for properties")
	}
}
