package ecs

import (
	"testing"
)

// deploymentNow is what ECS says of the newest service deployment.
func (r *rig) deploymentNow() deploymentDetail {
	r.t.Helper()
	list, err := r.listDeployments(r.t.Context(), listDeploymentsInput{Service: webARN})
	if err != nil || len(list.Deployments) == 0 {
		r.t.Fatal(list, err)
	}
	got, err := r.describeDeployments(r.t.Context(), describeDeploymentsInput{ARNs: []string{list.Deployments[0].ARN}})
	if err != nil || len(got.Deployments) != 1 {
		r.t.Fatal(got, err)
	}
	return got.Deployments[0]
}

// health brings every task that is to run into RUNNING, with this health.
func (r *rig) healthOfAll(status string) {
	for _, task := range r.tasks {
		if task.alive() {
			task.LastStatus, task.StartedAt, task.HealthStatus = "RUNNING", r.now(), status
			task.Containers[0].ImageDigest = "sha256:" + task.Internal.ID
		}
	}
}

func TestAServiceDeploymentFromPendingToItsEnd(t *testing.T) {
	r, _ := still(t)
	r.memory = 4096
	noBalancer := map[string]any{"loadBalancers": nil}
	one := r.define("VERSION=one")
	r.create(one, 2, noBalancer)
	v := r.services["c/web"]
	if d := r.deploymentNow(); d.Status != "PENDING" || d.StartedAt != nil || len(d.Sources) != 0 || d.Target.ARN == "" || d.Target.Requested != 2 {
		t.Errorf("a new one is %+v", d)
	}
	r.reconcile(v)
	if d := r.deploymentNow(); d.Status != "IN_PROGRESS" || d.StartedAt == nil || d.Target.Pending != 2 {
		t.Errorf("a started one is %+v", d)
	}
	r.healthOfAll("HEALTHY")
	r.reconcile(v)
	first := r.deploymentNow()
	if first.Status != "SUCCESSFUL" || first.FinishedAt == nil || first.StoppedAt != nil || first.Target.Running != 2 || first.Breaker.Status != "MONITORING_COMPLETE" {
		t.Errorf("a completed one is %+v", first)
	}
	bad := r.define("VERSION=bad")
	change := &deploymentChange{Breaker: &breaker{Enable: true, Rollback: false, Threshold: &threshold{"COUNT", 1}}}
	if _, err := r.apiUpdateService(t.Context(), updateServiceInput{Cluster: "c", Service: "web", TaskDefinition: bad, Configuration: change}); err != nil {
		t.Fatal(err)
	}
	r.reconcile(v)
	for _, task := range r.tasks {
		if task.TaskDefinitionARN == bad {
			r.strike(v, task)
			break
		}
	}
	r.reconcile(v)
	d := r.deploymentNow()
	if d.Status != "STOPPED" || d.StoppedAt == nil || d.StatusReason != "ECS deployment circuit breaker: tasks failed to start." ||
		d.Breaker != (breakerStatus{"TRIGGERED", 1, 1}) || d.Sources[0].ARN != first.Target.ARN || d.Rollback != nil {
		t.Errorf("one that failed is %+v", d)
	}
	out, err := r.describeRevisions(t.Context(), describeRevisionsInput{[]string{first.Target.ARN, d.Target.ARN, d.Target.ARN + "0"}})
	if err != nil || len(out.Revisions) != 2 || len(out.Failures) != 1 || out.Failures[0].Reason != "MISSING" {
		t.Fatalf("revisions %+v, %v", out, err)
	}
	old, next := out.Revisions[0], out.Revisions[1]
	if old.Definition != one || next.Definition != bad || old.Images[0].Container != "app" || old.Images[0].Image != testImage || old.Images[0].Digest == "" || next.ServiceARN != webARN {
		t.Errorf("they are %+v and %+v", old, next)
	}
	if _, err := r.describeRevisions(t.Context(), describeRevisionsInput{}); code(err) != "InvalidParameterException" {
		t.Errorf("of nothing: %v", err)
	}
}

// A healthy task sets the count of failed ones back, unless the service says otherwise.
func TestFailuresAreCountedInARowOrInAll(t *testing.T) {
	no := false
	for name, c := range map[string]struct {
		reset *bool
		want  int
	}{"by itself": {nil, 0}, "not reset": {&no, 1}} {
		r, _ := still(t)
		r.memory = 4096
		r.create(r.define(""), 2, map[string]any{"loadBalancers": nil})
		v := r.services["c/web"]
		v.Configuration.Breaker.ResetOnHealthy = c.reset
		r.reconcile(v)
		for _, task := range r.tasks {
			r.strike(v, task)
			r.prove(v, task)
			break
		}
		if got := v.Deployments[0].FailedTasks; got != c.want {
			t.Errorf("%s: %d failed tasks, want %d", name, got, c.want)
		}
	}
}

// With early success a deployment is done when so many of its tasks are healthy, and goes on behind it.
func TestEarlySuccess(t *testing.T) {
	for cleanup, want := range map[string]string{"DEFERRED": "SUCCESSFUL", "BLOCKING": "IN_PROGRESS"} {
		r, _ := still(t)
		r.memory = 4096
		r.create(r.define("VERSION=one"), 2, map[string]any{"loadBalancers": nil, "deploymentMinimumHealthyPercent": 50})
		v := r.services["c/web"]
		r.reconcile(v)
		r.healthOfAll("HEALTHY")
		r.reconcile(v)
		two := r.define("VERSION=two")
		change := &deploymentChange{Early: &early{Enable: true, Percent: 50, Cleanup: cleanup}}
		if _, err := r.apiUpdateService(t.Context(), updateServiceInput{Cluster: "c", Service: "web", TaskDefinition: two, Configuration: change}); err != nil {
			t.Fatal(err)
		}
		r.reconcile(v)
		for _, task := range r.tasks {
			if task.TaskDefinitionARN == two {
				task.LastStatus, task.StartedAt, task.HealthStatus = "RUNNING", r.now(), "HEALTHY"
				break
			}
		}
		r.reconcile(v)
		if d := r.deploymentNow(); d.Status != want {
			t.Errorf("%s: with one of two healthy it is %s, want %s", cleanup, d.Status, want)
		}
	}
}
