package cli

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/ui"
	"slipway/infra/outputs"
)

// mostTasks is how many tasks a service may have (Amazon ECS service quotas, November 2026).
const mostTasks = 5000

const scalingTarget = "aws:appautoscaling/target:Target"

func scaleCommand() *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use: "scale ENVIRONMENT TASKS", Short: "Run another number of tasks, until slipway:desiredCount changes",
		Long: `Sets how many tasks the service runs and waits until they do. Releases keep the number. The stack's file is not
changed: an update sets the number of slipway:desiredCount when that key is changed, or when the stack was
refreshed, and shows it among its changes. Where autoscaling decides, the command is refused.`,
		Example: "  slipway scale prod 6",
		Args:    arguments(2, 2, "the name of one environment and a number of tasks"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := strconv.Atoi(args[1])
			if err != nil || n < 0 || n > mostTasks {
				return &fault.Error{
					Op: "reading the arguments", Cause: fmt.Sprintf("%q is no number of tasks: it is from 0 to %d", args[1], mostTasks),
					Next: "slipway scale " + args[0] + " 2", Code: fault.BadInput,
				}
			}
			return scale(cmd, args[:1], n, timeout)
		},
	}
	watchFlag(cmd, &timeout)
	return cmd
}

func scale(cmd *cobra.Command, args []string, n int, timeout time.Duration) error {
	ctx, session := cmd.Context(), From(cmd)
	e, err := session.existing(ctx, args, timeout)
	if err != nil {
		return err
	}
	op := fmt.Sprintf("scaling %s to %s", e.name, tasks(n))
	if err := e.scalable(op); err != nil {
		return err
	}
	before, err := e.atRest(ctx, op)
	if err != nil {
		return err
	}
	begun, err := e.at.Scale(ctx, e.text(outputs.Cluster), e.text(outputs.Service), n)
	if err != nil {
		return err
	}
	if err := e.watch(before, begun, timeout).Scaled(ctx, n); err != nil {
		return e.unmoved(op, err, fmt.Sprintf("the service goes on trying, and slipway scale %s %d takes it back", e.name, before.Desired))
	}
	done := moved{Environment: e.name, Tasks: n, Before: before.Desired}
	if declared := e.declared(); declared != n {
		done.Declared = &declared
		session.Sink().Event(ui.Note{Text: fmt.Sprintf(
			"Pulumi's state has %d: releases keep %d, and so does up until slipway:desiredCount changes; to keep it for good, set slipway:desiredCount: %d in Pulumi.%s.yaml",
			declared, n, n, e.name)})
	}
	session.Answer("scale", fault.OK, done, func(out io.Writer) {
		_, _ = fmt.Fprintf(out, "%s: %s, %d before\n", e.name, tasks(n), before.Desired)
	})
	return nil
}

// scalable refuses where somebody else decides, or where there is nothing to run.
func (e *existing) scalable(op string) error {
	if e.text(outputs.Image) == "" {
		return &fault.Error{Op: op, Cause: "nothing was released into it yet", Next: "slipway deploy " + e.name, Code: fault.NotReady}
	}
	target, scales := e.resource(scalingTarget)
	if !scales {
		return nil
	}
	return &fault.Error{
		Op: op, Code: fault.BadInput,
		Cause: fmt.Sprintf("autoscaling decides, between %v and %v tasks, and would undo it", target.Inputs["minCapacity"], target.Inputs["maxCapacity"]),
		Next:  fmt.Sprintf("set slipway:desiredCount (the least) and slipway:maxCount (the most) in Pulumi.%s.yaml, then slipway up %s", e.name, e.name),
	}
}

// declared is the number of tasks in Pulumi's state.
func (e *existing) declared() int {
	service, _ := e.resource("aws:ecs/service:Service")
	n, _ := service.Inputs["desiredCount"].(float64)
	return int(n)
}
