package engine

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

func TestChanges(t *testing.T) {
	const task, service = "aws:ecs/taskDefinition:TaskDefinition", "aws:ecs/service:Service"
	step := func(op apitype.OpType, typ, name string) apitype.StepEventMetadata {
		return apitype.StepEventMetadata{Op: op, Type: typ, URN: "urn:pulumi:dev::slipway::" + typ + "::" + name}
	}
	replaced := step(apitype.OpReplace, task, "app")
	replaced.DetailedDiff = map[string]apitype.PropertyDiff{"tags.b": {}, "containerDefinitions": {}}
	updated := step(apitype.OpUpdate, service, "app")
	updated.Diffs = []string{"taskDefinition"}
	var changes Changes
	for _, s := range []apitype.StepEventMetadata{
		step(apitype.OpSame, "aws:ec2/vpc:Vpc", "dev"), step(apitype.OpUpdate, "pulumi:pulumi:Stack", "slipway-dev"),
		step(apitype.OpCreate, "pulumi:providers:aws", "default"), step(apitype.OpCreateReplacement, task, "app"),
		replaced, updated, step(apitype.OpDeleteReplaced, task, "app"), step(apitype.OpRefresh, service, "app"),
	} {
		changes = changes.add(s)
	}
	want := Changes{
		{URN: replaced.URN, Type: task, Name: "app", Op: "replace", Diffs: []string{"containerDefinitions", "tags.b"}},
		{URN: updated.URN, Type: service, Name: "app", Op: "update", Diffs: []string{"taskDefinition"}},
	}
	if !reflect.DeepEqual(changes, want) {
		t.Fatalf("got\n%v\nwant\n%v", changes, want)
	}
	if changes.Empty() || !changes.Only(task, service) || changes.Only(task) || len(changes.Except(task)) != 1 || !Changes(nil).Only() {
		t.Error("Empty, Only or Except is wrong")
	}
	if got := changes.String(); got != "replace "+task+" app (containerDefinitions, tags.b)\nupdate "+service+" app (taskDefinition)\n" {
		t.Errorf("as text:\n%s", got)
	}
}
