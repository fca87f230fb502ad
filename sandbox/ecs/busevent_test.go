package ecs

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// told are events, in a line each.
type told []string

func (all *told) Publish(_ context.Context, source, detailType string, resources []string, detail any) error {
	text, err := json.Marshal(detail)
	var d struct {
		LastStatus, DesiredStatus, EventType, EventName, CreatedAt string
	}
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	line := strings.Join(strings.Fields(detailType+" "+d.LastStatus+" "+d.DesiredStatus+" "+d.EventType+" "+d.EventName), " ")
	if d.LastStatus != "" && !strings.HasSuffix(d.CreatedAt, "Z") || source != "aws.ecs" || len(resources) != 1 {
		line += " " + string(text)
	}
	*all = append(*all, line)
	return err
}

func TestEventsOfADeployment(t *testing.T) {
	r, _ := still(t)
	all := &told{}
	r.Events, r.memory = all, 4096
	r.create(r.define(""), 1, map[string]any{"loadBalancers": nil})
	v := r.services["c/web"]
	r.reconcile(v)
	for _, task := range r.tasks {
		r.saveTask(task) // again, with nothing new
		task.LastStatus, task.StartedAt, task.HealthStatus = "RUNNING", r.now(), "HEALTHY"
		r.saveTask(task)
	}
	r.reconcile(v)
	v.Configuration.Breaker = breaker{Enable: true, Rollback: true, Threshold: &threshold{"COUNT", 1}}
	r.updateTo(r.define("BAD=1"), 1, map[string]any{"loadBalancers": nil})
	v.Configuration.Breaker.Threshold = &threshold{"COUNT", 1}
	r.reconcile(v)
	for _, task := range r.tasks {
		if task.Internal.Deployment == v.primary().ID {
			r.strike(v, task)
			break
		}
	}
	r.reconcile(v)
	want := []string{
		"ECS Deployment State Change INFO SERVICE_DEPLOYMENT_IN_PROGRESS",
		"ECS Task State Change PROVISIONING RUNNING", "ECS Task State Change RUNNING RUNNING",
		"ECS Deployment State Change INFO SERVICE_DEPLOYMENT_COMPLETED", "ECS Service Action INFO SERVICE_STEADY_STATE",
		"ECS Deployment State Change INFO SERVICE_DEPLOYMENT_IN_PROGRESS", "ECS Task State Change PROVISIONING RUNNING",
		"ECS Deployment State Change ERROR SERVICE_DEPLOYMENT_FAILED", "ECS Deployment State Change INFO SERVICE_DEPLOYMENT_IN_PROGRESS",
	}
	if got := []string(*all); len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		t.Errorf("it tells %q", got)
	}
}
