package codepipeline

import (
	"context"
	"time"

	"slipway/sandbox/codepipeline/declaration"
)

// Events is the bus that changes of state are told on.
type Events interface {
	Publish(ctx context.Context, source, detailType string, resources []string, detail any) error
}

// changeDetail is the detail of an event (CodePipeline user guide, "Monitoring CodePipeline events", November 2026).
type changeDetail struct {
	Pipeline  string       `json:"pipeline"`
	Execution string       `json:"execution-id"`
	Start     string       `json:"start-time"`
	Trigger   *triggerWord `json:"execution-trigger,omitempty"`
	Stage     string       `json:"stage,omitempty"`
	Result    *resultWord  `json:"execution-result,omitempty"`
	ActionID  string       `json:"action-execution-id,omitempty"`
	Action    string       `json:"action,omitempty"`
	State     string       `json:"state"`
	Region    string       `json:"region,omitempty"`
	Type      *typeWord    `json:"type,omitempty"`
	Version   int          `json:"version"`
	Attempt   int          `json:"pipeline-execution-attempt"`
}

type triggerWord struct {
	Type   string `json:"trigger-type"`
	Detail string `json:"trigger-detail,omitempty"`
}

type resultWord struct {
	Summary string `json:"external-execution-summary,omitempty"`
	ID      string `json:"external-execution-id,omitempty"`
	Code    string `json:"error-code,omitempty"`
}

type typeWord struct {
	Owner    string `json:"owner"`
	Provider string `json:"provider"`
	Category string `json:"category"`
	Version  string `json:"version"`
}

// states are the words that events have for statuses.
var states = map[string]string{
	InProgress: "STARTED", Succeeded: "SUCCEEDED", Failed: "FAILED", Stopping: "STOPPING", Stopped: "STOPPED",
	Superseded: "SUPERSEDED", Cancelled: "CANCELED", Abandoned: "ABANDONED",
}

// announce tells what has changed from an execution as it was, nil for a new one. Events are best effort: one that cannot
// be stored is only logged.
func (s *Service) announce(old, e *execution) {
	if old == nil {
		old = &execution{Stages: make([]stageRun, len(e.Stages))}
	}
	d := changeDetail{
		Pipeline: e.Declaration.Name, Execution: e.ID, Start: stamp(e.Started), Version: e.Declaration.Version, Attempt: e.attempts(),
	}
	retried := old.finished() && old.Status != "" && e.Status == InProgress
	if old.Status != e.Status {
		whole := d
		whole.State, whole.Trigger = begun(e.Status, retried), &triggerWord{e.Trigger.Type, e.Trigger.Detail}
		s.publish("Pipeline", whole)
	}
	for i, run := range e.Stages {
		if run.Status != "" && run != old.Stages[i] {
			stage := d
			stage.Stage, stage.State = e.Declaration.Stages[i].Name, begun(run.Status, retried)
			s.publish("Stage", stage)
		}
	}
	for _, a := range e.Actions {
		if before := old.attempt(a.ID); before == nil || before.Status != a.Status {
			s.publish("Action", s.actionChange(d, e, a))
			s.ask(e, a)
		}
	}
}

func (s *Service) actionChange(d changeDetail, e *execution, a *action) changeDetail {
	id := e.declared(a).TypeID
	d.Stage, d.Action, d.ActionID, d.State, d.Region, d.Start = a.Stage, a.Name, a.ID, states[a.Status], string(s.region), stamp(a.Started)
	d.Type = typed(id)
	if a.Status != InProgress {
		d.Result = &resultWord{Summary: a.Summary, ID: a.ExternalID}
		if a.Error != nil {
			d.Result.Code, d.Result.Summary = a.Error.Code, a.Error.Message
		}
	}
	return d
}

func typed(id declaration.TypeID) *typeWord {
	return &typeWord{id.Owner, id.Provider, id.Category, id.Version}
}

// begun is the state of what is in progress for the first time, or again.
func begun(status string, again bool) string {
	if again && status == InProgress {
		return "RESUMED"
	}
	return states[status]
}

// attempts is how often the execution was begun: retrying a stage counts.
func (e *execution) attempts() int {
	most, count := 1, map[string]int{}
	for _, a := range e.Actions {
		count[a.Stage+"/"+a.Name]++
		most = max(most, count[a.Stage+"/"+a.Name])
	}
	return most
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (s *Service) publish(what string, d changeDetail) {
	if s.Events == nil {
		return
	}
	kind := "CodePipeline " + what + " Execution State Change"
	if err := s.Events.Publish(context.Background(), "aws.codepipeline", kind, []string{s.arn(d.Pipeline)}, d); err != nil {
		s.Log.Error("telling a change of a pipeline", "pipeline", d.Pipeline, "execution", d.Execution, "error", err)
	}
}
