// Package codepipeline is CodePipeline for the sandbox: pipelines with their executions, CodeCommit sources,
// manual approvals, and custom actions whose jobs a worker fetches. All of it is in the store, and what happens
// next follows from what is there alone, so that an execution goes on where a killed process left it.
package codepipeline

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/naming"
	"slipway/sandbox/store"
)

// Commit is what a source action learns of the head of a branch.
type Commit struct {
	ID            string
	Message       string
	AuthorDate    time.Time
	CommitterDate time.Time
}

// Source is where CodeCommit actions take revisions from. An *awsapi.Error says what is missing.
type Source interface {
	// Head returns the newest commit of a branch.
	Head(ctx context.Context, repository, branch string) (Commit, error)
	// Archive writes a zip of a commit's files.
	Archive(ctx context.Context, repository, commit string, w io.Writer) error
}

// Artifacts is the object store that the artifacts of pipelines are in.
type Artifacts interface {
	Put(ctx context.Context, bucket, key string, r io.Reader) error
}

// Object names an artifact's object.
type Object struct {
	Bucket string `json:"bucket"`
	Key    string `json:"key"`
}

// Credentials are those of a session.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
}

// Keys issues the credentials that a job's worker reads and writes artifacts with.
type Keys interface {
	Issue(ctx context.Context, read, write []Object, ttl time.Duration) (Credentials, error)
}

// Options are the settings of a Service. The zero value of each has a default.
type Options struct {
	// Source, Artifacts and Keys are needed by pipelines that run.
	Source    Source
	Artifacts Artifacts
	Keys      Keys
	// Events takes what changes, and Topics that somebody is asked for an approval; nil takes nothing.
	Events Events
	Topics Topics
	// Console is the address that links to the pages of pipelines begin with.
	Console string
	// Visibility is how long a polled job that nobody acknowledges stays hidden; 0 means 30 seconds.
	Visibility time.Duration
	// JobTimeout is how long a custom action may take; 0 means the 24 hours of AWS.
	JobTimeout time.Duration
	// CredentialTTL is how long a job's credentials are good for; 0 means the 15 minutes of AWS.
	CredentialTTL time.Duration
	// Clock is the time that everything goes by; nil means the real one.
	Clock clockwork.Clock
	// Log takes what an operator may want to know; nil means nowhere.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Visibility <= 0 {
		o.Visibility = 30 * time.Second
	}
	if o.JobTimeout <= 0 {
		o.JobTimeout = 24 * time.Hour
	}
	if o.CredentialTTL <= 0 {
		o.CredentialTTL = 15 * time.Minute
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Service holds every pipeline and custom action type of one sandbox.
type Service struct {
	Options
	region naming.Region
	tables tables

	mu         sync.Mutex
	pipelines  map[string]*pipeline
	types      map[string]*actionType
	executions map[string]*execution // by id; a record is never changed, only replaced
	jobs       map[string]string     // execution ids by job id
	entries    int                   // how often an execution entered a stage
	working    map[string]bool       // ids of the source actions that run now
	changed    chan struct{}         // closed and replaced at every change
	wake       chan struct{}         // says to Run that there may be something to do
}

// New returns a service with the state that the store holds. Nothing goes on before Run.
func New(st *store.Store, region naming.Region, o Options) (*Service, error) {
	s := &Service{
		Options: o.withDefaults(), region: region,
		pipelines: map[string]*pipeline{}, types: map[string]*actionType{}, executions: map[string]*execution{},
		jobs: map[string]string{}, working: map[string]bool{},
		changed: make(chan struct{}), wake: make(chan struct{}, 1),
	}
	var err error
	if s.tables, err = openTables(st); err != nil {
		return nil, err
	}
	return s, s.load()
}

// Changes returns a channel that is closed at the next change of any pipeline or execution.
func (s *Service) Changes() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// tell announces a change. The lock is held.
func (s *Service) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
	select {
	case s.wake <- struct{}{}:
	default: // Run knows already
	}
}
