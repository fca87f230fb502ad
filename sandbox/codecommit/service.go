// Package codecommit is CodeCommit for the sandbox: bare git repositories that git itself serves over HTTP,
// with events for what is pushed.
package codecommit

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"slipway/sandbox/naming"
	"slipway/sandbox/sigv4"
	"slipway/sandbox/store"
)

// Publisher takes the events of repositories.
type Publisher interface {
	// Publish stores an event with its source, its type, the ARNs of what it is about and its detail.
	Publish(ctx context.Context, source, detailType string, resources []string, detail any) error
}

// Options are the settings of a Service.
type Options struct {
	Dir  string      // the folder that repositories are in; it is made when missing
	URL  string      // of the endpoint that Handler is served on ("http://127.0.0.1:4500")
	Keys *sigv4.Keys // of those who may clone and push
	// Authorize returns an *awsapi.Error for an action, codecommit:GitPull or codecommit:GitPush, on a repository's ARN that
	// IAM does not let a role do. Nil lets roles do both.
	Authorize func(role sigv4.Role, action, arn string) error
	Events    Publisher    // nil means that nobody asks for events
	Log       *slog.Logger // nil means nowhere
}

// Service is CodeCommit in one sandbox.
type Service struct {
	Options
	region naming.Region
	git    string // path of the program
	repos  *store.Table[repository]
	mu     sync.Mutex             // over the table
	pushes map[string]*sync.Mutex // by repository's id: held while what was pushed is published
}

// New opens the repositories in the folder. It needs git on PATH.
func New(st *store.Store, region naming.Region, o Options) (*Service, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{Options: o, region: region, pushes: map[string]*sync.Mutex{}}
	var err error
	if s.git, err = exec.LookPath("git"); err != nil {
		return nil, fmt.Errorf("CodeCommit's repositories need git: %w", err)
	}
	if s.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return nil, err
	}
	s.repos, err = store.NewTable[repository](st, "codecommit.repositories")
	return s, err
}

// Run publishes what was pushed before a kill and is not published, then waits for ctx to end.
func (s *Service) Run(ctx context.Context) error {
	all, err := s.repos.All()
	if err != nil {
		return err
	}
	for _, r := range all {
		if err := s.publish(ctx, r.Name); err != nil {
			s.Log.Error("publishing what was pushed", "repository", r.Name, "error", err)
		}
	}
	<-ctx.Done()
	return nil
}

// folder is where a repository is.
func (s *Service) folder(name string) string { return filepath.Join(s.Dir, name) }

func (s *Service) arn(name string) string { return s.region.ARN("codecommit", name) }
