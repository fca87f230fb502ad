package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/release"
)

func promoteCommand() *cobra.Command {
	var w wait
	var o origin
	cmd := &cobra.Command{
		Use: "promote FROM TO", Short: "Release the image that one environment runs into another, without building",
		Long: `Takes the image that FROM runs, by digest, and releases it into TO by the same steps as deploy, without
building anything. FROM must have proved it: every one of its tasks runs it and is healthy. With
--commit, the image is the one that FROM released of that commit, even when FROM runs a newer one by
now: what somebody approved is what is promoted.`,
		Example:           "  slipway promote dev staging\n  slipway promote staging prod --commit 4f2c1e9",
		Args:              arguments(2, 2, "two environments: the one that runs the image and the one to release it to"),
		ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := w.deployer(cmd)
			if err != nil {
				return err
			}
			o.give(d)
			result, err := d.Promote(cmd.Context(), args[0], args[1])
			return From(cmd).released("promote", args[1], result, err)
		},
	}
	w.flags(cmd, 30*time.Minute)
	cmd.Flags().Lookup("yes").Usage = "for scripts that pass it to every command: promote never asks"
	cmd.Flags().StringVar(&o.commit, "commit", "", "promote what FROM released of this commit (at least 7 digits of its hash)")
	o.flags(cmd)
	return cmd
}

// Promote releases the image that one environment proved into another.
func (d *Deployer) Promote(ctx context.Context, from, to string) (release.Result, error) {
	if from == to {
		return release.Result{}, badPromotion("FROM and TO are both " + quoted(from))
	}
	if d.Commit != "" && !abbreviated(d.Commit) {
		return release.Result{}, badPromotion(fmt.Sprintf("--commit %s is no commit hash of at least 7 digits", quoted(d.Commit)))
	}
	if _, err := d.environment(from); err != nil {
		return release.Result{}, err
	}
	options, done, err := d.target(ctx, to)
	if err != nil {
		return release.Result{}, err
	}
	defer done()
	upstream, err := d.open(ctx, from, nil)
	if err != nil {
		return release.Result{}, err
	}
	defer upstream.Close()
	book, err := d.ledger(ctx, from)
	if err != nil {
		return release.Result{}, err
	}
	if err := d.held(ctx, to); err != nil {
		return release.Result{}, err
	}
	proven, err := release.Proven(ctx, from, d.Commit, upstream, book, options.Cloud)
	if err != nil {
		return release.Result{}, err
	}
	options.Image, options.From, options.FromNumber = proven.Image, from, proven.Number
	options.Commit = release.Commit{Hash: proven.Commit, Author: proven.Author, Subject: proven.Subject}
	result, err := release.Deploy(ctx, options)
	return d.told(ctx, "promote", options, result, err)
}

// held refuses what the pipeline promotes by itself into an environment that a person rolled back last.
func (d *Deployer) held(ctx context.Context, to string) error {
	if d.Execution == "" {
		return nil
	}
	book, err := d.ledger(ctx, to)
	if err != nil {
		return err
	}
	last, held, err := release.Held(ctx, book)
	if err != nil || !held {
		return err
	}
	cause := fmt.Sprintf("%s was rolled back to release of commit %s at %s: nothing is promoted to it without a person", to, short(last.Commit), clock(last.Started))
	if last.Reason != "" {
		cause += " (" + last.Reason + ")"
	}
	return &fault.Error{Op: "promoting to " + to, Cause: cause, Next: "slipway promote FROM " + to + ", by hand; later promotions of the pipeline go on by themselves", Code: fault.NotReady}
}

func badPromotion(cause string) error {
	return &fault.Error{Op: "reading the arguments", Cause: cause, Next: "slipway promote --help", Code: fault.BadInput}
}

// abbreviated says whether text is a commit hash or the beginning of one.
func abbreviated(text string) bool {
	if len(text) < 7 || len(text) > 64 {
		return false
	}
	for _, r := range text {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') {
			return false
		}
	}
	return true
}

func quoted(text string) string { return strconv.Quote(text) }
