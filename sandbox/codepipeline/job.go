package codepipeline

import (
	"context"
	"slices"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/codepipeline/declaration"
	"slipway/sandbox/naming"
)

// done says whether a job takes no result any more.
func (j *job) done() bool {
	return j.Status != jobQueued && j.Status != jobDispatched && j.Status != InProgress
}

// open returns the jobs of an attempt that are not done: one at most.
func (a *action) open() []*job {
	return slices.DeleteFunc(slices.Clone(a.Jobs), (*job).done)
}

// job returns the job with this id.
func (a *action) job(id string) *job {
	for _, j := range a.Jobs {
		if j.ID == id {
			return j
		}
	}
	return nil
}

// find returns a job with its attempt and execution.
func (s *Service) find(id string) (*execution, *action, *job, error) {
	if e := s.executions[s.jobs[id]]; e != nil {
		for _, a := range e.Actions {
			if j := a.job(id); j != nil {
				return e, a, j, nil
			}
		}
	}
	return nil, nil, nil, awsapi.Errorf("JobNotFoundException", "There is no job %s.", id)
}

type pollInput struct {
	ActionTypeID declaration.TypeID `json:"actionTypeId"`
	MaxBatchSize *int               `json:"maxBatchSize"`
	QueryParam   map[string]string  `json:"queryParam"`
}

type pollOutput struct {
	Jobs []polledJob `json:"jobs"`
}

// poll hands out jobs that nobody works on, the oldest first, each with a new nonce. A job that was handed out and
// not acknowledged within the visibility time is handed out again; the older nonce is no good then.
func (s *Service) poll(ctx context.Context, in pollInput) (pollOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := pollOutput{Jobs: []polledJob{}}
	most, err := s.checkPoll(in)
	if err != nil {
		return out, err
	}
	for _, e := range s.unfinished() {
		for _, a := range e.running() {
			if len(out.Jobs) == most {
				return out, nil
			}
			j := s.available(e, a, in)
			if j == nil {
				continue
			}
			view, err := s.deliver(ctx, e, a.ID, j.ID)
			if err != nil {
				return out, err
			}
			out.Jobs = append(out.Jobs, view)
		}
	}
	return out, nil
}

func (s *Service) checkPoll(in pollInput) (most int, err error) {
	most = 1
	if in.MaxBatchSize != nil {
		most = *in.MaxBatchSize
	}
	if most < 1 {
		return 0, invalid("maxBatchSize is at least 1, not %d", most)
	}
	t := s.types[in.ActionTypeID.String()]
	if t == nil || t.Deleted {
		return 0, awsapi.Errorf("ActionTypeNotFoundException", "There is no custom action type %s.", in.ActionTypeID)
	}
	key := t.Queryable()
	switch _, given := in.QueryParam[key]; {
	case key == "" && len(in.QueryParam) > 0:
		return 0, invalid("the action type %s has no queryable property, and queryParam is not empty", in.ActionTypeID)
	case key != "" && (len(in.QueryParam) != 1 || !given):
		return 0, invalid("queryParam has exactly the queryable property %s of the action type %s", key, in.ActionTypeID)
	}
	return most, nil
}

// unfinished returns the executions of all pipelines that are not finished, oldest first.
func (s *Service) unfinished() []*execution {
	var all []*execution
	for _, e := range s.executions {
		if !e.finished() {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b *execution) int { return a.Number - b.Number })
	return all
}

// available returns the attempt's job if this poll may have it.
func (s *Service) available(e *execution, a *action, in pollInput) *job {
	if e.declared(a).TypeID != in.ActionTypeID {
		return nil
	}
	for key, value := range in.QueryParam {
		if a.Configuration[key] != value {
			return nil
		}
	}
	now := s.Clock.Now()
	if !a.Deadline.IsZero() && !now.Before(a.Deadline) {
		return nil
	}
	for _, j := range a.open() {
		if j.Status == jobQueued || j.Status == jobDispatched && !now.Before(j.Hidden) {
			return j
		}
	}
	return nil
}

// deliver gives a job a new nonce and hides it.
func (s *Service) deliver(ctx context.Context, e *execution, attempt, id string) (polledJob, error) {
	nonce := naming.Hex(32)
	err := s.change(e.ID, func(e *execution) error {
		j := e.attempt(attempt).job(id)
		j.Status, j.Nonce, j.Hidden = jobDispatched, nonce, s.Clock.Now().Add(s.Visibility).UTC()
		return nil
	})
	if err != nil {
		return polledJob{}, err
	}
	e, a, j, err := s.find(id)
	if err != nil {
		return polledJob{}, err
	}
	data, err := s.data(ctx, e, a, j)
	return polledJob{jobView{ID: id, AccountID: naming.Account, Data: data}, nonce}, err
}

type acknowledgeInput struct {
	JobID string `json:"jobId"`
	Nonce string `json:"nonce"`
}

type acknowledgeOutput struct {
	Status string `json:"status"`
}

// acknowledge takes a job for the worker whose nonce is the last one. Asked again with it, it says how the job is.
func (s *Service) acknowledge(_ context.Context, in acknowledgeInput) (acknowledgeOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, a, j, err := s.find(in.JobID)
	if err != nil {
		return acknowledgeOutput{}, err
	}
	if j.Nonce == "" || j.Nonce != in.Nonce {
		return acknowledgeOutput{}, awsapi.Errorf("InvalidNonceException", "The nonce is not the one that the job %s was delivered with last.", j.ID)
	}
	if j.Status != jobDispatched {
		return acknowledgeOutput{j.Status}, nil
	}
	err = s.change(e.ID, func(e *execution) error {
		e.attempt(a.ID).job(j.ID).Status = InProgress
		return nil
	})
	return acknowledgeOutput{InProgress}, err
}
