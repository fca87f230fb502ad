package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/engine"
	"slipway/automation/fault"
)

func destroyCommand() *cobra.Command {
	var w wait
	cmd := &cobra.Command{
		Use: "destroy STACK", Short: "Delete everything that a stack has on AWS",
		Long: `Says what is deleted, what stays and what would stop it, and deletes every resource of the stack after its
name was typed. The stack's history stays.`,
		Args: arguments(1, 1, "the name of one stack"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error { return destroy(cmd, args[0], w) },
	}
	w.flags(cmd, engine.DefaultTimeout)
	w.actionFlag(cmd)
	return cmd
}

func destroy(cmd *cobra.Command, name string, w wait) error {
	session := From(cmd)
	if !w.yes && !session.interactive() {
		return noYes("destroying stack " + name)
	}
	d, err := w.deployer(cmd)
	if err != nil {
		return err
	}
	s, err := d.open(cmd.Context(), name, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	gone, err := d.remove(cmd.Context(), s, w.actions, func() (bool, error) {
		if w.yes {
			return true, nil
		}
		return session.typed(name)
	})
	if err != nil || gone == nil {
		return err
	}
	session.Answer("destroy", fault.OK, gone, func(io.Writer) {
		_, _ = fmt.Fprintf(session.Talk, "%s: %s\n", name, summary(gone.Changes))
	})
	return nil
}

// removed is the result of a destroy.
type removed struct {
	changed
	removal
}

// remove says what a destroy does and what would stop it, asks, and does it. Nobody agreed where it answers nil.
func (d *Deployer) remove(ctx context.Context, s *engine.Stack, patience time.Duration, agreed func() (bool, error)) (*removed, error) {
	all, err := s.Resources(ctx)
	if err != nil {
		return nil, err
	}
	if err := d.owned(s, all); err != nil {
		return nil, err
	}
	gone := &removed{changed: changed{Stack: s.Name(), Applied: true}, removal: removal{Goes: []string{}, Stays: []string{}}}
	if len(all) > 0 {
		known, err := s.Outputs(ctx)
		if err != nil {
			return nil, err
		}
		gone.removal = survey(all, known)
		gone.tell(d.Sink, s.Name())
		if err := d.stoppers(ctx, s, all, known); err != nil {
			return nil, err
		}
		if err := d.unused(ctx, s, patience); err != nil {
			return nil, err
		}
	}
	if ok, err := agreed(); err != nil || !ok {
		return nil, err
	}
	if err := d.unused(ctx, s, patience); err != nil { // an action may have begun while the question waited
		return nil, err
	}
	gone.Changes, err = s.Destroy(ctx)
	if errors.Is(err, engine.ErrNotFound) {
		err = nil // nothing to delete
	}
	return gone, err
}

// unused waits for, or refuses because of, actions that run on what a destroy deletes.
func (d *Deployer) unused(ctx context.Context, s *engine.Stack, patience time.Duration) error {
	at, busy, err := d.busy(ctx, s)
	if errors.Is(err, engine.ErrNotFound) || err == nil && len(busy) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	return d.awaitIdle(ctx, at, "destroying", s, []string{"delete the pipeline and its host"}, patience)
}
