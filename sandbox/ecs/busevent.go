package ecs

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// Events is the bus that changes of state are told on.
type Events interface {
	Publish(ctx context.Context, source, detailType string, resources []string, detail any) error
}

// publish tells a change. Events are best effort: one that cannot be stored is only logged.
func (s *Service) publish(kind, arn string, detail any) {
	if s.Events == nil {
		return
	}
	if err := s.Events.Publish(context.Background(), "aws.ecs", kind, []string{arn}, detail); err != nil {
		s.Log.Error("telling a change", "of", arn, "error", err)
	}
}

// tellTask tells a task's change of status (ECS developer guide, "Amazon ECS task state change events", November 2026: the
// detail is what DescribeTasks says, its times as text).
func (s *Service) tellTask(t *task) {
	now := t.LastStatus + " " + t.DesiredStatus
	if s.Events == nil || t.told == now {
		return
	}
	t.told = now
	text, err := json.Marshal(t.view())
	detail := map[string]any{}
	if err == nil {
		err = json.Unmarshal(text, &detail)
	}
	if err != nil {
		s.Log.Error("telling a change", "of", t.TaskARN, "error", err)
		return
	}
	spell(detail)
	detail["updatedAt"] = iso(s.Clock.Now())
	s.publish("ECS Task State Change", t.TaskARN, detail)
}

// spell writes times, which the API has as seconds, as events have them.
func spell(detail map[string]any) {
	for name, value := range detail {
		if seconds, is := value.(float64); is && strings.HasSuffix(name, "At") {
			detail[name] = iso(time.UnixMilli(int64(seconds * 1000)))
		}
	}
}

func iso(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

type deploymentDetailEvent struct {
	Type       string `json:"eventType"`
	Name       string `json:"eventName"`
	Deployment string `json:"deploymentId"`
	UpdatedAt  string `json:"updatedAt"`
	Reason     string `json:"reason"`
}

// tellDeployment tells the state that a deployment has come to (ECS developer guide, "Amazon ECS service deployment state
// change events", November 2026).
func (s *Service) tellDeployment(v *service, d *deployment) {
	e := deploymentDetailEvent{"INFO", "SERVICE_DEPLOYMENT_" + d.RolloutState, d.ID, iso(d.UpdatedAt.Time), d.RolloutReason}
	if d.RolloutState == "FAILED" {
		e.Type = "ERROR"
	}
	s.publish("ECS Deployment State Change", v.ServiceARN, e)
}

type serviceAction struct {
	Type      string `json:"eventType"`
	Name      string `json:"eventName"`
	Cluster   string `json:"clusterArn"`
	CreatedAt string `json:"createdAt"`
}

// tellAction tells what the scheduler did for a service (ECS developer guide, "Amazon ECS service action events", November
// 2026).
func (s *Service) tellAction(v *service, kind, name string) {
	s.publish("ECS Service Action", v.ServiceARN, serviceAction{kind, name, v.ClusterARN, iso(s.Clock.Now())})
}
