package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/release"
	"slipway/automation/release/ledger"
)

func historyCommand() *cobra.Command {
	var n int
	cmd := &cobra.Command{
		Use: "history ENVIRONMENT", Short: "List the releases of an environment, newest first",
		Long: `Lists the releases of an environment from the ledger, newest first: what was released, when, by whom, and how it
ended. Only "released" was proved to serve.`,
		Example: "  slipway history dev\n  slipway history prod -n 100 --json",
		Args:    arguments(1, 1, "the name of one environment"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error {
			if n < 1 {
				return &fault.Error{Op: "reading the flags", Cause: fmt.Sprintf("--releases must be 1 or more, not %d", n), Next: "slipway history --help", Code: fault.BadInput}
			}
			session := From(cmd)
			d, err := session.Deployer()
			if err != nil {
				return err
			}
			book, err := d.ledger(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			all, err := book.List(cmd.Context(), n)
			if err != nil {
				return err
			}
			if len(all) == 0 {
				all = []ledger.Entry{}
				if err := d.exists(cmd.Context(), args[0]); err != nil {
					return err
				}
			}
			session.Answer("history", fault.OK, map[string]any{"environment": args[0], "releases": all}, func(out io.Writer) { printHistory(out, args[0], all) })
			return nil
		},
	}
	cmd.Flags().IntVarP(&n, "releases", "n", 20, "how many releases to list")
	return cmd
}

func printHistory(out io.Writer, environment string, all []ledger.Entry) {
	if len(all) == 0 {
		_, _ = fmt.Fprintf(out, "%s has no release yet: slipway deploy %s\n", environment, environment)
		return
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "NUMBER\tSTARTED\tTOOK\tOUTCOME\tKIND\tCOMMIT\tAUTHOR\tSUBJECT")
	for _, e := range all {
		_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.Number, clock(e.Started), took(e), e.Outcome, kind(e), short(e.Commit), e.Author, e.Subject)
	}
	_ = table.Flush()
}

func clock(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

func took(e ledger.Entry) string {
	if e.Ended.IsZero() {
		return "-"
	}
	return e.Took().Round(100 * time.Millisecond).String()
}

// kind is what led to a release, with where a promotion came from.
func kind(e ledger.Entry) string {
	if e.From != "" {
		return string(e.Kind) + " from " + e.From
	}
	return string(e.Kind)
}

// printEntry shows one release with all that the ledger has of it.
func printEntry(out io.Writer, e ledger.Entry) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			_, _ = fmt.Fprintf(table, "%s\t%s\n", name, value)
		}
	}
	row("release", fmt.Sprintf("%d of %s, %s", e.Number, e.Environment, kind(e)))
	row("outcome", e.Outcome)
	row("superseded by", e.SupersededBy)
	row("commit", e.Commit)
	row("author", e.Author)
	row("subject", e.Subject)
	row("image", e.Image)
	row("before", e.Previous)
	row("started", clock(e.Started))
	row("took", took(e))
	row("by", strings.TrimSpace(e.By+" "+onHost(e.Host)))
	row("execution", e.Execution)
	row("build", e.Build)
	row("reason", e.Reason)
	row("task definition", e.TaskDefinition)
	for _, s := range e.Steps {
		row("step", fmt.Sprintf("%s\t%s\t%.1fs\t%s", s.Name, s.Outcome, s.Seconds, s.Note))
	}
	for _, g := range e.Gates {
		row("gate", fmt.Sprintf("%s\t%s\t%s\t%s", g.Name, g.Verdict, g.Why, g.Who))
	}
	if e.Error != nil {
		row("error", strings.ReplaceAll(e.Error.Cause, "\n", "; "))
		for _, line := range e.Error.Evidence {
			row("", line)
		}
		row("next", e.Error.Next)
	}
	for _, line := range proved(e.Proof) {
		row("proof", line)
	}
	_ = table.Flush()
}

// proved is what a proof saw, a line for each of its parts.
func proved(recorded json.RawMessage) []string {
	if len(recorded) == 0 {
		return nil
	}
	var p release.Proof
	if err := json.Unmarshal(recorded, &p); err != nil {
		return []string{"cannot be read: " + err.Error()}
	}
	lines := []string{"requested  " + p.Requested}
	for _, t := range p.Running {
		lines = append(lines, fmt.Sprintf("runs       task %s with %s", t.Task, t.Digest))
	}
	if !p.Targets.Unasked {
		lines = append(lines, fmt.Sprintf("healthy    %d of %d tasks behind the load balancer", p.Targets.Healthy, p.Targets.Tasks))
	}
	for _, s := range p.Served {
		lines = append(lines, fmt.Sprintf("answered   %s %s", p.Path, answerOf(s)))
	}
	if p.True() {
		return append(lines, "and all of it agrees")
	}
	for _, doubt := range p.Doubts() {
		lines = append(lines, "not proved: "+doubt)
	}
	return lines
}

// answerOf is one answer of the app, in words.
func answerOf(s release.Served) string {
	text := fmt.Sprintf("with status %d", s.Status)
	if s.Status == 0 {
		text = "with no status"
	}
	for _, part := range []struct{ name, value string }{{"commit", short(s.Commit)}, {"digest", s.Digest}, {"task", s.Task}} {
		if part.value != "" {
			text += ", " + part.name + " " + part.value
		}
	}
	if s.Error != "" {
		text += ": " + s.Error
	}
	return text
}

func onHost(host string) string {
	if host == "" {
		return ""
	}
	return "on " + host
}
