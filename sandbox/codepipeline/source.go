package codepipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"slipway/sandbox/awsapi"
)

// source is one attempt at a CodeCommit action.
type source struct {
	execution, action, name string
	repository, branch      string
	output                  Object
}

// runSource fetches a source and writes down how that ended. At the end of ctx the attempt stays in progress,
// for the next process.
func (s *Service) runSource(ctx context.Context, w source) {
	commit, err := s.fetch(ctx, w)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.working, w.action)
	if ctx.Err() != nil {
		return
	}
	e := s.executions[w.execution]
	if e == nil || e.attempt(w.action) == nil || e.attempt(w.action).Status != InProgress {
		return // stopped or deleted meanwhile
	}
	err = s.change(e.ID, func(e *execution) error {
		a := e.attempt(w.action)
		if err != nil {
			s.end(a, Failed, w.failure(err))
			return nil
		}
		s.found(a, w, commit)
		return nil
	})
	if err != nil {
		s.Log.ErrorContext(ctx, "recording a source action failed", "pipeline", e.Declaration.Name, "execution", e.ID, "error", err)
		s.tell() // it is still in progress: Run does it again
	}
}

// fetch copies the head of the branch into the artifact store.
func (s *Service) fetch(ctx context.Context, w source) (Commit, error) {
	commit, err := s.Source.Head(ctx, w.repository, w.branch)
	if err != nil {
		return commit, err
	}
	r, zip := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := s.Source.Archive(ctx, w.repository, commit.ID, zip)
		zip.CloseWithError(err)
		done <- err
	}()
	err = s.Artifacts.Put(ctx, w.output.Bucket, w.output.Key, r)
	r.CloseWithError(errNotRead)
	archived := <-done
	switch {
	case archived != nil && !errors.Is(archived, errNotRead):
		return commit, fmt.Errorf("packing commit %s: %w", commit.ID, archived)
	case err != nil:
		return commit, fmt.Errorf("putting the artifact into %s: %w", w.output.Bucket, err)
	}
	return commit, archived
}

// errNotRead is what the writer of an archive gets when the store stopped reading.
var errNotRead = errors.New("the artifact store did not read the whole archive")

func (s *Service) found(a *action, w source, c Commit) {
	subject, _, _ := strings.Cut(strings.TrimSpace(c.Message), "\n")
	a.ExternalID, a.Summary = c.ID, short(subject, 2048)
	a.Revision = &Revision{Action: a.Name, ID: c.ID, Change: c.ID, Summary: short(strings.TrimSpace(c.Message), 2048), Created: c.CommitterDate.UTC()}
	a.Outputs[0].Revision = c.ID
	a.Variables = map[string]string{
		"RepositoryName": w.repository, "BranchName": w.branch, "CommitId": c.ID, "CommitMessage": strings.TrimSpace(c.Message),
		"AuthorDate": c.AuthorDate.UTC().Format(time.RFC3339), "CommitterDate": c.CommitterDate.UTC().Format(time.RFC3339),
	}
	s.end(a, Succeeded, nil)
}

// failure says in CodePipeline's words why there is no revision.
func (w source) failure(err error) *failure {
	var api *awsapi.Error
	if errors.As(err, &api) {
		switch api.Code {
		case "RepositoryDoesNotExistException":
			return &failure{"ConfigurationError", fmt.Sprintf("The action failed because no repository named %s was found. "+
				"Make sure you are using the correct repository name, and then try again. Error: %s", w.repository, api.Message)}
		case "BranchDoesNotExistException":
			return &failure{"ConfigurationError", fmt.Sprintf("The action failed because no branch named %s was found in the selected AWS CodeCommit repository %s. "+
				"Make sure you are using the correct branch name, and then try again. Error: %s", w.branch, w.repository, api.Message)}
		}
	}
	return &failure{"JobFailed", fmt.Sprintf("The action failed to take %s of %s: %v", w.branch, w.repository, err)}
}
