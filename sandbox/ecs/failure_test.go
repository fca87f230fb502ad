package ecs

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCrashedTaskIsReplaced(t *testing.T) {
	r := newRig(t)
	def := r.define("VERSION=one")
	r.create(def, 1, nil)
	r.steady(def, 1)
	task := r.stateOf("RUNNING")[0]
	get(t, task, "/crash")
	r.eventually("a new task", func() bool {
		now := r.stateOf("RUNNING")
		return len(now) == 1 && now[0].TaskARN != task.TaskARN && now[0].LastStatus == "RUNNING"
	})
	r.steady(def, 1)
	r.eventually("STOPPED", func() bool { return r.stateOf("STOPPED")[0].LastStatus == "STOPPED" })
	stopped := r.stateOf("STOPPED")[0]
	if stopped.StopCode != "EssentialContainerExited" || *stopped.Containers[0].ExitCode != 5 {
		t.Errorf("%s, exit code %d", stopped.StopCode, *stopped.Containers[0].ExitCode)
	}
}

func TestTasksThatCannotStart(t *testing.T) {
	for _, c := range []struct {
		name   string
		env    string
		change func(map[string]any)
		reason string
		within string // of the container's reason
	}{
		{"missing image", "", func(c map[string]any) { c["image"] = strings.Replace(testImage, "/app@", "/nothing@", 1) }, "CannotPullContainerError: ", "CannotPullContainerError: "},
		{"bad reference", "", func(c map[string]any) { c["image"] = "Not An Image" }, "CannotPullContainerError: invalid reference format", ""},
		{"missing log group", "", func(c map[string]any) {
			c["logConfiguration"].(map[string]any)["options"].(map[string]any)["awslogs-group"] = "nowhere"
		}, "ResourceInitializationError: ", ""},
		{"missing command", "", func(c map[string]any) { c["entryPoint"] = []any{"/nothing"} }, "CannotStartContainerError: ", "CannotStartContainerError: "},
		{"out of memory", "EAT=200", nil, "Essential container in task exited", "OutOfMemoryError: Container killed due to memory usage"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			if c.change == nil {
				c.change = func(map[string]any) {}
			}
			r.create(r.define(c.env, c.change), 1, map[string]any{"healthCheckGracePeriodSeconds": 5000})
			r.eventually("FAILED", func() bool { return r.web().Deployments[0].RolloutState == "FAILED" })
			r.eventually("STOPPED", func() bool {
				return !slices.ContainsFunc(r.stateOf("STOPPED"), func(t taskView) bool { return t.LastStatus != "STOPPED" })
			})
			stopped := r.stateOf("STOPPED")
			if len(stopped) != 3 || !strings.HasPrefix(stopped[0].StoppedReason, c.reason) || !strings.Contains(stopped[0].Containers[0].Reason, c.within) {
				t.Errorf("%d tasks, the first with %q and %q", len(stopped), stopped[0].StoppedReason, stopped[0].Containers[0].Reason)
			}
			if n := len(r.stateOf("RUNNING")); n != 0 {
				t.Errorf("%d tasks run in a failed first deployment", n)
			}
		})
	}
}

func TestContainerHealthCheck(t *testing.T) {
	r := newRig(t)
	check := func(c map[string]any) {
		c["healthCheck"] = map[string]any{"command": []any{"CMD", "/app", "check"}, "interval": 5, "timeout": 2, "retries": 2}
	}
	good := r.define("VERSION=one", check)
	r.create(good, 1, map[string]any{"loadBalancers": nil})
	r.steady(good, 1)
	if got := r.stateOf("RUNNING")[0].HealthStatus; got != "HEALTHY" {
		t.Errorf("health %s", got)
	}
	r.updateTo(r.define("UNHEALTHY=1", check), 1, map[string]any{"loadBalancers": nil})
	r.eventually("rollback", func() bool { return r.web().TaskDefinition == good })
	r.steady(good, 1)
	if !r.said("failed container health checks.") {
		t.Error("no event of the health check")
	}
}

func TestSigkillAfterStopTimeout(t *testing.T) {
	r := newRig(t)
	def := r.define("IGNORE_SIGTERM=1", func(c map[string]any) { c["stopTimeout"] = 2 })
	r.create(def, 1, nil)
	r.steady(def, 1)
	r.updateTo(def, 0, nil)
	r.steady(def, 0)
	if code := *r.stateOf("STOPPED")[0].Containers[0].ExitCode; code != 137 {
		t.Errorf("exit code %d; want SIGKILL's 137", code)
	}
}

func TestLogsAreComplete(t *testing.T) {
	r := newRig(t)
	def := r.define("PRINT=3000")
	r.create(def, 1, nil)
	r.steady(def, 1)
	task := r.stateOf("RUNNING")[0]
	r.updateTo(def, 0, nil)
	r.steady(def, 0)
	got := r.logs.of(task)
	if len(got) != 3001 || got[3000] != "stopping" {
		t.Fatalf("%d lines; want 3001", len(got))
	}
	for i := range 3000 {
		if got[i] != fmt.Sprint("line ", i) {
			t.Fatalf("line %d is %q", i, got[i])
		}
	}
}

// Tasks that end as soon as they begin leave nobody behind who still looks at them.
func TestTasksThatEndAtOnce(t *testing.T) {
	r := newRig(t)
	def := r.define("", func(c map[string]any) { c["image"] = "Not An Image" })
	r.create(def, 0, nil)
	for range 50 {
		r.mu.Lock()
		task := r.newTask(r.services["c/web"], r.services["c/web"].Deployments[0])
		r.mu.Unlock()
		r.accompany(t.Context(), task, true)
		if !task.stopped() {
			t.Fatalf("the task is %s", task.LastStatus)
		}
	}
}

// An unhealthy task serves on until its replacement is healthy, as far as the maximum percent lets both be there.
func TestAnUnhealthyTaskIsReplacedFirst(t *testing.T) {
	r, _ := still(t)
	r.create(r.define(""), 1, map[string]any{"loadBalancers": nil})
	v := r.services["c/web"]
	r.memory = 1024
	r.reconcile(v)
	first := r.tasks[lastPart(r.stateOf("RUNNING")[0].TaskARN)]
	first.LastStatus, first.StartedAt, first.HealthStatus = "RUNNING", r.now(), "UNHEALTHY"
	r.reconcile(v)
	if n := len(r.stateOf("RUNNING")); n != 2 || !first.alive() {
		t.Fatalf("%d tasks, the unhealthy one is wanted %s", n, first.DesiredStatus)
	}
	for _, task := range r.tasks {
		if task != first {
			task.LastStatus, task.StartedAt, task.HealthStatus = "RUNNING", r.now(), "HEALTHY"
		}
	}
	r.reconcile(v)
	if first.alive() || first.StoppedReason != "Task failed container health checks" {
		t.Errorf("with a healthy replacement it is wanted %s: %s", first.DesiredStatus, first.StoppedReason)
	}
	if n := v.Deployments[0].FailedTasks; n != 0 { // the replacement's health ends the row
		t.Errorf("%d failures are left", n)
	}
}
