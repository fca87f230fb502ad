package sandbox

import (
	"context"
	"time"

	"slipway/sandbox/codepipeline"
	"slipway/sandbox/console"
)

// person is who presses the buttons of the console's pages.
const person = "console"

// pages is CodePipeline as the console's pages see it.
type pages struct{ pipelines *codepipeline.Service }

func (p pages) Names(context.Context) (names []string, err error) {
	for _, one := range p.pipelines.Pipelines() {
		names = append(names, one.Name)
	}
	return names, nil
}

func (p pages) Pipeline(_ context.Context, name string) (console.Pipeline, bool, error) {
	view, found := p.pipelines.Pipeline(name)
	shown := console.Pipeline{Name: view.Name, Mode: view.Mode, Stages: stagesOf(view.Stages)}
	for _, e := range view.Executions {
		shown.Executions = append(shown.Executions, executionOf(e))
	}
	return shown, found, nil
}

func (p pages) Execution(_ context.Context, pipeline, id string) (console.Execution, bool, error) {
	view, found := p.pipelines.Execution(pipeline, id)
	return executionOf(view), found, nil
}

func (p pages) Start(ctx context.Context, pipeline string) (string, error) {
	return p.pipelines.Start(ctx, pipeline, codepipeline.Trigger{Type: "StartPipelineExecution", Detail: person})
}

func (p pages) Retry(ctx context.Context, pipeline, stage, execution string) error {
	return p.pipelines.Retry(ctx, pipeline, stage, execution, codepipeline.FailedActions)
}

func (p pages) Stop(ctx context.Context, pipeline, execution, reason string, abandon bool) error {
	return p.pipelines.Stop(ctx, pipeline, execution, reason, abandon)
}

func (p pages) Decide(ctx context.Context, d console.Decision) error {
	return p.pipelines.Approve(ctx, d.Token, d.Approved, d.Comment, person)
}

func (p pages) Changed() <-chan struct{} { return p.pipelines.Changes() }

func executionOf(e codepipeline.ExecutionView) console.Execution {
	shown := console.Execution{
		ID: e.ID, Status: console.Status(e.Status), Cause: e.Summary, Trigger: e.Trigger.Type, Detail: e.Trigger.Detail,
		Start: e.Started, Stages: stagesOf(e.Stages),
	}
	if e.StopReason != "" {
		shown.Cause = e.StopReason
	}
	switch {
	case e.Waiting:
		shown.Status = console.Queued
	case e.Status != codepipeline.InProgress && e.Status != codepipeline.Stopping:
		shown.End = e.Updated
	}
	for _, r := range e.Revisions {
		shown.Revisions = append(shown.Revisions, console.Revision{ID: r.ID, Message: r.Summary, URL: r.URL, Date: r.Created, Action: r.Action})
	}
	return shown
}

func stagesOf(all []codepipeline.StageView) []console.Stage {
	shown := make([]console.Stage, len(all))
	for i, s := range all {
		shown[i] = console.Stage{Name: s.Name, Status: console.Status(s.Status), Execution: s.ExecutionID, Retryable: s.Retryable, Disabled: s.Disabled}
		for _, e := range s.Waiting {
			shown[i].Inbound = append(shown[i].Inbound, e.ID)
		}
		for _, a := range s.Actions {
			shown[i].Actions = append(shown[i].Actions, actionOf(a))
		}
	}
	return shown
}

func actionOf(a codepipeline.ActionView) console.Action {
	shown := console.Action{
		Name: a.Name, Category: a.Type.Category, Provider: a.Type.Provider, RunOrder: a.RunOrder, Status: console.Status(a.Status),
		Start: a.Started, End: ended(a), Summary: a.Summary, URL: a.ExternalURL, ErrorCode: a.ErrorCode, Error: a.ErrorMessage,
		Token: a.Token, By: a.UpdatedBy,
	}
	if a.Percent != nil {
		shown.Percent = *a.Percent
	}
	return shown
}

func ended(a codepipeline.ActionView) time.Time {
	if a.Status == "" || a.Status == codepipeline.InProgress {
		return time.Time{}
	}
	return a.Updated
}
