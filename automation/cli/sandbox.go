package cli

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/sandbox/daemon"
)

// sandboxCommand holds the commands around the stand-in for AWS.
func sandboxCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "sandbox", Short: "Run a stand-in for AWS on this machine",
		Long: `A sandbox answers Pulumi, the AWS SDKs and the aws CLI in place of AWS: images are pushed to a registry,
tasks are containers on Docker, load balancers are ports of this machine. It runs in the background, keeps
everything in .slipway/sandbox, and comes back as it was after a restart. Nothing listens beyond this machine.`,
		Example: "  slipway sandbox start\n  eval \"$(slipway sandbox env)\"\n  slipway up delivery --yes",
		Args:    unknown, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(sandboxStart(), sandboxStop(), sandboxStatus(), sandboxEnv(), sandboxServe(), sandboxDrill())
	return cmd
}

func sandboxStop() *cobra.Command {
	var keep bool
	cmd := &cobra.Command{
		Use: "stop", Short: "Stop the sandbox and remove its containers, networks, images and state",
		Long: "The stacks that stood in the sandbox are gone with it. With --keep the state stays, and start brings all of it back.",
		Args: arguments(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			session := From(cmd)
			p, err := session.Project()
			if err != nil {
				return err
			}
			err = daemon.Stop(cmd.Context(), p.Dir("sandbox"), keep)
			if err != nil && !errors.Is(err, daemon.ErrNotRunning) {
				return err
			}
			text := "the sandbox is gone"
			switch {
			case err != nil:
				text = "there is no sandbox here"
			case keep:
				text = "the sandbox is stopped; slipway sandbox start brings it back"
			}
			session.Answer("sandbox stop", fault.OK, sandboxState{}, func(io.Writer) { _, _ = fmt.Fprintln(session.Talk, text) })
			return nil
		},
	}
	cmd.Flags().BoolVar(&keep, "keep", false, "keep the state for the next start")
	return cmd
}

func sandboxStatus() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Show whether the sandbox runs, and where; exit code 3 when it does not", Args: arguments(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := runningSandbox(cmd)
			if err != nil {
				return err
			}
			From(cmd).Answer("sandbox status", fault.OK, sandboxState{Running: true, Record: &r}, func(out io.Writer) { printSandbox(out, r) })
			return nil
		},
	}
}

// sandboxState is the result of the commands above.
type sandboxState struct {
	Running bool           `json:"running"`
	Already bool           `json:"already,omitempty"` // it ran before
	Record  *daemon.Record `json:"sandbox,omitempty"`
}

func runningSandbox(cmd *cobra.Command) (daemon.Record, error) {
	p, err := From(cmd).Project()
	if err != nil {
		return daemon.Record{}, err
	}
	r, found, err := daemon.Load(p.Dir("sandbox"))
	if err != nil {
		return r, err
	}
	if !found || !daemon.Running(r.Dir) {
		return r, &fault.Error{
			Op: "looking for the sandbox", Cause: "none runs in " + p.Dir("sandbox"), Next: "slipway sandbox start", Code: fault.NotReady,
		}
	}
	return r, renewed(r)
}

// renewed returns an error for a sandbox that this program cannot use, with the way to a new one.
func renewed(r daemon.Record) error {
	if err := r.Check(); err != nil {
		return &fault.Error{
			Op: "looking for the sandbox", Cause: err.Error(), Next: "slipway sandbox stop, which removes it, then slipway sandbox start",
			Code: fault.NotReady, Err: err,
		}
	}
	return nil
}

func printSandbox(out io.Writer, r daemon.Record) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer func() { _ = table.Flush() }()
	_, _ = fmt.Fprintf(table, "sandbox\t%s, process %d, since %s\n", r.ID, r.PID, r.Started.Local().Format(time.DateTime))
	_, _ = fmt.Fprintf(table, "AWS endpoint\t%s (%s)\n", r.Endpoint(), r.Region)
	_, _ = fmt.Fprintf(table, "registry\t127.0.0.1:%d\n", r.Ports.Registry)
	_, _ = fmt.Fprintf(table, "speed\t%d× AWS's waits\n", r.Speed)
	_, _ = fmt.Fprintf(table, "folder\t%s\n", r.Dir)
}
