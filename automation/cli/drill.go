package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/drill"
	"slipway/automation/fault"
	"slipway/automation/ui"
)

func sandboxDrill() *cobra.Command {
	return &cobra.Command{
		Use: "drill [NAME... | all]", Short: "Make a fault for real on an environment that is thrown away, and check that its report says what it is",
		Long: `Without a name it lists the drills. A drill starts a sandbox of its own in .slipway/drill, brings up an environment with an
app that works, and has the deployer release or change what does not. Then it compares what slipway diagnose says with the
fault that was made, and whether the version before serves. All of it is removed at the end; the project, its environments
and its sandbox are left alone. Exit code 1 when a report said something else.`,
		Example: "  slipway sandbox drill\n  slipway sandbox drill memory secret\n  slipway sandbox drill all --json",
		Args:    arguments(0, len(drill.All), "names of drills, all, or nothing to list them"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append(drillNames(), "all"), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listDrills(cmd)
			}
			drills, err := chosen(args)
			if err != nil {
				return err
			}
			return runDrills(cmd, drills)
		},
	}
}

func drillNames() (names []string) {
	for _, d := range drill.All {
		names = append(names, d.Name)
	}
	return names
}

func listDrills(cmd *cobra.Command) error {
	From(cmd).Answer("sandbox drill", fault.OK, drill.All, func(out io.Writer) {
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, d := range drill.All {
			_, _ = fmt.Fprintf(table, "%s\t%s\n", d.Name, d.Fault)
		}
		_ = table.Flush()
	})
	return nil
}

// chosen are the drills of the names.
func chosen(names []string) (drills []drill.Drill, err error) {
	for _, name := range names {
		found := drill.Find(name)
		if len(found) == 0 {
			return nil, &fault.Error{
				Op: "looking for a drill", Cause: fmt.Sprintf("there is no drill %q", name), Next: "one of " + strings.Join(drillNames(), ", ") + ", or all", Code: fault.BadInput,
			}
		}
		drills = append(drills, found...)
	}
	return drills, nil
}

func runDrills(cmd *cobra.Command, drills []drill.Drill) (err error) {
	session, ctx := From(cmd), cmd.Context()
	p, err := session.Project()
	if err != nil {
		return err
	}
	release, err := alone(p.Dir("drill.lock"), "a drill")
	if err != nil {
		return err
	}
	defer release()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	session.Sink().Event(ui.Note{Text: "an environment for the drill is brought up"})
	field, err := drill.Open(ctx, self, p.Dir("drill"))
	defer func() { err = errors.Join(err, field.Close(ctx)) }()
	if err != nil {
		return err
	}
	results, err := drillAll(ctx, session.Sink(), field, drills)
	if err != nil {
		return err
	}
	code := fault.OK
	for _, r := range results {
		if !r.Passed() {
			code = fault.Unexpected
		}
	}
	session.Answer("sandbox drill", code, results, func(out io.Writer) { printDrills(out, results) })
	if code != fault.OK {
		return exit(code)
	}
	return nil
}

func drillAll(ctx context.Context, sink ui.Sink, field *drill.Field, drills []drill.Drill) (results []drill.Result, err error) {
	for _, d := range drills {
		sink.Event(ui.StepStarted{Name: d.Name})
		r, err := field.Run(ctx, d)
		end := ui.StepEnded{Name: d.Name, Outcome: ui.Done, Note: r.Cause, Duration: time.Duration(r.Seconds * float64(time.Second))}
		if err != nil || !r.Passed() {
			end.Outcome = ui.Failed
		}
		sink.Event(end)
		switch {
		case ctx.Err() != nil:
			return results, &fault.Error{Op: "drilling " + d.Name, Cause: "interrupted; the drill's environment is removed", Next: "slipway sandbox drill " + d.Name, Code: fault.Interrupted}
		case err != nil:
			return results, err
		}
		results = append(results, r)
	}
	return results, nil
}

func printDrills(out io.Writer, results []drill.Result) {
	for _, r := range results {
		verdict := "found"
		switch {
		case r.Problem != "":
			verdict = r.Problem
		case r.Rule != r.Wanted:
			verdict = fmt.Sprintf("NOT FOUND: the report concludes %q, not %q", r.Rule, r.Wanted)
		case !r.Serves:
			verdict = "found, but the version before does not serve"
		}
		_, _ = fmt.Fprintf(out, "%s: %s\n  %s (%.0f s)\n  %s\n  next: %s\n", r.Name, r.Fault, verdict, r.Seconds, ui.Printable(r.Cause), ui.Printable(r.Next))
	}
}
