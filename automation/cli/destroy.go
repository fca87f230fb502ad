package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"slipway/automation/engine"
	"slipway/automation/fault"
)

func destroyCommand() *cobra.Command {
	var w wait
	cmd := &cobra.Command{
		Use: "destroy STACK", Short: "Delete everything that a stack has on AWS",
		Long: "Deletes every resource of the stack, after its name was typed. The stack's history stays.",
		Args: arguments(1, 1, "the name of one stack"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error { return destroy(cmd, args[0], w) },
	}
	w.flags(cmd, engine.DefaultTimeout)
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
	if !w.yes {
		if ok, err := session.typed(name); err != nil || !ok {
			return err
		}
	}
	changes, err := s.Destroy(cmd.Context())
	if errors.Is(err, engine.ErrNotFound) {
		err = nil // nothing to delete
	}
	if err != nil {
		return err
	}
	session.Answer("destroy", fault.OK, changed{Stack: name, Applied: true, Changes: changes}, func(io.Writer) {
		_, _ = fmt.Fprintf(session.Talk, "%s: %s\n", name, summary(changes))
	})
	return nil
}
