package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/logs"
	"slipway/automation/ui"
	"slipway/infra/outputs"
)

// shown are the flags of logs.
type shown struct {
	follow bool
	since  time.Duration
	task   string
}

func logsCommand() *cobra.Command {
	var f shown
	cmd := &cobra.Command{
		Use: "logs [ENVIRONMENT]", Short: "Show what the tasks of an environment print, merged by time",
		Long: `Prints the lines of all tasks, also of stopped ones: when, the first characters of the task's id, and the text.
Control characters are shown as \x1b and the like; --json has every line as it was written.`,
		Example: "  slipway logs dev\n  slipway logs dev --follow\n  slipway logs prod --since 2h --task 4f1d09",
		Args:    arguments(0, 1, "the name of one environment, or none for the only one"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error { return showLogs(cmd, args, f) },
	}
	cmd.Flags().BoolVarP(&f.follow, "follow", "f", false, "go on with what they print from now on, until Ctrl-C")
	cmd.Flags().DurationVar(&f.since, "since", 10*time.Minute, "how far to look back")
	cmd.Flags().StringVar(&f.task, "task", "", "only of the task whose id begins with this")
	return cmd
}

func showLogs(cmd *cobra.Command, args []string, f shown) error {
	if f.since <= 0 {
		return &fault.Error{Op: "reading the flags", Cause: "--since must be more than 0", Next: "slipway logs --since 1h", Code: fault.BadInput}
	}
	ctx, session := cmd.Context(), From(cmd)
	d, err := session.Deployer()
	if err != nil {
		return err
	}
	e, err := d.existing(ctx, args)
	if err != nil {
		return err
	}
	clock := clockwork.NewRealClock()
	reader := logs.Reader{Group: e.at, Name: e.text(outputs.LogGroup), Since: clock.Now().Add(-f.since), Clock: clock}
	if reader.Streams, err = e.streams(ctx, f.task); err != nil {
		return err
	}
	n := 0
	reader.Print = func(l logs.Line) error { n++; return session.logLine(l) }
	session.quiet()
	session.looks.Store(true)
	read := reader.Read
	if f.follow {
		read = reader.Follow
	}
	err = read(ctx)
	if ui.Unread(err) || f.follow && errors.Is(err, context.Canceled) { // Ctrl-C and | head are how it ends
		err = nil
	}
	if err != nil {
		return err
	}
	if n == 0 {
		session.Sink().Event(ui.Note{Text: fmt.Sprintf("no task printed a line in the last %s: --since looks further back", f.since)})
	}
	session.Answer("logs", fault.OK, map[string]any{"environment": e.name, "lines": n}, nil)
	return nil
}

// streams are those of one task, by the beginning of its id; none for all tasks.
func (e *existing) streams(ctx context.Context, task string) ([]string, error) {
	if task == "" {
		return nil, nil
	}
	all, err := e.at.Streams(ctx, e.text(outputs.LogGroup), "")
	if err != nil {
		return nil, err
	}
	var found []string
	for _, stream := range all {
		if id := stream[strings.LastIndex(stream, "/")+1:]; strings.HasPrefix(id, task) {
			found = append(found, stream)
		}
	}
	if len(found) == 0 {
		return nil, &fault.Error{
			Op: "looking for the logs of a task", Cause: fmt.Sprintf("no task of %s whose id begins with %q has printed anything", e.name, task),
			Next: "slipway status " + e.name + " lists the tasks that run", Code: fault.BadInput,
		}
	}
	return found, nil
}

// shortID is how much of a task's id tells it from others at a glance.
const shortID = 8

// logLine prints one line; with --json as an object of its own.
func (s *Session) logLine(l logs.Line) error {
	if s.JSON {
		s.Sink().Event(ui.Logged{At: l.Time, Task: l.Task, Container: l.Container, Text: l.Text})
		return nil
	}
	text := fmt.Sprintf("%s  %s  %s\n", l.Time.Local().Format("2006-01-02 15:04:05.000"), l.Task[:min(shortID, len(l.Task))], l.Text)
	_, err := io.WriteString(s.Out, text)
	return err
}
