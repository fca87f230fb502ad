package codepipeline

import (
	"context"

	"slipway/sandbox/awsapi"
)

// Modes of a retry.
const (
	FailedActions = "FAILED_ACTIONS"
	AllActions    = "ALL_ACTIONS"
)

// Retry runs the stage again in which an execution failed or was stopped: the actions that did not succeed
// (FailedActions) or all of them (AllActions). It has to be the newest execution that was in the stage, and the
// pipeline must not have changed since it began.
func (s *Service) Retry(_ context.Context, pipeline, stage, id, mode string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if mode != FailedActions && mode != AllActions {
		return invalid("the retry mode is %s or %s, not %q", FailedActions, AllActions, mode)
	}
	p := s.pipelines[pipeline]
	if p == nil {
		return errNoPipeline(pipeline)
	}
	if p.Stage(stage) < 0 {
		return errNoStage(pipeline, stage)
	}
	e := s.executions[id]
	if e == nil || e.Declaration.Name != pipeline || s.latest(pipeline, stage) != e {
		return awsapi.Errorf("NotLatestPipelineExecutionException", "The execution %s is not the latest one in stage %s of %s.", id, stage, pipeline)
	}
	if err := e.retryable(stage, p.Version); err != nil {
		return err
	}
	return s.change(e.ID, func(e *execution) error {
		for _, a := range e.Actions {
			if a.Stage == stage && (mode == AllActions || a.Status != Succeeded) {
				a.Retired = true
			}
		}
		s.entries++
		e.Status, e.Summary, e.StopReason = InProgress, "", ""
		e.Stages[e.Stage] = stageRun{Entry: s.entries, Status: InProgress}
		return nil
	})
}

func (e *execution) retryable(stage string, version int) error {
	no := func(why string) error {
		return awsapi.Errorf("StageNotRetryableException", "Unable to retry stage %s: %s.", stage, why)
	}
	run := e.Stages[e.Declaration.Stage(stage)]
	switch {
	case e.Declaration.Version != version:
		return no("the pipeline's structure has changed since the execution began")
	case e.Declaration.Stages[e.Stage].Name != stage || run.Status != Failed && run.Status != Stopped:
		return no("the stage contains no failed actions")
	}
	return nil
}

func errNoStage(pipeline, stage string) error {
	return awsapi.Errorf("StageNotFoundException", "The pipeline %s has no stage %s.", pipeline, stage)
}

// latest returns the execution that entered a stage last, or nil.
func (s *Service) latest(pipeline, stage string) *execution {
	var latest *execution
	entry := 0
	for _, e := range s.of(pipeline) {
		if i := e.Declaration.Stage(stage); i >= 0 && e.Stages[i].Entry > entry {
			latest, entry = e, e.Stages[i].Entry
		}
	}
	return latest
}
