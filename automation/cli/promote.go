package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/release"
)

func promoteCommand() *cobra.Command {
	var w wait
	var o origin
	var e exception
	var wave int
	cmd := &cobra.Command{
		Use: "promote FROM TO[,TO...]", Short: "Release the image that one environment runs into others, without building",
		Long: `Takes the image that FROM runs, by digest, and releases it into TO by the same steps as deploy, without
building anything. FROM must have proved it: every one of its tasks runs it and is healthy. With
--commit, the image is the one that FROM released of that commit, even when FROM runs a newer one by
now: what somebody approved is what is promoted. Several environments get it in waves of --wave at a time;
a wave in which one failed is the last.`,
		Example: "  slipway promote dev staging\n  slipway promote staging prod --commit 4f2c1e9\n  slipway promote staging prod-eu,prod-us,prod-ap --wave 1\n" +
			"  slipway promote staging prod --force --reason 'orders fail, see ticket 42'",
		Args:              arguments(2, 2, "two environments: the one that runs the image and the one to release it to, or several with commas between them"),
		ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := w.deployer(cmd)
			if err != nil {
				return err
			}
			o.give(d)
			d.Exception = e
			if err := e.check(cmd); err != nil {
				return err
			}
			return d.promote(cmd.Context(), From(cmd), args[0], args[1], wave)
		},
	}
	w.flags(cmd, 30*time.Minute)
	cmd.Flags().Lookup("yes").Usage = "for scripts that pass it to every command: promote never asks"
	cmd.Flags().StringVar(&o.commit, "commit", "", "promote what FROM released of this commit (at least 7 digits of its hash)")
	cmd.Flags().IntVar(&wave, "wave", 1, "how many environments get the image at a time")
	e.flags(cmd)
	o.flags(cmd)
	return cmd
}

func (d *Deployer) promote(ctx context.Context, s *Session, from, to string, wave int) error {
	all, err := targets(from, to, wave)
	if err != nil {
		return err
	}
	if len(all) == 1 {
		result, err := d.Promote(ctx, from, all[0])
		return s.released("promote", all[0], result, err)
	}
	return d.inWaves(ctx, s, from, all, wave)
}

// targets are the environments that a promotion goes to.
func targets(from, to string, wave int) ([]string, error) {
	all := strings.Split(to, ",")
	for i, name := range all {
		all[i] = strings.TrimSpace(name)
		switch {
		case all[i] == "":
			return nil, badPromotion("TO is " + quoted(to) + ", in which a name is empty")
		case all[i] == from:
			return nil, badPromotion("FROM and TO are both " + quoted(from))
		case slices.Contains(all[:i], all[i]):
			return nil, badPromotion("TO names " + quoted(all[i]) + " twice")
		}
	}
	if wave < 1 {
		return nil, badPromotion(fmt.Sprintf("--wave must be 1 or more, not %d", wave))
	}
	return all, nil
}

// Promote releases the image that one environment proved into another.
func (d *Deployer) Promote(ctx context.Context, from, to string) (release.Result, error) {
	if d.Commit != "" && !abbreviated(d.Commit) {
		return release.Result{}, badPromotion(fmt.Sprintf("--commit %s is no commit hash of at least 7 digits", quoted(d.Commit)))
	}
	if _, err := d.environment(from); err != nil {
		return release.Result{}, err
	}
	config, err := d.environment(to)
	if err != nil {
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
	proven, proof, err := d.proven(ctx, from, upstream, book, options.Cloud)
	if err != nil {
		return release.Result{}, err
	}
	options.Image, options.From, options.FromNumber = proven.Image, from, proven.Number
	options.Commit = release.Commit{Hash: proven.Commit, Author: proven.Author, Subject: proven.Subject}
	options.Before = []release.Gate{proof}
	if err := d.guard(&options, config, &proven); err != nil {
		return release.Result{}, err
	}
	return d.deliver(ctx, "promote", options)
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
