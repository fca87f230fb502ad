package codepipeline

import (
	"context"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/codepipeline/declaration"
	"slipway/sandbox/naming"
)

type stateInput struct {
	Name string `json:"name"`
}

type stateOutput struct {
	Name    string       `json:"pipelineName"`
	Version int          `json:"pipelineVersion"`
	Stages  []stageState `json:"stageStates"`
	Created awsapi.Time  `json:"created"`
	Updated awsapi.Time  `json:"updated"`
}

type stageState struct {
	Name              string           `json:"stageName"`
	InboundExecution  *stageExecution  `json:"inboundExecution,omitempty"`
	InboundExecutions []stageExecution `json:"inboundExecutions"`
	Transition        *transitionState `json:"inboundTransitionState,omitempty"`
	Actions           []actionState    `json:"actionStates"`
	Latest            *stageExecution  `json:"latestExecution,omitempty"`
}

type stageExecution struct {
	ID     string `json:"pipelineExecutionId"`
	Status string `json:"status"`
	Type   string `json:"type"`
}

type transitionState struct {
	Enabled bool        `json:"enabled"`
	By      string      `json:"lastChangedBy,omitempty"`
	At      awsapi.Time `json:"lastChangedAt,omitzero"`
	Reason  string      `json:"disabledReason,omitempty"`
}

type actionState struct {
	Name        string           `json:"actionName"`
	Revision    *actionRevision  `json:"currentRevision,omitempty"`
	Latest      *actionExecution `json:"latestExecution,omitempty"`
	EntityURL   string           `json:"entityUrl,omitempty"`
	RevisionURL string           `json:"revisionUrl,omitempty"`
}

type actionRevision struct {
	ID      string      `json:"revisionId"`
	Change  string      `json:"revisionChangeId"`
	Created awsapi.Time `json:"created"`
}

type actionExecution struct {
	ID          string       `json:"actionExecutionId"`
	Status      string       `json:"status"`
	Summary     string       `json:"summary,omitempty"`
	Changed     awsapi.Time  `json:"lastStatusChange"`
	Token       string       `json:"token,omitempty"`
	UpdatedBy   string       `json:"lastUpdatedBy,omitempty"`
	ExternalID  string       `json:"externalExecutionId,omitempty"`
	ExternalURL string       `json:"externalExecutionUrl,omitempty"`
	Percent     *int         `json:"percentComplete,omitempty"`
	Error       *errorDetail `json:"errorDetails,omitempty"`
}

type errorDetail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// getState answers with each stage as the execution left or holds it that entered it last.
func (s *Service) getState(_ context.Context, in stateInput) (stateOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pipelines[in.Name]
	if p == nil {
		return stateOutput{}, errNoPipeline(in.Name)
	}
	out := stateOutput{Name: p.Name, Version: p.Version, Created: awsapi.Time{Time: p.Created}, Updated: awsapi.Time{Time: p.Updated}}
	for i, d := range p.Stages {
		out.Stages = append(out.Stages, s.stageState(p, i, d))
	}
	return out, nil
}

func (s *Service) stageState(p *pipeline, i int, d declaration.Stage) stageState {
	state := stageState{Name: d.Name, InboundExecutions: []stageExecution{}, Actions: []actionState{}}
	for _, e := range s.of(p.Name) {
		if e.waiting() && e.Declaration.Stages[e.Stage].Name == d.Name {
			state.InboundExecutions = append(state.InboundExecutions, stageExecution{e.ID, InProgress, "STANDARD"})
			state.InboundExecution = &state.InboundExecutions[0]
		}
	}
	if i > 0 {
		state.Transition = p.transitionState(i)
	}
	e := s.latest(p.Name, d.Name)
	if e != nil {
		state.Latest = &stageExecution{e.ID, stageStatus(e, e.Declaration.Stage(d.Name)), "STANDARD"}
	}
	for _, a := range d.Actions {
		state.Actions = append(state.Actions, s.actionState(e, d.Name, a))
	}
	return state
}

