package codepipeline

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// maxVariables is the size that the variables of an execution have together, in bytes.
const maxVariables = 122_880

var (
	variableForm = regexp.MustCompile(`^[A-Za-z0-9@\-_]+$`)
	failureTypes = []string{"JobFailed", "ConfigurationError", "PermissionError", "RevisionOutOfSync", "RevisionUnavailable", "SystemUnavailable"}
)

type executionDetails struct {
	Summary         string `json:"summary"`
	ExternalID      string `json:"externalExecutionId"`
	PercentComplete *int   `json:"percentComplete"`
}

type currentRevision struct {
	Revision         string      `json:"revision"`
	ChangeIdentifier string      `json:"changeIdentifier"`
	Created          awsapi.Time `json:"created"`
	Summary          string      `json:"revisionSummary"`
}

type successInput struct {
	JobID        string            `json:"jobId"`
	Revision     *currentRevision  `json:"currentRevision"`
	Continuation string            `json:"continuationToken"`
	Details      *executionDetails `json:"executionDetails"`
	Variables    map[string]string `json:"outputVariables"`
}

func (in successInput) check() error {
	if d := in.Details; d != nil {
		switch {
		case len(d.Summary) > 2048:
			return invalid("executionDetails.summary has at most 2048 characters, not %d", len(d.Summary))
		case len(d.ExternalID) > 1500:
			return invalid("executionDetails.externalExecutionId has at most 1500 characters, not %d", len(d.ExternalID))
		case d.PercentComplete != nil && (*d.PercentComplete < 0 || *d.PercentComplete > 100):
			return invalid("executionDetails.percentComplete is 0 to 100, not %d", *d.PercentComplete)
		}
	}
	if r := in.Revision; r != nil && (r.Revision == "" || len(r.Revision) > 1500 || r.ChangeIdentifier == "" || len(r.ChangeIdentifier) > 100) {
		return invalid("currentRevision has a revision of at most 1500 and a changeIdentifier of at most 100 characters")
	}
	if len(in.Continuation) > 2048 {
		return invalid("continuationToken has at most 2048 characters, not %d", len(in.Continuation))
	}
	if in.Continuation != "" && len(in.Variables) > 0 {
		return invalid("outputVariables come with the last result, and a continuationToken says that this is not the last")
	}
	for name := range in.Variables {
		if !variableForm.MatchString(name) {
			return invalid("the name of an output variable is of A-Z, a-z, 0-9 and @-_, not %q", name)
		}
	}
	return nil
}

// succeed takes a job's success. With a continuation token the action goes on as a new job that carries the token.
func (s *Service) succeed(_ context.Context, in successInput) (struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := in.check(); err != nil {
		return struct{}{}, err
	}
	e, a, j, err := s.acknowledged(in.JobID)
	if err != nil {
		return struct{}{}, err
	}
	if len(in.Variables) > 0 && size(e, in.Variables) > maxVariables {
		return struct{}{}, awsapi.Errorf("OutputVariablesSizeExceededException", "The variables of an execution have at most %d bytes together.", maxVariables)
	}
	return struct{}{}, s.change(e.ID, func(e *execution) error {
		a := e.attempt(a.ID)
		a.job(j.ID).Status = Succeeded
		a.note(in, s.Clock.Now().UTC())
		if in.Continuation != "" {
			a.Jobs = append(a.Jobs, &job{ID: naming.UUID(), Status: jobQueued, Continuation: in.Continuation})
			return nil
		}
		a.Variables = in.Variables
		s.end(a, Succeeded, nil)
		return nil
	})
}

// acknowledged returns a job that may be given a result.
func (s *Service) acknowledged(id string) (*execution, *action, *job, error) {
	e, a, j, err := s.find(id)
	if err != nil {
		return nil, nil, nil, err
	}
	late := !a.Deadline.IsZero() && !s.Clock.Now().Before(a.Deadline)
	if j.Status != InProgress || late {
		return nil, nil, nil, awsapi.Errorf("InvalidJobStateException", "The job %s is not in progress: it is %s.", id, j.Status)
	}
	return e, a, j, nil
}

// size is how much an execution's variables take with these.
func size(e *execution, more map[string]string) (n int) {
	count := func(variables map[string]string) {
		for name, value := range variables {
			n += len(name) + len(value)
		}
	}
	count(more)
	for _, a := range e.Actions {
		if !a.Retired {
			count(a.Variables)
		}
	}
	return n
}

// note writes down what a result says of the action. What it does not say stays.
func (a *action) note(in successInput, now time.Time) {
	a.Updated = now
	if d := in.Details; d != nil {
		if d.Summary != "" {
			a.Summary = d.Summary
		}
		if d.ExternalID != "" {
			a.ExternalID = d.ExternalID
		}
		if d.PercentComplete != nil {
			a.Percent = d.PercentComplete
		}
	}
	if r := in.Revision; r != nil {
		created := r.Created.Time
		if created.IsZero() {
			created = now
		}
		a.Revision = &Revision{Action: a.Name, ID: r.Revision, Change: r.ChangeIdentifier, Summary: r.Summary, Created: created}
		for i := range a.Outputs {
			a.Outputs[i].Revision = r.Revision
		}
	}
}

type failureInput struct {
	JobID   string `json:"jobId"`
	Details struct {
		Type       string `json:"type"`
		Message    string `json:"message"`
		ExternalID string `json:"externalExecutionId"`
	} `json:"failureDetails"`
}

// fail takes a job's failure.
func (s *Service) fail(_ context.Context, in failureInput) (struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := in.Details
	switch {
	case !slices.Contains(failureTypes, d.Type):
		return struct{}{}, invalid("failureDetails.type is one of %s, not %q", strings.Join(failureTypes, ", "), d.Type)
	case d.Message == "" || len(d.Message) > 5000:
		return struct{}{}, invalid("failureDetails.message has 1 to 5000 characters, not %d", len(d.Message))
	case len(d.ExternalID) > 1500:
		return struct{}{}, invalid("failureDetails.externalExecutionId has at most 1500 characters, not %d", len(d.ExternalID))
	}
	e, a, j, err := s.acknowledged(in.JobID)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, s.change(e.ID, func(e *execution) error {
		a := e.attempt(a.ID)
		a.job(j.ID).Status = Failed
		if d.ExternalID != "" {
			a.ExternalID = d.ExternalID
		}
		s.end(a, Failed, &failure{d.Type, d.Message})
		return nil
	})
}
