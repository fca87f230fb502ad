package engine

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"slipway/automation/ui"
)

// PendingOperation is an operation that began and whose end nobody knows.
type PendingOperation struct {
	Operation string `json:"operation"` // creating, updating, deleting, reading, importing
	Resource  string `json:"resource"`  // its name in the program
	URN       string `json:"urn"`
}

// Lock answers who holds the stack, nil when nobody does. It changes nothing: a backend refuses to make a stack that
// exists, and refuses that with the holders first when the stack is locked. Pulumi's service tells of no holder this way.
func (s *Stack) Lock(ctx context.Context) (*Locked, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	err := s.pulumi.Workspace().CreateStack(ctx, s.name)
	if locked := lockedBy(s.name, err); locked != nil {
		return locked, nil
	}
	if auto.IsCreateStack409Error(err) {
		return nil, nil
	}
	return nil, s.wrap(ctx, "reading the lock of", err, nil)
}

// Unlock removes every lock of the stack, whoever holds it, and ends the update that Pulumi's service knows of.
func (s *Stack) Unlock(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	defer s.forget()
	if _, talk, _, err := s.cli.Run(ctx, s.dir.path, nil, nil, nil, nil, "cancel", "--yes", "--stack", s.name); err != nil {
		return fmt.Errorf("removing the lock of stack %s: %w: %s", s.name, err, ui.FirstLine(talk))
	}
	return nil
}

// Pending answers what an interrupted update left open. The next update settles it.
func (s *Stack) Pending(ctx context.Context) ([]PendingOperation, error) {
	known, err := s.look(ctx)
	if err != nil {
		return nil, err
	}
	open := make([]PendingOperation, 0, len(known.pending))
	for _, p := range known.pending {
		open = append(open, PendingOperation{Operation: p.op, Resource: ui.NameOf(p.URN), URN: p.URN})
	}
	return open, nil
}

// Runs says whether a holder is a pulumi of ours that runs on this machine: its lock may not be removed.
func (h Holder) Runs() bool {
	c, ours := ownChild(h)
	return ours && c.runs()
}