// transitionState is the way into a stage: closed when it or the way out of the stage before is.
func (p *pipeline) transitionState(stage int) *transitionState {
	for _, key := range []string{p.Stages[stage].Name + "/" + Inbound, p.Stages[stage-1].Name + "/" + Outbound} {
		if t, is := p.Disabled[key]; is {
			return &transitionState{By: t.By, At: awsapi.Time{Time: t.At}, Reason: t.Reason}
		}
	}
	return &transitionState{Enabled: true}
}

func (s *Service) actionState(e *execution, stage string, d declaration.Action) actionState {
	state := actionState{Name: d.Name}
	var a *action
	if e != nil {
		a = e.current(stage, d.Name)
	}
	if a == nil {
		return state
	}
	entity, run, revision := s.urls(d, a)
	state.EntityURL, state.RevisionURL = url(entity), url(revision)
	if r := a.Revision; r != nil {
		state.Revision = &actionRevision{r.ID, r.Change, awsapi.Time{Time: r.Created}}
	}
	state.Latest = &actionExecution{
		ID: a.ID, Status: a.Status, Summary: a.Summary, Changed: awsapi.Time{Time: a.Updated}, UpdatedBy: a.UpdatedBy,
		ExternalID: a.ExternalID, ExternalURL: url(run), Percent: a.Percent, Error: a.Error.view(),
	}
	if a.Status == InProgress {
		state.Latest.Token = a.Token
	}
	return state
}

func (f *failure) view() *errorDetail {
	if f == nil {
		return nil
	}
	return &errorDetail{f.Code, short(f.Message, 5000)}
}

type transitionInput struct {
	Pipeline  string `json:"pipelineName"`
	Stage     string `json:"stageName"`
	Direction string `json:"transitionType"`
	Reason    string `json:"reason"`
}

func (s *Service) disableTransition(_ context.Context, in transitionInput) (struct{}, error) {
	return struct{}{}, s.setTransition(in.Pipeline, in.Stage, in.Direction, in.Reason, false)
}

func (s *Service) enableTransition(_ context.Context, in transitionInput) (struct{}, error) {
	return struct{}{}, s.setTransition(in.Pipeline, in.Stage, in.Direction, "", true)
}

type approvalInput struct {
	Pipeline string `json:"pipelineName"`
	Stage    string `json:"stageName"`
	Action   string `json:"actionName"`
	Result   struct {
		Status  string `json:"status"`
		Summary string `json:"summary"`
	} `json:"result"`
	Token string `json:"token"`
}

type approvalOutput struct {
	ApprovedAt awsapi.Time `json:"approvedAt"`
}

func (s *Service) putApproval(_ context.Context, in approvalInput) (out approvalOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.Result.Status != "Approved" && in.Result.Status != "Rejected" {
		return out, invalid("result.status is Approved or Rejected, not %q", in.Result.Status)
	}
	if err := constraint(in.Token, "token", idForm); err != nil {
		return out, err
	}
	p := s.pipelines[in.Pipeline]
	if p == nil {
		return out, errNoPipeline(in.Pipeline)
	}
	i := p.Stage(in.Stage)
	if i < 0 {
		return out, errNoStage(in.Pipeline, in.Stage)
	}
	if _, ok := p.Stages[i].Action(in.Action); !ok {
		return out, awsapi.Errorf("ActionNotFoundException", "The stage %s of %s has no action %s.", in.Stage, in.Pipeline, in.Action)
	}
	e, a := s.approval(in.Token)
	if a == nil || e.Declaration.Name != in.Pipeline || a.Stage != in.Stage || a.Name != in.Action {
		return out, errNoToken()
	}
	out.ApprovedAt.Time, err = s.answer(e, a, in.Result.Status == "Approved", in.Result.Summary, naming.CallerARN)
	return out, err
}
