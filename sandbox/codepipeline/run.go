package codepipeline

import (
	"context"
	"sync"
	"time"

	"slipway/sandbox/codepipeline/declaration"
	"slipway/sandbox/guard"
)

// Run moves executions on until ctx ends. It begins with those that an earlier process left: a source action in
// progress is done again, jobs and approvals stay as they are, and what ran out of time meanwhile fails.
func (s *Service) Run(ctx context.Context) (err error) {
	guard.Again(ctx, s.Clock, s.Log, "moving pipelines on", func() { err = s.run(ctx) })
	return err
}

func (s *Service) run(ctx context.Context) error {
	var sources sync.WaitGroup
	defer sources.Wait()
	for {
		wait, due, err := s.due()
		if err != nil {
			return err
		}
		for _, one := range due {
			sources.Go(func() { _ = guard.Do(s.Log, "a source action", func() { s.runSource(ctx, one) }) })
		}
		timer := s.Clock.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-s.wake:
			timer.Stop()
		case <-timer.Chan():
		}
	}
}

// idle is how long Run waits when nothing has an end.
const idle = time.Hour

// due moves everything on and returns how long nothing will happen by itself, and the source actions to run.
func (s *Service) due() (time.Duration, []source, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.advance(); err != nil {
		return 0, nil, err
	}
	wait := idle
	if at, found := s.next(); found {
		wait = min(wait, max(0, at.Sub(s.Clock.Now())))
	}
	return wait, s.sources(), nil
}

// sources takes the source actions in progress that nobody works on.
func (s *Service) sources() (due []source) {
	for _, e := range s.executions {
		for _, a := range e.running() {
			if e.declared(a).TypeID != declaration.CodeCommit || s.working[a.ID] {
				continue
			}
			s.working[a.ID] = true
			due = append(due, source{
				execution: e.ID, action: a.ID, name: a.Name, output: a.Outputs[0].Object,
				repository: a.Configuration["RepositoryName"], branch: a.Configuration["BranchName"],
			})
		}
	}
	return due
}
