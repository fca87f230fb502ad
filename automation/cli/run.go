package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"slipway/automation/cli/terminal"
	"slipway/automation/dockerhost"
	"slipway/automation/fault"
	"slipway/automation/ui"
)

// Run executes root with the arguments, prints what went wrong, once, and returns the exit code. The first Ctrl-C
// ends the command's context; the second one leaves at once.
func Run(root *cobra.Command, args []string) int {
	terminal.Restore()
	_ = dockerhost.Adopt() // what is wrong with it is said where an engine is needed
	session := newSession()
	session.guard()
	session.flags(root)
	root.SetOut(session.Out)
	root.SetErr(session.Talk)
	ctx, stop := interruptible(session)
	defer stop()
	return session.run(ctx, root, args)
}

func (s *Session) run(ctx context.Context, root *cobra.Command, args []string) int {
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(s.within(ctx))
	defer s.quiet()
	if lost := s.unwritten(); lost != nil {
		s.quiet()
		fault.Print(s.Talk, lost)
		if err == nil {
			return fault.CodeOf(lost)
		}
	}
	if err == nil {
		return fault.OK
	}
	var coded exit
	if errors.As(err, &coded) {
		return int(coded)
	}
	err = s.besideSandbox(explain(err))
	code := fault.CodeOf(err)
	if !s.answered {
		s.result(ui.Result{Command: cmd.Name(), Code: code, Data: asData(err)})
	}
	if s.JSON {
		return code
	}
	s.quiet()
	fault.Print(s.Talk, err)
	return code
}

// exit is the error of a command that has said everything itself and only sets the exit code.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }
