package cli

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/release"
	"slipway/automation/release/ledger"
)

func rollbackCommand() *cobra.Command {
	var w wait
	var o origin
	var to, reason string
	var list bool
	cmd := &cobra.Command{
		Use: "rollback ENVIRONMENT", Short: "Return to an earlier release that was proved, without building",
		Long: `Returns an environment to an earlier release of its ledger that was proved, by digest and by the same steps as deploy.
Without --to it is the newest one that the environment does not run. --list shows what can be returned to, and why
others cannot. Afterwards the pipeline promotes nothing into the environment by itself, until a person has released
to it again with deploy or promote.`,
		Example: "  slipway rollback prod --list\n  slipway rollback prod\n  slipway rollback prod --to 41 --reason 'totals are wrong' --yes",
		Args:    arguments(1, 1, "the name of one environment"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := w.deployer(cmd)
			if err != nil {
				return err
			}
			session := From(cmd)
			return d.rollback(cmd.Context(), session, args[0], rollback{to: to, reason: reason, list: list, yes: w.yes})
		},
	}
	w.flags(cmd, 30*time.Minute)
	cmd.Flags().StringVar(&to, "to", "", "number or commit of the release to return to (default: the newest that can be returned to)")
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the ledger")
	cmd.Flags().BoolVar(&list, "list", false, "only show what can be returned to")
	o.resultFlag(cmd)
	return cmd
}

// rollback is what a person asked for.
type rollback struct {
	to, reason string
	list, yes  bool
}

func (d *Deployer) rollback(ctx context.Context, s *Session, environment string, asked rollback) error {
	options, done, err := d.target(ctx, environment)
	if err != nil {
		return err
	}
	defer done()
	candidates, err := d.candidates(ctx, options)
	if err != nil {
		return err
	}
	if asked.list {
		s.Answer("rollback", fault.OK, map[string]any{"environment": environment, "candidates": candidates},
			func(out io.Writer) { printCandidates(out, environment, candidates) })
		return nil
	}
	chosen, err := release.Choose(environment, asked.to, candidates)
	if err != nil {
		return err
	}
	if !asked.yes {
		if agreed, err := s.agreeTo(environment, chosen, candidates); err != nil || !agreed {
			return err
		}
	}
	options.Image, options.Kind, options.Reason = chosen.Image, ledger.Rollback, asked.reason
	options.Commit = release.Commit{Hash: chosen.Commit, Author: chosen.Author, Subject: chosen.Subject}
	result, err := release.Deploy(ctx, options)
	result, err = d.told(ctx, "rollback", options, result, err)
	return s.released("rollback", environment, result, err)
}

// candidates are what an environment can return to, beside what its stack has now.
func (d *Deployer) candidates(ctx context.Context, o release.Options) ([]release.Candidate, error) {
	book, err := d.ledger(ctx, o.Environment)
	if err != nil {
		return nil, err
	}
	now, registry, err := release.Place(ctx, o)
	if err != nil {
		return nil, err
	}
	return release.Candidates(ctx, book, registry, now, o.Cloud)
}

// agreeTo shows what can be returned to, and asks.
func (s *Session) agreeTo(environment string, chosen release.Release, all []release.Candidate) (bool, error) {
	if !s.interactive() {
		return false, noYes("rolling back " + environment)
	}
	s.quiet()
	printCandidates(s.Talk, environment, all)
	answer, err := s.ask(fmt.Sprintf("Return %s to release %d (%s)? [y/N] ", environment, chosen.Number, short(chosen.Commit)))
	if err == nil && !agreed(answer) {
		err = declined("rolling back " + environment)
	}
	return err == nil, err
}

func printCandidates(out io.Writer, environment string, all []release.Candidate) {
	if len(all) == 0 {
		_, _ = fmt.Fprintf(out, "%s has no other release that was proved\n", environment)
		return
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "NUMBER\tSTARTED\tCOMMIT\tAUTHOR\tSUBJECT\t")
	for _, c := range all {
		r := c.Release
		_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\n", r.Number, clock(r.Started), short(r.Commit), r.Author, r.Subject, c.Why)
	}
	_ = table.Flush()
}
