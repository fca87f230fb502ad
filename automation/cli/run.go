package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"slipway/automation/cli/terminal"
	"slipway/automation/fault"
	"slipway/automation/ui"
)

// Run executes root with the arguments, prints what went wrong, once, and returns the exit code. The first Ctrl-C
// ends the command's context; the second one leaves at once.
func Run(root *cobra.Command, args []string) int {
	terminal.Restore()
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
	err = explain(err)
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

// interruptible returns a context that the first interrupt ends.
func interruptible(s *Session) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		if _, open := <-signals; !open {
			return
		}
		stops, _ := s.stops.Load().(string)
		s.Sink().Event(ui.Warning{Text: cmp.Or(stops, "stopping: state and lock are put in order first") + "; once more leaves at once"})
		cancel()
		if _, open := <-signals; open {
			s.quiet()
			_, _ = fmt.Fprintln(s.Talk, "left in the middle: run the same command again, it settles what was left open")
			os.Exit(fault.Interrupted)
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel()
	}
}
