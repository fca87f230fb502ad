package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/release"
	"slipway/automation/release/ledger"
)

func holdCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "hold ENVIRONMENT --reason TEXT", Short: "Let nothing be released to an environment until it is resumed",
		Long: `Refuses every deploy and promote to the environment from now on, by a person or by the pipeline, with the reason.
rollback goes on working, and so does up. slipway resume ends it.`,
		Example: "  slipway hold prod --reason 'the sale, until Monday'",
		Args:    arguments(1, 1, "the name of one environment"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error {
			if reason == "" {
				return &fault.Error{Op: "reading the flags", Cause: "--reason is missing: it is what everybody reads who wants to release", Next: "slipway hold --help", Code: fault.BadInput}
			}
			return setHold(cmd, "hold", args[0], ledger.Hold{Held: true, Reason: reason})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, for those who want to release and for the ledger")
	return cmd
}

func resumeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "resume ENVIRONMENT", Short: "Let releases go on in an environment that is held",
		Long:    "Ends what slipway hold began, and what a rollback began: after it, nothing is promoted by the pipeline by itself.",
		Example: "  slipway resume prod",
		Args:    arguments(1, 1, "the name of one environment"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error { return setHold(cmd, "resume", args[0], ledger.Hold{}) },
	}
}

func setHold(cmd *cobra.Command, command, environment string, h ledger.Hold) error {
	ctx, session := cmd.Context(), From(cmd)
	d, err := session.Deployer()
	if err != nil {
		return err
	}
	book, err := d.ledger(ctx, environment)
	if err != nil {
		return err
	}
	at, err := d.cloud(ctx, environment)
	if err != nil {
		return err
	}
	who, err := at.Identity(ctx)
	if err != nil {
		return err
	}
	h.Who = who.ARN
	if err := book.SetHold(ctx, h); err != nil {
		return err
	}
	h.Environment = environment
	session.Answer(command, fault.OK, h, func(out io.Writer) {
		if h.Held {
			_, _ = fmt.Fprintf(out, "%s is held: %s\n", environment, h.Reason)
			return
		}
		_, _ = fmt.Fprintf(out, "releases to %s go on\n", environment)
	})
	return nil
}

// heldBy answers who holds an environment, and why: a person, or a rollback, after which the pipeline promotes nothing into
// it by itself.
func (d *Deployer) heldBy(ctx context.Context, book ledger.Ledger) (who, why string, holds bool, err error) {
	h, err := book.Hold(ctx)
	if err != nil || h.Held {
		return h.Who, fmt.Sprintf("%s (since %s)", h.Reason, clock(h.At)), h.Held, err
	}
	if d.Execution == "" {
		return "", "", false, nil
	}
	last, returned, err := release.Held(ctx, book)
	if err != nil || !returned || h.At.After(last.Started) {
		return "", "", false, err
	}
	why = fmt.Sprintf("%s was rolled back to release of commit %s at %s: nothing is promoted to it without a person", book.Environment, short(last.Commit), clock(last.Started))
	if last.Reason != "" {
		why += " (" + last.Reason + ")"
	}
	return last.By, why, true, nil
}
