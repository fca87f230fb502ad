package codepipeline

import (
	"context"

	"slipway/sandbox/awsapi"
)

// Stop ends an execution: after the actions in progress, or at once with abandon. Work of an abandoned action may
// go on where it is done; its result is not taken any more.
func (s *Service) Stop(_ context.Context, pipeline, id, reason string, abandon bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pipelines[pipeline] == nil {
		return errNoPipeline(pipeline)
	}
	e := s.executions[id]
	if e == nil || e.Declaration.Name != pipeline {
		return awsapi.Errorf("PipelineExecutionNotStoppableException", "The pipeline %s has no execution %s.", pipeline, id)
	}
	if e.finished() {
		return awsapi.Errorf("PipelineExecutionNotStoppableException", "The execution %s is not in progress: it is %s.", id, e.Status)
	}
	if e.Status == Stopping && !abandon {
		return awsapi.Errorf("DuplicatedStopRequestException", "The execution %s is in a Stopping state already.", id)
	}
	return s.change(e.ID, func(e *execution) error {
		e.Status, e.StopReason = Stopping, reason
		if abandon {
			s.abandon(e)
		}
		return nil
	})
}

// abandon ends the attempts in progress without waiting for what they do.
func (s *Service) abandon(e *execution) {
	for _, a := range e.running() {
		for _, j := range a.open() {
			j.Status = Failed
		}
		s.end(a, Abandoned, nil)
	}
}

// leaveBehind ends an execution whose pipeline was updated: "CodePipeline gracefully completes all the running actions and
// then fails the stages and pipeline executions where the running actions were completed" (CodePipeline user guide, "Edit a
// pipeline", November 2026). One that waits in front of a stage is Cancelled, which the API reference has for
// executions whose pipeline was updated before they could be completed.
func (e *execution) leaveBehind() bool {
	if len(e.running()) > 0 {
		return false
	}
	e.Status, e.Summary = Cancelled, "The pipeline's definition was updated before the pipeline execution could be completed."
	if run := &e.Stages[e.Stage]; run.Status == InProgress {
		run.Status, e.Status = Failed, Failed
	}
	return true
}
