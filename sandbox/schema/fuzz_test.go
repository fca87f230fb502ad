package schema_test

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/schema"
)

// FuzzCheck checks that no inputs stop the check, that it changes none,
// and that what it finds right is right again after coercion.
func FuzzCheck(f *testing.F) {
	f.Add("aws:ecs/service:Service", `{"desiredCount":1,"loadBalancers":[{"containerName":"app"}],"tags":{"a":"b"}}`)
	f.Add("aws:lb/targetGroup:TargetGroup", `{"healthCheck":{"path":["/"]},"port":"80","name":{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","value":"x"}}`)
	f.Add("aws:ec2/instance:Instance", `{"ebsBlockDevices":[{"deviceName":1e300,"tags":[]}],"cpuOptions":null}`)
	f.Fuzz(func(t *testing.T, token, text string) {
		var v map[string]any
		if json.Unmarshal([]byte(text), &v) != nil {
			return
		}
		in := resource.NewPropertyMapFromMap(v)
		before := in.Copy()
		problems, err := schema.AWS().CheckResource(token, in)
		if !in.DeepEquals(before) {
			t.Fatalf("the check made %v of %v", in, before)
		}
		if err != nil {
			return
		}
		for _, p := range problems {
			if p.Token != token || p.Path == "" && p.Reason == "" {
				t.Errorf("the problem %+v says nothing", p)
			}
		}
		schema.AWS().CoerceInputs(token, in)
		after, _ := schema.AWS().CheckResource(token, in)
		if len(after) > len(problems) {
			t.Errorf("coercion makes it worse: %v, before %v", after, problems)
		}
	})
}
