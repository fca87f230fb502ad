// Package engine runs Pulumi's engine on one stack of the project: preview, update, destroy, refresh, outputs and
// history, with what a deployer needs around them: the lock of others, interrupted runs, deadlines, progress.
package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/automation/project"
	"slipway/automation/ui"
)

// DefaultTimeout is the deadline of one operation when Options give none.
const DefaultTimeout = time.Hour

// Options say which stack is opened and how operations on it behave.
type Options struct {
	Project  *project.Project
	Name     string
	Program  pulumi.RunFunc    // nil for a stack that is only read
	Config   map[string]string // replaces values of the stack's file; an empty value removes one
	Sink     ui.Sink           // nil discards
	WaitLock time.Duration     // how long to wait for others; 0 does not wait
	Timeout  time.Duration     // of each operation, DefaultTimeout when 0; waiting for a lock does not count
	Existing bool              // never create the stack: operations answer ErrNotFound
	Clock    clockwork.Clock   // the system's when nil
	Hide     func(...string)   // is told the stack's secret texts, to keep them out of what is printed
	Reads    []string          // other stacks whose outputs the program reads, for the preview of a stack that does not exist
	Find     Finder            // looks for a resource whose creation was cut off; nil looks for none
}

// Stack is one open stack. Its operations may not run at the same time. Close it.
type Stack struct {
	name     string
	config   map[string]string
	sink     ui.Sink
	waitLock time.Duration

	graceToFinish time.Duration // for an update whose deployer is gone
	timeout       time.Duration
	existing      bool
	clock         clockwork.Clock
	hide          func(...string)
	find          Finder
	reads         []string
	program       pulumi.RunFunc

	cli     *command
	dir     *workdir
	secrets project.Secrets // of the stack when it is new
	pulumi  auto.Stack

	mu    sync.Mutex
	known *state

	planned  *plan
	wanted   []Resource     // by the last preview
	promised map[string]any // the outputs that the last preview ended with; nil when it did not tell
	renewed  []string       // URNs that previews and updates replace
	returned returned
	told     []string // warnings that a next try would give again
}

// Open prepares work on a stack. It asks the backend nothing yet; the first operation creates the stack when it
// is missing, unless Options forbid it. Backend and credentials come from the environment, as for pulumi itself.
func Open(ctx context.Context, o Options) (*Stack, error) {
	if err := project.CheckStackName(o.Name); err != nil {
		return nil, err
	}
	cli, err := findCommand(o.Project)
	if err != nil {
		return nil, err
	}
	secrets, err := o.Project.Secrets(o.Name)
	if err != nil {
		return nil, err
	}
	dir, err := newWorkdir(o.Project, o.Name)
	if err != nil {
		return nil, err
	}
	s := &Stack{
		name: o.Name, config: maps.Clone(o.Config), sink: o.Sink, waitLock: o.WaitLock, timeout: o.Timeout,
		existing: o.Existing, clock: o.Clock, hide: o.Hide, find: o.Find, reads: o.Reads, cli: cli, dir: dir, secrets: secrets, graceToFinish: graceToFinish,
	}
	s.defaults()
	if err := s.connect(ctx, o.Program); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Stack) defaults() {
	if s.sink == nil {
		s.sink = ui.Discard
	}
	if s.timeout == 0 {
		s.timeout = DefaultTimeout
	}
	if s.clock == nil {
		s.clock = clockwork.NewRealClock()
	}
}

func (s *Stack) connect(ctx context.Context, program pulumi.RunFunc) error {
	if err := s.dir.configure(s.config); err != nil {
		return err
	}
	options := []auto.LocalWorkspaceOption{auto.WorkDir(s.dir.path), auto.Pulumi(s.cli), auto.SecretsProvider(s.secrets.Provider)}
	if program == nil {
		program = func(*pulumi.Context) error { return errors.New("this stack was opened for reading only") }
	}
	s.program = s.returned.by(program)
	workspace, err := auto.NewLocalWorkspace(ctx, append(options, auto.Program(s.program))...)
	if err != nil {
		return fmt.Errorf("opening stack %s: %w", s.name, err)
	}
	if s.pulumi, err = auto.SelectStack(sparing(ctx), s.name, workspace); err != nil {
		return fmt.Errorf("opening stack %s: %w", s.name, err)
	}
	return nil
}

// Close removes the private files of the open stack.
func (s *Stack) Close() { s.dir.remove() }

// Name is the stack's name.
func (s *Stack) Name() string { return s.name }

// Outputs are the outputs of the last update, secrets in plain; none for a stack that was never updated.
// They are read once and again after each operation.
func (s *Stack) Outputs(ctx context.Context) (map[string]any, error) {
	known, err := s.look(ctx)
	if errors.Is(err, ErrNotFound) && !s.existing {
		return map[string]any{}, nil
	}
	if err != nil {
		return nil, err
	}
	return maps.Clone(known.outputs), nil
}

// ensure creates the stack when the backend does not know it.
func (s *Stack) ensure(ctx context.Context) error {
	err := s.ready(ctx)
	if !errors.Is(err, ErrNotFound) || s.existing {
		return err
	}
	if err := s.canEncrypt(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	err = s.pulumi.Workspace().CreateStack(ctx, s.name)
	if err != nil && !auto.IsCreateStack409Error(err) { // somebody else was faster
		return s.wrap(ctx, "creating", err, nil)
	}
	s.sink.Event(ui.Note{Text: "created stack " + s.name})
	_, err = s.look(ctx) // for what encrypts its secrets
	return err
}

func (s *Stack) redact(secrets []string) {
	if s.hide != nil {
		s.hide(secrets...)
	}
}
