package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"

	"slipway/automation/cloud"
	"slipway/automation/fault"
	"slipway/automation/oneoff"
	"slipway/automation/ui"
	"slipway/infra/outputs"
)

func runCommand() *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use: "run [ENVIRONMENT] -- COMMAND [ARGUMENT...]", Short: "Run a command once, in a task of its own beside the service",
		Long: `Starts one task with the environment's image, variables, secrets, roles and network, and the command in place of
the image's own (its ENTRYPOINT stays). Prints what the task prints and ends with its exit code. Ctrl-C stops
the task. The task is no part of the service: nothing is routed to it, and a release does not end it.`,
		Example: "  slipway run dev -- php artisan migrate --force\n  slipway run prod --timeout 4h -- /app reindex",
		Args:    behindDash, ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error {
			dash := cmd.ArgsLenAtDash()
			return runOnce(cmd, args[:dash], args[dash:], timeout)
		},
	}
	cmd.Flags().DurationVar(&timeout, "timeout", time.Hour, "how long the task may run; it is stopped then")
	return cmd
}

// behindDash takes one environment or none, and a command behind --.
func behindDash(cmd *cobra.Command, args []string) error {
	dash := cmd.ArgsLenAtDash()
	if dash >= 0 && dash <= 1 && len(args) > dash {
		return nil
	}
	return &fault.Error{
		Op: "reading the arguments", Cause: "give one environment, or none for the only one, then -- and the command",
		Next: cmd.CommandPath() + " dev -- COMMAND", Code: fault.BadInput,
	}
}

func runOnce(cmd *cobra.Command, args, command []string, timeout time.Duration) error {
	ctx, session := cmd.Context(), From(cmd)
	e, err := session.existing(ctx, args, timeout)
	if err != nil {
		return err
	}
	op := "running " + command[0] + " in " + e.name
	app, err := e.app(ctx, op)
	if err != nil {
		return err
	}
	session.stops.Store("stopping the task")
	session.quiet()
	got, err := oneoff.Run(ctx, oneoff.Options{
		Cloud: e.at, Log: app, Sink: e.Sink, Clock: clockwork.NewRealClock(), Deadline: timeout,
		Task: cloud.Single{
			Cluster: e.text(outputs.Cluster), Service: e.text(outputs.Service), Container: app.Name, Command: command, StartedBy: "slipway-run",
		},
		Print: func(line string) error { return session.printed(e.name, app.Name, line) },
		Guard: func(task string) func() { return e.guarded(e.text(outputs.Cluster), task) },
	})
	if err != nil {
		return e.notRun(op, got, err)
	}
	return session.ended(ctx, op, e.name, got)
}

// app is the app's container in the task definition of the environment.
func (e *existing) app(ctx context.Context, op string) (cloud.Template, error) {
	if e.text(outputs.Image) == "" {
		return cloud.Template{}, &fault.Error{Op: op, Cause: "nothing was released into it yet", Next: "slipway deploy " + e.name, Code: fault.NotReady}
	}
	definition, err := e.at.Definition(ctx, e.text(outputs.TaskDefinition))
	if err != nil {
		return cloud.Template{}, err
	}
	for _, c := range definition.Containers {
		if c.Image == e.text(outputs.Image) {
			return c, nil
		}
	}
	return cloud.Template{}, &fault.Error{
		Op: op, Cause: "no container of its task definition has the image " + e.text(outputs.Image), Next: "slipway up " + e.name, Code: fault.NotReady,
	}
}

// printed prints a line of a task's output.
func (s *Session) printed(_, container, line string) error {
	if s.JSON {
		s.Sink().Event(ui.Logged{At: time.Now(), Container: container, Text: line})
		return nil
	}
	_, err := io.WriteString(s.Out, line+"\n")
	return err
}

func (e *existing) notRun(op string, got oneoff.Result, err error) error {
	var refused *cloud.NotPlaced
	switch {
	case errors.As(err, &refused):
		return &fault.Error{
			Op: op, Cause: "ECS cannot place the task", Evidence: refused.Reasons, Code: fault.NotReady,
			Next: fmt.Sprintf("wait for a task to end, or raise slipway:maxInstances or slipway:instanceType in Pulumi.%s.yaml, then slipway up %s", e.name, e.name),
		}
	case got.Task != "":
		return &fault.Error{
			Op: op, Cause: fmt.Sprintf("%v; task %s may go on", err, got.Task), Code: fault.Unexpected, Err: err,
			Next: fmt.Sprintf("slipway logs %s --task %s shows whether it does, aws ecs stop-task --cluster %s --task %s ends it", e.name, got.Task, e.text(outputs.Cluster), got.Task),
		}
	}
	return err
}

// ended answers how the task ended: with its own exit code.
func (s *Session) ended(ctx context.Context, op, environment string, got oneoff.Result) error {
	code := fault.Unexpected
	if got.Code != nil {
		code = *got.Code
	}
	next := fmt.Sprintf("slipway logs %s --task %s", environment, got.Task)
	switch {
	case ctx.Err() != nil:
		return &fault.Error{Op: op, Cause: "interrupted; the task was stopped", Next: next, Code: fault.Interrupted}
	case got.Stopped:
		return &fault.Error{Op: op, Cause: "it ran too long and was stopped", Next: "give it longer with --timeout", Code: fault.Unexpected}
	case got.Code == nil:
		return &fault.Error{Op: op, Cause: "the task did not start: " + got.Reason, Next: next, Code: fault.NotReady}
	}
	if got.Reason != "" {
		s.Sink().Event(ui.Warning{Text: got.Reason})
	}
	s.Answer("run", code, got, nil)
	if code != fault.OK {
		return exit(code)
	}
	return nil
}
