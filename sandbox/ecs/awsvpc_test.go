package ecs

import (
	"encoding/json"
	"testing"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
)

// A container that ends before the others takes no network with it.
func TestAwsvpcOutlivesAContainer(t *testing.T) {
	r := newRig(t)
	text, err := json.Marshal([]any{
		map[string]any{
			"name": "before", "image": testImage, "essential": false,
			"environment": []any{map[string]any{"name": "EXIT_AFTER", "value": "0s"}},
		},
		map[string]any{
			"name": "app", "image": testImage, "portMappings": []any{map[string]any{"containerPort": 8080}},
			"environment": []any{map[string]any{"name": "VERSION", "value": "one"}},
			"dependsOn":   []any{map[string]any{"containerName": "before", "condition": "COMPLETE"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, out, err := (definitionBehaviour{r.Service}).Create(t.Context(), resource.Properties{
		"family": str("web"), "containerDefinitions": str(string(text)), "cpu": str("256"), "memory": str("512"),
		"networkMode": str("awsvpc"), "requiresCompatibilities": property.NewArrayProperty([]property.PropertyValue{str("FARGATE")}),
	})
	if err != nil {
		t.Fatal(err)
	}
	def := out["arn"].StringValue()
	service := map[string]any{
		"launchType": "FARGATE", "networkConfiguration": map[string]any{"subnets": []any{"subnet-1"}},
		"loadBalancers": []any{map[string]any{"targetGroupArn": testGroup + "ip", "containerName": "app", "containerPort": 8080}},
	}
	r.create(def, 1, service)
	r.steady(def, 1)
	task := r.stateOf("RUNNING")[0]
	before, app := task.Containers[0], task.Containers[1]
	if before.ExitCode == nil || *before.ExitCode != 3 || len(before.Bindings) != 0 {
		t.Errorf("the first container is %+v", before)
	}
	task.Containers = []taskContainer{app}
	if got := get(t, task, "/"); got != "one" {
		t.Errorf("the app answers %q", got)
	}

	r.stop()
	r.run() // the sandbox starts again
	if got := get(t, r.stateOf("RUNNING")[0].only("app"), "/"); got != "one" {
		t.Errorf("after a restart the app answers %q", got)
	}
	r.updateTo(def, 0, service)
	r.steady(def, 0)
	if left, err := r.Engine.List(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// only is a task as if it had one of its containers alone.
func (t taskView) only(name string) taskView {
	for _, c := range t.Containers {
		if c.Name == name {
			t.Containers = []taskContainer{c}
			return t
		}
	}
	return t
}
