package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/cloud"
	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/release"
	"slipway/infra/config"
	"slipway/infra/outputs"
)

// standing is the status of one environment with its last releases.
type standing struct {
	release.Status
	Exists   bool              `json:"exists"`
	Releases []release.Release `json:"releases"`
	Problem  string            `json:"problem,omitempty"` // why the status is not complete
}

func statusCommand() *cobra.Command {
	var releases int
	cmd := &cobra.Command{
		Use: "status [STACK]", Short: "Show what runs: commit, digest, tasks, targets, URL and the last releases",
		Long: "Without a name, shows every environment that has a file in the project.",
		Args: arguments(0, 1, "the name of one environment, or none for all"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error { return status(cmd, args, releases) },
	}
	cmd.Flags().IntVarP(&releases, "releases", "n", 5, "how many releases to list")
	return cmd
}

func status(cmd *cobra.Command, names []string, releases int) error {
	if releases < 0 {
		return &fault.Error{Op: "reading the flags", Cause: "--releases must not be negative", Next: "slipway status --help", Code: fault.BadInput}
	}
	session := From(cmd)
	d, err := session.Deployer()
	if err != nil {
		return err
	}
	d.Timeout = 5 * time.Minute
	if len(names) == 0 {
		if names, err = d.environments(); err != nil {
			return err
		}
	}
	if len(names) == 1 {
		if own, err := d.own(names[0]); err == nil && own["kind"] == config.KindDelivery {
			return d.statusOfDelivery(cmd.Context(), session, names[0])
		}
	}
	all := make([]standing, 0, len(names))
	for _, name := range names {
		at, err := d.cloud(cmd.Context(), name)
		if err != nil {
			return err
		}
		one, err := d.status(cmd.Context(), name, at, releases)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	session.Answer("status", fault.OK, map[string]any{"environments": all}, func(out io.Writer) {
		for _, one := range all {
			printStatus(out, one)
		}
	})
	return nil
}

// status reads one environment. One that does not stand is no error.
func (d *Deployer) status(ctx context.Context, name string, at *cloud.Cloud, releases int) (standing, error) {
	found := standing{Status: release.Status{Environment: name}, Releases: []release.Release{}}
	if !d.Project.HasStackFile(name) {
		return found, d.noStack(name)
	}
	s, err := engine.Open(ctx, engine.Options{Project: d.Project, Name: name, Sink: d.Sink, Timeout: d.Timeout, Existing: true, Hide: d.Hide})
	if err != nil {
		return found, err
	}
	defer s.Close()
	known, err := s.Outputs(ctx)
	if errors.Is(err, engine.ErrNotFound) || err == nil && known[outputs.Service] == nil {
		return found, nil
	}
	if err != nil {
		return found, err
	}
	found.Exists = true
	book, err := d.ledger(ctx, name)
	if err != nil {
		return found, err
	}
	if found.Status, err = release.Current(ctx, name, s, book, at); err != nil {
		if ctx.Err() != nil {
			return found, err
		}
		found.Problem = err.Error()
	}
	if releases > 0 {
		if found.Releases, err = book.List(ctx, releases); err != nil {
			return found, err
		}
	}
	return found, nil
}

func printStatus(out io.Writer, s standing) {
	if !s.Exists {
		_, _ = fmt.Fprintf(out, "%s  does not stand: slipway up %s\n\n", s.Environment, s.Environment)
		return
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		_, _ = fmt.Fprintf(table, "  %s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	_, _ = fmt.Fprintln(out, s.Environment)
	row("url", "%s", s.AppURL)
	row("commit", "%s", orNone(s.Commit))
	row("digest", "%s", orNone(s.Digest))
	row("tasks", "%d of %d running, %d healthy", len(s.Running), s.Desired, s.Healthy)
	for _, task := range s.Running {
		row("", "%s  %s", task.Task, task.Digest)
	}
	for _, target := range s.Targets {
		row("target", "%s:%d  %s %s", target.ID, target.Port, target.State, target.Reason)
	}
	if s.Problem != "" {
		row("problem", "%s", s.Problem)
	} else if !s.AsMeant {
		row("note", "what runs is not what the stack says")
	}
	for _, r := range s.Releases {
		row("release", "%s  %s  %s  %s  %s", r.Started.Local().Format("2006-01-02 15:04"), short(r.Commit), r.Outcome, r.Author, r.Subject)
	}
	_ = table.Flush()
	_, _ = fmt.Fprintln(out)
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func short(commit string) string { return commit[:min(12, len(commit))] }
