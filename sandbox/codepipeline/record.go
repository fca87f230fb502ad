package codepipeline

import (
	"time"

	"slipway/sandbox/codepipeline/declaration"
)

// Statuses of executions, stages, actions and jobs.
const (
	InProgress = "InProgress"
	Succeeded  = "Succeeded"
	Failed     = "Failed"
	Stopping   = "Stopping"
	Stopped    = "Stopped"
	Superseded = "Superseded"
	Cancelled  = "Cancelled"
	Abandoned  = "Abandoned"

	jobQueued     = "Queued"
	jobDispatched = "Dispatched"
	jobTimedOut   = "TimedOut"
)

// pipeline is a pipeline as it is declared now.
type pipeline struct {
	declaration.Pipeline
	Created  time.Time             `json:"created"`
	Updated  time.Time             `json:"updated"`
	Tags     map[string]string     `json:"tags,omitempty"`
	Disabled map[string]transition `json:"disabled,omitempty"` // by stage and direction ("dev/Inbound")
}

// transition is one that lets nothing through.
type transition struct {
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// actionType is a custom action type. A deleted one is kept: its identity is used up.
type actionType struct {
	declaration.ActionType
	Tags    map[string]string `json:"tags,omitempty"`
	Deleted bool              `json:"deleted,omitempty"`
}

// execution is one run through a pipeline, by the declaration that the pipeline had when it began.
type execution struct {
	ID          string               `json:"id"`
	Number      int                  `json:"number"` // counts the executions of the sandbox: their order
	Declaration declaration.Pipeline `json:"declaration"`
	Status      string               `json:"status"`
	Summary     string               `json:"summary,omitempty"`
	Trigger     Trigger              `json:"trigger"`
	ClientToken string               `json:"clientToken,omitempty"`
	StopReason  string               `json:"stopReason,omitempty"`
	Started     time.Time            `json:"started"`
	Updated     time.Time            `json:"updated"`
	Variables   map[string]string    `json:"variables,omitempty"`
	Stage       int                  `json:"stage"` // the stage that it is in or waits in front of
	Stages      []stageRun           `json:"stages"`
	Actions     []*action            `json:"actions"`
}

// stageRun is an execution's way through one stage. Entry 0 says that it never entered.
type stageRun struct {
	Entry  int    `json:"entry,omitempty"`
	Status string `json:"status,omitempty"`
}

// action is one attempt at an action. Retired ones were retried since.
type action struct {
	ID            string            `json:"id"`
	Stage         string            `json:"stage"`
	Name          string            `json:"name"`
	Status        string            `json:"status"`
	Retired       bool              `json:"retired,omitempty"`
	Started       time.Time         `json:"started"`
	Updated       time.Time         `json:"updated"`
	UpdatedBy     string            `json:"updatedBy,omitempty"`
	Deadline      time.Time         `json:"deadline,omitzero"`
	Summary       string            `json:"summary,omitempty"`
	Token         string            `json:"token,omitempty"` // of an approval
	ExternalID    string            `json:"externalId,omitempty"`
	Percent       *int              `json:"percent,omitempty"`
	Error         *failure          `json:"error,omitempty"`
	Configuration map[string]string `json:"configuration,omitempty"` // with variables resolved
	Inputs        []artifact        `json:"inputs,omitempty"`
	Outputs       []artifact        `json:"outputs,omitempty"`
	Variables     map[string]string `json:"variables,omitempty"`
	Revision      *Revision         `json:"revision,omitempty"`
	Jobs          []*job            `json:"jobs,omitempty"`
}

// failure is why an action failed.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// artifact is a bundle of files in the artifact store.
type artifact struct {
	Name     string `json:"name"`
	Object   Object `json:"object"`
	Revision string `json:"revision,omitempty"`
}

// Revision is a change that a source or custom action brought.
type Revision struct {
	Action  string    `json:"action"`
	ID      string    `json:"id"`
	Change  string    `json:"change"`
	Summary string    `json:"summary,omitempty"`
	URL     string    `json:"url,omitempty"`
	Created time.Time `json:"created"`
}

// job is one piece of work of a custom action. A continuation token ends one job and makes the next.
type job struct {
	ID           string    `json:"id"`
	Status       string    `json:"status"`
	Nonce        string    `json:"nonce,omitempty"`
	Hidden       time.Time `json:"hidden,omitzero"` // nobody else gets it before
	Continuation string    `json:"continuation,omitempty"`
}

// Trigger is what started an execution, in the words of the API's ExecutionTrigger.
type Trigger struct {
	Type   string `json:"triggerType"`             // CreatePipeline, StartPipelineExecution, CloudWatchEvent …
	Detail string `json:"triggerDetail,omitempty"` // who or what: the caller's or the rule's ARN
}

// finished says whether nothing more happens to an execution unless it is retried.
func (e *execution) finished() bool { return e.Status != InProgress && e.Status != Stopping }

// inStage says whether the execution holds the lock of its stage.
func (e *execution) inStage() bool { return !e.finished() && e.Stages[e.Stage].Status == InProgress }

// waiting says whether the execution stands in front of its stage.
func (e *execution) waiting() bool { return e.Status == InProgress && !e.inStage() }

// current returns the last attempt at an action that was not retried, or nil.
func (e *execution) current(stage, name string) *action {
	for i := len(e.Actions) - 1; i >= 0; i-- {
		if a := e.Actions[i]; a.Stage == stage && a.Name == name && !a.Retired {
			return a
		}
	}
	return nil
}

// declared is how an attempt's action is declared.
func (e *execution) declared(a *action) declaration.Action {
	d, _ := e.Declaration.Stages[e.Declaration.Stage(a.Stage)].Action(a.Name)
	return d
}

// running returns the attempts in progress.
func (e *execution) running() []*action {
	var all []*action
	for _, a := range e.Actions {
		if a.Status == InProgress {
			all = append(all, a)
		}
	}
	return all
}

// attempt returns the attempt with this id, or nil.
func (e *execution) attempt(id string) *action {
	for _, a := range e.Actions {
		if a.ID == id {
			return a
		}
	}
	return nil
}
