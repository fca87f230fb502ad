package codepipeline

import (
	"context"
	"time"

	"slipway/sandbox/awsapi"
)

// Approve answers the approval that waits with a token. Whoever answers is written down with the summary.
// An unknown token is InvalidApprovalTokenException, an answered one ApprovalAlreadyCompletedException.
func (s *Service) Approve(_ context.Context, token string, approved bool, summary, who string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, a := s.approval(token)
	if a == nil {
		return errNoToken()
	}
	_, err := s.answer(e, a, approved, summary, who)
	return err
}

func errNoToken() error {
	return awsapi.Errorf("InvalidApprovalTokenException", "The approval request already received a response or has expired.")
}

// approval returns the attempt that was given a token.
func (s *Service) approval(token string) (*execution, *action) {
	for _, e := range s.executions {
		for _, a := range e.Actions {
			if token != "" && a.Token == token {
				return e, a
			}
		}
	}
	return nil, nil
}

func (s *Service) answer(e *execution, a *action, approved bool, summary, who string) (time.Time, error) {
	now := s.Clock.Now().UTC()
	switch {
	case len(summary) > 512:
		return now, invalid("the summary of an approval has at most 512 characters")
	case a.Status == InProgress && !now.Before(a.Deadline), a.Status == Abandoned, a.Error != nil && a.UpdatedBy == "":
		return now, errNoToken()
	case a.Status != InProgress:
		return now, awsapi.Errorf("ApprovalAlreadyCompletedException", "The approval action has already been approved or rejected.")
	}
	return now, s.change(e.ID, func(e *execution) error {
		a := e.attempt(a.ID)
		a.Summary, a.UpdatedBy = summary, who
		if approved {
			s.end(a, Succeeded, nil)
			return nil
		}
		why := "Rejected by " + who
		if summary != "" {
			why += ": " + summary
		}
		s.end(a, Failed, &failure{"JobFailed", why})
		return nil
	})
}
