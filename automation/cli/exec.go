package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"slipway/automation/cloud"
	"slipway/automation/exec"
	"slipway/automation/fault"
	"slipway/automation/ui"
	"slipway/infra/outputs"
)

// inside are the flags of exec.
type inside struct {
	task, container string
	plain           bool
}

func execCommand() *cobra.Command {
	var f inside
	cmd := &cobra.Command{
		Use: "exec [ENVIRONMENT] [-- COMMAND [ARGUMENT...]]", Short: "Open a shell, or run a command, in a task that runs",
		Long: `Runs a command as root in the app's container of a task that runs (ECS Exec), on a terminal, and ends with its exit
code. Without a command it is a shell. It needs slipway:exec: true, and a shell in the image unless --plain is
given: a shell around the command tells the exit code, which ECS Exec itself does not.`,
		Example: "  slipway exec dev\n  slipway exec dev -- php -v\n  slipway exec prod --task 4f1d09 -- tail -f /tmp/app.log",
		Args:    perhapsDash, ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error {
			command := exec.Shell
			if dash := cmd.ArgsLenAtDash(); dash >= 0 {
				args, command = args[:dash], args[dash:]
			}
			return execIn(cmd, args, command, f)
		},
	}
	cmd.Flags().StringVar(&f.task, "task", "", "the task whose id begins with this (default: any that runs)")
	cmd.Flags().StringVar(&f.container, "container", "", "container of the task (default: the app's)")
	cmd.Flags().BoolVar(&f.plain, "plain", false, "run the command itself, without a shell around it: its exit code is not known then")
	return cmd
}

// perhapsDash takes one environment or none, and a command behind -- or none.
func perhapsDash(cmd *cobra.Command, args []string) error {
	dash := cmd.ArgsLenAtDash()
	if dash < 0 && len(args) <= 1 || dash >= 0 && dash <= 1 && len(args) > dash {
		return nil
	}
	return &fault.Error{
		Op: "reading the arguments", Cause: "give one environment, or none for the only one, and a command behind --",
		Next: cmd.CommandPath() + " dev -- COMMAND", Code: fault.BadInput,
	}
}

func execIn(cmd *cobra.Command, args, command []string, f inside) error {
	ctx, session := cmd.Context(), From(cmd)
	if session.JSON {
		return &fault.Error{Op: "reading the flags", Cause: "exec is a terminal, and has no --json", Next: "slipway run ENVIRONMENT --json -- COMMAND", Code: fault.BadInput}
	}
	d, err := session.Deployer()
	if err != nil {
		return err
	}
	e, err := d.existing(ctx, args)
	if err != nil {
		return err
	}
	op := "opening a session in " + e.name
	task, err := e.running(ctx, op, f.task)
	if err != nil {
		return err
	}
	app, err := e.app(ctx, op)
	if err != nil {
		return err
	}
	if f.container == "" {
		f.container = app.Name
	}
	line := exec.WithCode(command)
	if f.plain {
		line = exec.Line(command)
	}
	url, token, err := e.at.Execute(ctx, e.text(outputs.Cluster), task.ARN, f.container, line)
	if err != nil {
		return e.noSession(op, err)
	}
	session.looks.Store(true)
	session.quiet()
	code, told, err := session.join(ctx, exec.Session{URL: url, Token: token})
	switch {
	case ctx.Err() != nil:
		return exit(fault.Interrupted)
	case err != nil:
		return &fault.Error{Op: op, Cause: err.Error(), Next: "slipway exec " + e.name + " again, or slipway logs " + e.name, Code: fault.Unexpected, Err: err}
	case !told && !f.plain:
		return &fault.Error{
			Op: op, Cause: "the session ended without the command's exit code: its shell did not start, or was ended", Code: fault.Unexpected,
			Next: "slipway exec " + e.name + " --plain -- COMMAND, for an image without a shell",
		}
	case code != fault.OK:
		return exit(code)
	}
	return nil
}

// running is a task of the service that runs, by the beginning of its id.
func (e *existing) running(ctx context.Context, op, id string) (cloud.Task, error) {
	all, err := e.at.Tasks(ctx, e.text(outputs.Cluster), e.text(outputs.Service), false)
	if err != nil {
		return cloud.Task{}, err
	}
	for _, t := range all {
		if t.Status == "RUNNING" && strings.HasPrefix(t.ID(), id) {
			return t, nil
		}
	}
	cause := "no task runs"
	if id != "" {
		cause = fmt.Sprintf("no task runs whose id begins with %q", id)
	}
	return cloud.Task{}, &fault.Error{Op: op, Cause: cause, Next: "slipway status " + e.name, Code: fault.NotReady}
}

// noSession says what to do where ECS opens none.
func (e *existing) noSession(op string, err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "execute command was not enabled"):
		return &fault.Error{
			Op: op, Cause: "ECS Exec is not on for this task", Evidence: []string{text}, Code: fault.NotReady,
			Next: fmt.Sprintf("set slipway:exec: true in Pulumi.%s.yaml, then slipway up %s and slipway restart %s", e.name, e.name, e.name),
		}
	case strings.Contains(text, "TargetNotConnectedException"):
		return &fault.Error{
			Op: op, Cause: "the agent in the task is not connected: it takes some seconds after the start, and has to reach Session Manager",
			Evidence: []string{text}, Next: "the same command again", Code: fault.NotReady,
		}
	}
	return err
}

// join is the terminal of a session until it ends, and the exit code of its command.
func (s *Session) join(ctx context.Context, to exec.Session) (int, bool, error) {
	in, out := s.In, s.Out
	if edge, ok := s.Out.(*ui.Edge); ok {
		out = edge.Raw()
	}
	size, resized := func() (int, int, bool) { return 0, 0, false }, make(chan struct{}, 1)
	if file, ok := in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		before, err := term.MakeRaw(int(file.Fd()))
		if err != nil {
			return 0, false, fmt.Errorf("preparing the terminal: %w", err)
		}
		defer func() { _ = term.Restore(int(file.Fd()), before) }()
		size = func() (int, int, bool) {
			columns, rows, err := term.GetSize(int(file.Fd()))
			return columns, rows, err == nil
		}
		defer whenResized(resized)()
	}
	coded := &exec.Coded{To: out}
	err := exec.Run(ctx, to, exec.Terminal{In: in, Out: coded, Size: size, Resized: resized})
	return coded.Code, coded.Told, errors.Join(err, coded.Rest())
}

// whenResized passes on that the terminal's size changed, until the function that it answers is called.
func whenResized(to chan<- struct{}) func() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGWINCH)
	go func() {
		for range signals {
			select {
			case to <- struct{}{}:
			default:
			}
		}
	}()
	return func() { signal.Stop(signals); close(signals) }
}
