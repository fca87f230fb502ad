package ecs

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestServiceStartsScalesAndGoes(t *testing.T) {
	r := newRig(t)
	def := r.define("VERSION=one")
	r.create(def, 2, nil)
	r.steady(def, 2)
	tasks := r.stateOf("RUNNING")
	if got := get(t, tasks[0], "/"); got != "one" {
		t.Errorf("the task answers %q", got)
	}
	if c := tasks[0].Containers[0]; !strings.HasSuffix(testImage, c.ImageDigest) || c.ImageDigest == "" {
		t.Errorf("digest %q of %s", c.ImageDigest, testImage)
	}
	for _, text := range []string{"has started 2 tasks: (task ", "registered 1 targets in (target-group " + testGroup + ")",
		"deployment completed."} {
		if !r.said(text) {
			t.Errorf("no event says %q", text)
		}
	}
	r.updateTo(def, 3, nil)
	r.steady(def, 3)
	if n := len(r.web().Deployments); n != 1 || r.services["c/web"].Internal.Deployments[0].Status != "SUCCESSFUL" {
		t.Errorf("scaling made %d deployments", n)
	}
	r.updateTo(def, 1, nil)
	r.steady(def, 1)
	if err := (serviceBehaviour{r.Service}).Delete(t.Context(), webARN); err != nil {
		t.Fatal(err)
	}
	if left, err := r.Engine.List(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("containers after Delete: %v, %v", left, err)
	}
	if got := r.web().Status; got != "INACTIVE" {
		t.Errorf("status %s after Delete", got)
	}
	if n := len(r.stateOf("STOPPED")); n != 3 {
		t.Errorf("%d stopped tasks are described; want 3", n)
	}
}

func TestRollingUpdateKeepsMinimumHealthy(t *testing.T) {
	r := newRig(t)
	one := r.define("VERSION=one")
	r.create(one, 2, map[string]any{"deploymentMaximumPercent": 150, "deploymentMinimumHealthyPercent": 100})
	r.steady(one, 2)

	ctx, cancel := context.WithCancel(t.Context())
	var sampler sync.WaitGroup
	fewest, most := 99, 0
	sampler.Go(func() {
		for ctx.Err() == nil {
			fewest = min(fewest, r.balancer.healthy())
			v := r.web()
			most = max(most, v.RunningCount+v.PendingCount)
			<-time.After(5 * time.Millisecond)
		}
	})
	two := r.define("VERSION=two")
	r.updateTo(two, 2, map[string]any{"deploymentMaximumPercent": 150, "deploymentMinimumHealthyPercent": 100})
	r.steady(two, 2)
	cancel()
	sampler.Wait()
	if fewest < 2 || most > 3 {
		t.Errorf("between %d healthy targets and %d tasks; want at least 2 and at most 3", fewest, most)
	}
	for _, task := range r.stateOf("RUNNING") {
		if got := get(t, task, "/"); got != "two" {
			t.Errorf("a task answers %q after the update", got)
		}
	}
	for _, task := range r.stateOf("STOPPED") {
		if task.StopCode != "ServiceSchedulerInitiated" || !strings.HasPrefix(task.StoppedReason, "Scaling activity initiated by (deployment ecs-svc/") {
			t.Errorf("an old task stopped with %s: %s", task.StopCode, task.StoppedReason)
		}
		if code := task.Containers[0].ExitCode; code == nil || *code != 0 {
			t.Errorf("an old task's exit code is %v; SIGTERM ends it with 0", code)
		}
	}
	if !r.said("has begun draining connections on 1 tasks.") {
		t.Error("no event of draining")
	}
}

