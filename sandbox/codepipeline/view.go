package codepipeline

import (
	"slices"
	"time"

	"slipway/sandbox/codepipeline/declaration"
)

// Summary is a pipeline in a list.
type Summary struct {
	Name    string
	Version int
	Mode    string // QUEUED or SUPERSEDED
	Created time.Time
	Updated time.Time
	Latest  *ExecutionView // the newest execution, nil when there was none
}

// View is a pipeline with what is going on in it.
type View struct {
	Summary
	ARN        string
	Stages     []StageView     // in order, as the pipeline is declared now
	Executions []ExecutionView // newest first, all of them
}

// StageView is a stage with the execution that entered it last.
type StageView struct {
	Name        string
	Status      string // of that execution in the stage: InProgress, Succeeded, Failed, Stopped, Cancelled; "" when none came yet
	ExecutionID string
	Actions     []ActionView // in run order; those not begun have no Status
	Waiting     []ExecutionView
	Disabled    string // why nothing enters, "" when the way in is open
	Retryable   bool   // Retry takes this stage of ExecutionID
}

// ActionView is an action of a stage, in one execution.
type ActionView struct {
	Name          string
	Type          declaration.TypeID
	RunOrder      int
	ID            string // of the attempt
	Status        string // InProgress, Succeeded, Failed, Abandoned; "" when not begun
	Attempt       int    // 1 for the first
	Started       time.Time
	Updated       time.Time // when it ended, once it has
	Deadline      time.Time // when it fails by itself; zero for none
	UpdatedBy     string    // who approved or rejected
	Summary       string
	ErrorCode     string
	ErrorMessage  string
	Percent       *int
	ExternalID    string
	ExternalURL   string // by the action type's template, or the id itself when it is a URL
	EntityURL     string // by the action type's template, or the approval's ExternalEntityLink
	Token         string // of an approval that waits: what Approve takes
	Note          string // an approval's CustomData
	Configuration map[string]string
	Variables     map[string]string
	Revision      *Revision
}

// ExecutionView is an execution with its stages.
type ExecutionView struct {
	ID         string
	Version    int    // of the pipeline that it runs through
	Status     string // InProgress, Stopping, Stopped, Succeeded, Failed, Superseded, Cancelled
	Summary    string
	StopReason string
	Trigger    Trigger
	Started    time.Time
	Updated    time.Time
	Revisions  []Revision
	Stage      string // that it is in, waits for, or ended in
	Waiting    bool   // in front of Stage
	Stages     []StageView
}

// Pipelines returns all pipelines by name.
func (s *Service) Pipelines() []Summary {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Summary
	for _, name := range sortedKeys(s.pipelines) {
		all = append(all, s.summary(s.pipelines[name]))
	}
	return all
}

func (s *Service) summary(p *pipeline) Summary {
	sum := Summary{Name: p.Name, Version: p.Version, Mode: p.ExecutionMode, Created: p.Created, Updated: p.Updated}
	if all := s.of(p.Name); len(all) > 0 {
		latest := s.executionView(all[len(all)-1])
		sum.Latest = &latest
	}
	return sum
}

// Pipeline returns a pipeline with its state, and whether there is one of this name.
func (s *Service) Pipeline(name string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pipelines[name]
	if p == nil {
		return View{}, false
	}
	v := View{Summary: s.summary(p), ARN: s.arn(name)}
	all := s.of(name)
	for _, e := range slices.Backward(all) {
		v.Executions = append(v.Executions, s.executionView(e))
	}
	for i, d := range p.Stages {
		stage := s.stageView(s.latest(name, d.Name), d)
		stage.Disabled = p.disabled(i)
		for _, e := range all {
			if e.waiting() && e.Declaration.Stages[e.Stage].Name == d.Name {
				stage.Waiting = append(stage.Waiting, s.executionView(e))
			}
		}
		if e := s.latest(name, d.Name); e != nil {
			stage.Retryable = e.retryable(d.Name, p.Version) == nil
		}
		v.Stages = append(v.Stages, stage)
	}
	return v, true
}

// Execution returns one execution of a pipeline, and whether there is one.
func (s *Service) Execution(pipeline, id string) (ExecutionView, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.executions[id]
	if e == nil || e.Declaration.Name != pipeline {
		return ExecutionView{}, false
	}
	return s.executionView(e), true
}

// disabled is why nothing enters a stage.
func (p *pipeline) disabled(stage int) string {
	if t, is := p.Disabled[p.Stages[stage].Name+"/"+Inbound]; is {
		return t.Reason
	}
	if stage == 0 {
		return ""
	}
	return p.Disabled[p.Stages[stage-1].Name+"/"+Outbound].Reason
}
