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
	"slipway/automation/rollout"
	"slipway/infra/outputs"
)

// moved is the result of restart and scale.
type moved struct {
	Environment string `json:"environment"`
	Tasks       int    `json:"tasks"`
	Before      int    `json:"before"`
	Declared    *int   `json:"declared,omitempty"` // by the stack, where that differs
}

func restartCommand() *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use: "restart [ENVIRONMENT]", Short: "Start every task of an environment anew, with the image that it runs",
		Long: `Begins a new deployment of what the service runs already and watches it: new tasks have to be healthy before
old ones stop, as in a release. Nothing of the stack changes. Tasks read their secrets when they start.`,
		Example: "  slipway restart dev",
		Args:    arguments(0, 1, "the name of one environment, or none for the only one"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error { return restart(cmd, args, timeout) },
	}
	watchFlag(cmd, &timeout)
	return cmd
}

func watchFlag(cmd *cobra.Command, timeout *time.Duration) {
	cmd.Flags().DurationVar(timeout, "timeout", 15*time.Minute, "how long to watch")
}

func restart(cmd *cobra.Command, args []string, timeout time.Duration) error {
	ctx, session := cmd.Context(), From(cmd)
	e, err := session.existing(ctx, args, timeout)
	if err != nil {
		return err
	}
	op := "restarting " + e.name
	before, err := e.atRest(ctx, op)
	if err != nil {
		return err
	}
	if before.Desired == 0 {
		return &fault.Error{Op: op, Cause: "the service wants no task: there is nothing to restart", Next: "slipway status " + e.name, Code: fault.NotReady}
	}
	begun, err := e.at.Restart(ctx, e.text(outputs.Cluster), e.text(outputs.Service))
	if err != nil {
		return err
	}
	if err := e.watch(before, begun, timeout).Restarted(ctx, begun.Primary().ID); err != nil {
		return e.unmoved(op, err, "the tasks from before serve")
	}
	session.Answer("restart", fault.OK, moved{Environment: e.name, Tasks: before.Desired, Before: before.Running}, func(out io.Writer) {
		_, _ = fmt.Fprintf(out, "%s: %s started anew\n", e.name, tasks(before.Desired))
	})
	return nil
}

// existing finds the environment of a command that watches its service for a time.
func (s *Session) existing(ctx context.Context, args []string, timeout time.Duration) (*existing, error) {
	if timeout <= 0 {
		return nil, &fault.Error{Op: "reading the flags", Cause: "--timeout must be more than 0", Next: "give it as 10m or 1h", Code: fault.BadInput}
	}
	d, err := s.Deployer()
	if err != nil {
		return nil, err
	}
	return d.existing(ctx, args)
}

func (e *existing) watch(before, begun cloud.Service, timeout time.Duration) *rollout.Watch {
	return &rollout.Watch{
		Cloud: e.at, Cluster: e.text(outputs.Cluster), Service: e.text(outputs.Service), TargetGroup: e.text(outputs.TargetGroup),
		Before: before, Since: begun.Primary().Created.Add(-time.Millisecond), Sink: e.Sink, Clock: clockwork.NewRealClock(), Deadline: timeout,
	}
}

// unmoved gives the end of a watch the form that a person acts on.
func (e *existing) unmoved(op string, err error, serves string) error {
	var failed *rollout.Failed
	switch next := "slipway logs " + e.name; {
	case errors.As(err, &failed):
		const most = 10
		return &fault.Error{
			Op: op, Cause: failed.Error() + "; " + serves, Evidence: failed.Events[max(0, len(failed.Events)-most):], Next: next, Code: fault.RolledBack,
		}
	case errors.Is(err, rollout.ErrSuperseded):
		return &fault.Error{Op: op, Cause: err.Error(), Next: "slipway status " + e.name, Code: fault.Superseded}
	case errors.Is(err, context.Canceled):
		return &fault.Error{Op: op, Cause: "interrupted; ECS goes on with it", Next: "slipway status " + e.name, Code: fault.Interrupted, Err: err}
	}
	return err
}

func tasks(n int) string {
	if n == 1 {
		return "1 task"
	}
	return fmt.Sprintf("%d tasks", n)
}