func TestBreakerRollsBack(t *testing.T) {
	for _, c := range []struct {
		name, env    string
		grace        int
		code, reason string
	}{
		{"exits at once", "EXIT_AFTER=0s", 5000, "EssentialContainerExited", "Essential container in task exited"},
		{"never healthy", "UNHEALTHY=1", 5, "ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group " + testGroup + ")"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			good := r.define("VERSION=good")
			r.create(good, 1, map[string]any{"healthCheckGracePeriodSeconds": c.grace})
			r.steady(good, 1)
			before := r.stateOf("RUNNING")[0].TaskARN
			bad := r.define(c.env)
			r.updateTo(bad, 1, map[string]any{"healthCheckGracePeriodSeconds": c.grace})
			failed := r.web().Deployments[0].ID
			r.eventually("rollback", func() bool { return r.web().TaskDefinition == good })
			rolling := r.web().Deployments[0]
			r.steady(good, 1)
			if !strings.HasPrefix(rolling.RolloutReason, "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/") &&
				rolling.RolloutState != "COMPLETED" {
				t.Errorf("reason %q", rolling.RolloutReason)
			}
			for _, text := range []string{"(deployment " + failed + ") deployment failed: tasks failed to start.", "rolling back to deployment ecs-svc/"} {
				if !r.said(text) {
					t.Errorf("no event says %q", text)
				}
			}
			if now := r.stateOf("RUNNING"); len(now) != 1 || now[0].TaskARN != before {
				t.Error("the old task was replaced by the rollback")
			}
			stopped := r.stateOf("STOPPED")
			if len(stopped) < 3 || stopped[0].StopCode != c.code || stopped[0].StoppedReason != c.reason {
				t.Errorf("%d tasks stopped, the first with %s: %s", len(stopped), stopped[0].StopCode, stopped[0].StoppedReason)
			}
			sd := r.services["c/web"].Internal.Deployments[0]
			if sd.Status != "ROLLBACK_SUCCESSFUL" || sd.FailureCount != 3 {
				t.Errorf("service deployment %+v", sd)
			}
		})
	}
}

func TestBreakerWithoutRollbackStalls(t *testing.T) {
	r := newRig(t)
	noRollback := map[string]any{"deploymentCircuitBreaker": map[string]any{"enable": true, "rollback": false}}
	good := r.define("VERSION=good")
	r.create(good, 1, noRollback)
	r.steady(good, 1)
	bad := r.define("EXIT_AFTER=0s")
	r.updateTo(bad, 1, noRollback)
	r.eventually("FAILED", func() bool { return r.web().Deployments[0].RolloutState == "FAILED" })
	v := r.web()
	if v.TaskDefinition != bad || v.Deployments[0].RolloutReason != "ECS deployment circuit breaker: tasks failed to start." {
		t.Errorf("%s: %s", v.TaskDefinition, v.Deployments[0].RolloutReason)
	}
	running := r.stateOf("RUNNING")
	if len(running) != 1 || running[0].TaskDefinitionARN != good {
		t.Errorf("%d tasks run; the old one goes on serving", len(running))
	}
}

func TestNewerUpdateSupersedes(t *testing.T) {
	r := newRig(t)
	one := r.define("VERSION=one")
	r.create(one, 1, nil)
	r.steady(one, 1)
	slow := map[string]any{"healthCheckGracePeriodSeconds": 5000}
	r.updateTo(r.define("UNHEALTHY=1"), 1, slow)
	r.eventually("the first update's task", func() bool { return r.web().RunningCount == 2 })
	three := r.define("VERSION=three")
	r.updateTo(three, 1, slow)
	v := r.web()
	if len(v.Deployments) != 3 || v.Deployments[0].Status != "PRIMARY" || v.Deployments[1].Status != "ACTIVE" {
		t.Errorf("%d deployments", len(v.Deployments))
	}
	r.steady(three, 1)
	if status := r.services["c/web"].Internal.Deployments[1].Status; status != "STOPPED" {
		t.Errorf("the superseded service deployment is %s", status)
	}
}

func TestSameInputsMakeNoDeployment(t *testing.T) {
	r := newRig(t)
	def := r.define("VERSION=one")
	r.create(def, 1, nil)
	r.steady(def, 1)
	id := r.web().Deployments[0].ID
	r.updateTo(def, 1, nil)
	if got := r.web().Deployments[0].ID; got != id {
		t.Error("an update without a change made a deployment")
	}
	r.updateTo(def, 1, map[string]any{"forceNewDeployment": true})
	if got := r.web().Deployments[0].ID; got == id {
		t.Error("forceNewDeployment made no deployment")
	}
	r.steady(def, 1)
}

func TestWaitForSteadyState(t *testing.T) {
	r := newRig(t)
	def := r.define("VERSION=one")
	r.create(def, 1, map[string]any{"waitForSteadyState": true})
	if v := r.web(); v.RunningCount != 1 || v.Deployments[0].RolloutState != "COMPLETED" {
		t.Errorf("Create returned before the steady state: %+v", v.Deployments[0])
	}
	in := serviceProperties(r.define("EXIT_AFTER=0s"), 1, map[string]any{"waitForSteadyState": true})
	_, err := (serviceBehaviour{r.Service}).Update(t.Context(), webARN, in)
	if err == nil || !strings.Contains(err.Error(), "circuit breaker") && !strings.Contains(err.Error(), "rolled back") && !strings.Contains(err.Error(), "superseded") {
		t.Errorf("Update of a service that rolled back: %v", err)
	}
}
