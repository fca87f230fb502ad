package ecs

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/sandbox/ecs/definition"
)

// task runs one task as an API call does.
func (r *rig) task(text string) (runTaskOutput, error) {
	r.t.Helper()
	var in runTaskInput
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		return runTaskOutput{}, err
	}
	return r.runTask(r.t.Context(), in)
}

// seen is a task as DescribeTasks shows it once it has a status.
func (r *rig) seen(arn, status string) taskView {
	r.t.Helper()
	for deadline := time.Now().Add(40 * time.Second); ; <-time.After(20 * time.Millisecond) {
		out, err := r.describeTasks(r.t.Context(), describeTasksInput{Cluster: "c", Tasks: []string{arn}})
		if err != nil || len(out.Tasks) != 1 {
			r.t.Fatal(out, err)
		}
		if out.Tasks[0].LastStatus == status {
			return out.Tasks[0]
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("not %s: %+v", status, out.Tasks[0])
		}
	}
}

func TestRunTask(t *testing.T) {
	r := newRig(t)
	r.define("VERSION=one PRINT=2")
	out, err := r.task(`{"cluster":"c","taskDefinition":"web","startedBy":"somebody/1","clientToken":"t1","overrides":{"containerOverrides":[
		{"name":"app","environment":[{"name":"EXIT_AFTER","value":"100ms"},{"name":"PRINT","value":"3"}]}]}}`)
	if err != nil || len(out.Tasks) != 1 || len(out.Failures) != 0 {
		t.Fatal(out, err)
	}
	first := out.Tasks[0]
	if first.Group != "family:web" || first.LaunchType != "EC2" || first.StartedBy != "somebody/1" || first.InstanceARN == "" {
		t.Errorf("the task is %+v", first)
	}
	ended := r.seen(first.TaskARN, "STOPPED")
	if c := ended.Containers[0]; c.ExitCode == nil || *c.ExitCode != 3 || ended.StopCode != "EssentialContainerExited" {
		t.Errorf("it ended as %+v", ended)
	}
	if got := r.logs.of(ended); !slices.Equal(got, []string{"line 0", "line 1", "line 2", "giving up"}) {
		t.Errorf("it printed %q", got)
	}
	again, err := r.task(`{"cluster":"c","taskDefinition":"web","clientToken":"t1"}`)
	if err != nil || len(again.Tasks) != 1 || again.Tasks[0].TaskARN != first.TaskARN {
		t.Errorf("the same token ran %+v, %v", again.Tasks, err)
	}
	command, err := r.task(`{"cluster":"c","taskDefinition":"web","overrides":{"containerOverrides":[{"name":"app","command":["check"]}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	if c := r.seen(command.Tasks[0].TaskARN, "STOPPED").Containers[0]; c.ExitCode == nil || *c.ExitCode != 1 {
		t.Errorf("the command ended as %+v", c)
	}
	if left, err := r.Engine.List(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("containers are left: %v, %v", left, err)
	}
}

// A task of nobody's is stopped by its own id alone, survives the sandbox's restart, and counts for no service.
func TestRunTaskBesideService(t *testing.T) {
	r := newRig(t)
	def := r.define("VERSION=one")
	r.create(def, 1, nil)
	r.steady(def, 1)
	out, err := r.task(`{"cluster":"c","taskDefinition":"web","count":2}`)
	if err != nil || len(out.Tasks) != 2 {
		t.Fatal(out, err)
	}
	for _, task := range out.Tasks {
		r.seen(task.TaskARN, "RUNNING")
	}
	r.stop()
	r.run()
	r.steady(def, 1)
	if v := r.web(); v.RunningCount != 1 || len(r.stateOf("RUNNING")) != 1 {
		t.Errorf("the service counts %d tasks", v.RunningCount)
	}
	if _, err := r.apiStopTask(t.Context(), stopTaskInput{Cluster: "c", Task: out.Tasks[0].TaskARN, Reason: "enough"}); err != nil {
		t.Fatal(err)
	}
	if ended := r.seen(out.Tasks[0].TaskARN, "STOPPED"); ended.StopCode != "UserInitiated" || ended.StoppedReason != "enough" {
		t.Errorf("stopped as %s: %s", ended.StopCode, ended.StoppedReason)
	}
	r.seen(out.Tasks[1].TaskARN, "RUNNING")
}

func TestTasksThatECSRefuses(t *testing.T) {
	r, _ := still(t)
	r.define("")
	r.memory = 200 // room for three
	long := `{"name":"app","command":["` + strings.Repeat("x", 8192) + `"]}`
	for _, c := range []struct{ in, code, want string }{
		{`{"cluster":"nowhere","taskDefinition":"web"}`, "ClusterNotFoundException", "Cluster not found."},
		{`{"cluster":"c"}`, "InvalidParameterException", "can not be blank"},
		{`{"cluster":"c","taskDefinition":"other:1"}`, "ClientException", "TaskDefinition not found."},
		{`{"cluster":"c","taskDefinition":"web","count":11}`, "InvalidParameterException", "between 1 and 10"},
		{`{"cluster":"c","taskDefinition":"web","count":0}`, "InvalidParameterException", "between 1 and 10"},
		{`{"cluster":"c","taskDefinition":"web","launchType":"FARGATE"}`, "InvalidParameterException", "does not support launch_type FARGATE"},
		{`{"cluster":"c","taskDefinition":"web","launchType":"EC2","capacityProviderStrategy":[{"capacityProvider":"hosts"}]}`, "InvalidParameterException", "both a launch type and capacity provider strategy"},
		{`{"cluster":"c","taskDefinition":"web","capacityProviderStrategy":[{"capacityProvider":"other"}]}`, "InvalidParameterException", "other is not associated"},
		{`{"cluster":"c","taskDefinition":"web","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"]}}}`, "InvalidParameterException", "not valid for the given networkMode"},
		{`{"cluster":"c","taskDefinition":"web","platformVersion":"LATEST"}`, "InvalidParameterException", "platform version must be null"},
		{`{"cluster":"c","taskDefinition":"web","startedBy":"a b"}`, "InvalidParameterException", "startedBy"},
		{`{"cluster":"c","taskDefinition":"web","propagateTags":"SERVICE"}`, "InvalidParameterException", "propagateTags"},
		{`{"cluster":"c","taskDefinition":"web","overrides":{"containerOverrides":[{"name":"db"}]}}`, "InvalidParameterException", "db is not a container in the TaskDefinition"},
		{`{"cluster":"c","taskDefinition":"web","overrides":{"containerOverrides":[` + long + `]}}`, "InvalidParameterException", "at most 8192"},
		{`{"cluster":"c","taskDefinition":"web","placementConstraints":[{"type":"distinctInstance"}]}`, "InvalidParameterException", `"placementConstraints" of RunTask is not supported here`},
		{`{"cluster":"c","taskDefinition":"web","overrides":{"taskRoleArn":"arn"}}`, "InvalidParameterException", `"taskRoleArn" of RunTask is not supported here`},
	} {
		if _, err := r.task(c.in); code(err) != c.code || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.120s: %v; want %s: %s", c.in, err, c.code, c.want)
		}
	}
	out, err := r.task(`{"cluster":"c","taskDefinition":"web","count":5,"capacityProviderStrategy":[{"capacityProvider":"hosts","weight":1}]}`)
	if err != nil || len(out.Tasks) != 3 || len(out.Failures) != 2 || out.Failures[0].Reason != "RESOURCE:MEMORY" || out.Tasks[0].CapacityProvider != "hosts" {
		t.Errorf("with room for three: %d tasks, failures %v, %v", len(out.Tasks), out.Failures, err)
	}
}

// Overrides change the task's own copy of its definition.
func TestOverrides(t *testing.T) {
	d := &taskDefinition{}
	d.ContainerDefinitions = []definition.Container{
		{Name: "app", Command: []string{"serve"}, Environment: []definition.KeyValue{{Name: "A", Value: "1"}, {Name: "B", Value: "2"}}}, {Name: "side"},
	}
	o := &overrides{[]containerOverride{{Name: "app", Command: []string{"migrate"}, Environment: []definition.KeyValue{{Name: "A", Value: "x"}}}}}
	got := o.apply(d).ContainerDefinitions[0]
	if got.Command[0] != "migrate" || !slices.Equal(got.Environment, []definition.KeyValue{{Name: "B", Value: "2"}, {Name: "A", Value: "x"}}) {
		t.Errorf("the task runs %+v", got)
	}
	if own := d.ContainerDefinitions[0]; own.Command[0] != "serve" || own.Environment[0].Value != "1" {
		t.Errorf("the definition became %+v", own)
	}
}
