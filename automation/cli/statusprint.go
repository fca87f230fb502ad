package cli

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// printTable shows environments side by side, and below them what is wrong.
func printTable(out io.Writer, all []standing, now time.Time) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ENVIRONMENT\tSTATE\tCOMMIT\tFOR\tBY\tUPSTREAM\tTASKS\tHEALTHY")
	for _, s := range all {
		if s.State == stateAbsent || s.State == stateUnknown {
			_, _ = fmt.Fprintf(table, "%s\t%s\t-\t-\t-\t-\t-\t-\n", s.Environment, s.State)
			continue
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%d/%d\t%d/%d\n", s.Environment, s.State, orNone(short(s.Commit)), ago(s.Since, now),
			orNone(s.By), s.Behind, len(s.Running), s.Desired, s.Healthy, s.Desired)
	}
	_ = table.Flush()
	for _, s := range all {
		for _, line := range s.wrongs() {
			_, _ = fmt.Fprintf(out, "%s: %s\n", s.Environment, line)
		}
		switch {
		case s.State == stateAbsent:
			_, _ = fmt.Fprintf(out, "%s does not exist: slipway up %s\n", s.Environment, s.Environment)
		case s.State == stateDegraded || s.State == stateFailed:
			_, _ = fmt.Fprintf(out, "%s: slipway diagnose %s\n", s.Environment, s.Environment)
		}
	}
}

// wrongs are what is wrong with an environment, a line each.
func (s standing) wrongs() []string {
	lines := s.Drift
	if s.Problem != "" {
		lines = append([]string{s.Problem}, lines...)
	}
	return lines
}

// printStatus shows one environment with all that is known of it.
func printStatus(out io.Writer, s standing, now time.Time) {
	if s.State == stateAbsent {
		_, _ = fmt.Fprintf(out, "%s does not exist: slipway up %s\n", s.Environment, s.Environment)
		return
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		_, _ = fmt.Fprintf(table, "  %s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	_, _ = fmt.Fprintf(out, "%s  %s\n", s.Environment, s.State)
	row("url", "%s", s.AppURL)
	row("commit", "%s", orNone(s.Commit))
	row("digest", "%s", orNone(s.Digest))
	row("since", "%s ago, by %s", ago(s.Since, now), orNone(s.By))
	row("upstream", "%s", s.Behind)
	row("tasks", "%d of %d running, %d healthy", len(s.Running), s.Desired, s.Healthy)
	for _, task := range s.Running {
		row("", "%s  %s", task.Task, task.Digest)
	}
	for _, target := range s.Targets {
		row("target", "%s:%d  %s %s", target.ID, target.Port, target.State, target.Reason)
	}
	for _, line := range s.wrongs() {
		row("wrong", "%s", line)
	}
	if s.State == stateDegraded || s.State == stateFailed {
		row("next", "slipway diagnose %s", s.Environment)
	}
	for _, r := range s.Releases {
		row("release", "%d  %s  %s  %s  %s  %s", r.Number, r.Started.Local().Format("2006-01-02 15:04"), short(r.Commit), r.Outcome, r.Author, r.Subject)
	}
	_ = table.Flush()
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func short(commit string) string { return commit[:min(12, len(commit))] }
