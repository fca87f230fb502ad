package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/release"
	"slipway/sandbox"
	"slipway/sandbox/daemon"
)

// Sandbox returns the commands around the stand-in for AWS.
func Sandbox() *cobra.Command {
	cmd := &cobra.Command{
		Use: "sandbox", Short: "Run a stand-in for AWS on this machine",
		Long: `A sandbox answers Pulumi, the AWS SDKs and the aws CLI in place of AWS: images are pushed to a registry,
tasks are containers on Docker, load balancers are ports of this machine. It runs in the background, keeps
everything in .slipway/sandbox, and comes back as it was after a restart. Nothing listens beyond this machine.`,
		Example: "  slipway sandbox start\n  eval \"$(slipway sandbox env)\"\n  slipway up delivery --yes",
		Args:    unknown, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(sandboxStart(), sandboxStop(), sandboxStatus(), sandboxEnv(), sandboxServe())
	return cmd
}

// wishes are the flags that a new sandbox is made by.
type wishes struct {
	port, httpPort, speed int
	region                string
}

func (w *wishes) flags(cmd *cobra.Command) {
	d := sandbox.Defaults("")
	cmd.Flags().IntVar(&w.port, "port", d.Ports.API, "port of the AWS endpoint; the registry and the providers take the next three; 0 takes any")
	cmd.Flags().IntVar(&w.httpPort, "http-port", d.Ports.LoadBalancers, "first port of load balancers; 0 takes any")
	cmd.Flags().IntVar(&w.speed, "speed", d.Speed, "divides the waits that AWS counts in seconds, 1 to 100")
	cmd.Flags().StringVar(&w.region, "region", string(d.Region), "AWS region")
}

func (w *wishes) config(cmd *cobra.Command, dir string) (sandbox.Config, error) {
	var problems []string
	if w.port < 0 || w.port > 65532 {
		problems = append(problems, fmt.Sprintf("--port %d: allowed are 0 to 65532", w.port))
	}
	if w.httpPort < 0 || w.httpPort > 65535 {
		problems = append(problems, fmt.Sprintf("--http-port %d: allowed are 0 to 65535", w.httpPort))
	}
	if w.speed < 1 || w.speed > 100 {
		problems = append(problems, fmt.Sprintf("--speed %d: allowed are 1 to 100", w.speed))
	}
	region, err := sandbox.ParseRegion(w.region)
	if err != nil {
		problems = append(problems, fmt.Sprintf("--region %q: %v", w.region, err))
	}
	if len(problems) > 0 {
		return sandbox.Config{}, &fault.Error{
			Op: "reading the flags", Cause: strings.Join(problems, "; "), Next: cmd.CommandPath() + " --help", Code: fault.BadInput,
		}
	}
	c := sandbox.Defaults(dir)
	c.Region, c.Speed, c.Ports.LoadBalancers = region, w.speed, w.httpPort
	c.Ports.API, c.Ports.Registry, c.Ports.AWSProvider, c.Ports.DockerProvider = w.port, 0, 0, 0
	if w.port > 0 {
		c.Ports.Registry, c.Ports.AWSProvider, c.Ports.DockerProvider = w.port+1, w.port+2, w.port+3
	}
	return c, nil
}

// differs names the flags that were given and do not fit the sandbox that stands in the folder already.
func (w *wishes) differs(cmd *cobra.Command, have sandbox.Config) error {
	given := map[string][2]string{
		"port": {fmt.Sprint(w.port), fmt.Sprint(have.Ports.API)}, "http-port": {fmt.Sprint(w.httpPort), fmt.Sprint(have.Ports.LoadBalancers)},
		"speed": {fmt.Sprint(w.speed), fmt.Sprint(have.Speed)}, "region": {w.region, string(have.Region)},
	}
	for _, name := range []string{"port", "http-port", "speed", "region"} {
		if v := given[name]; cmd.Flags().Changed(name) && v[0] != "0" && v[0] != v[1] {
			return &fault.Error{
				Op:    "starting the sandbox",
				Cause: fmt.Sprintf("--%s %s: the sandbox in %s was made with %s", name, v[0], have.Dir, v[1]),
				Next:  "leave the flag out, or end that sandbox first: slipway sandbox stop", Code: fault.BadInput,
			}
		}
	}
	return nil
}

func sandboxStart() *cobra.Command {
	var w wishes
	cmd := &cobra.Command{
		Use: "start", Short: "Start the sandbox in the background", Args: arguments(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := From(cmd).Project()
			if err != nil {
				return err
			}
			wish, err := w.config(cmd, p.Dir("sandbox"))
			if err != nil {
				return err
			}
			if have, found, err := daemon.Load(wish.Dir); err != nil {
				return err
			} else if found {
				if err := w.differs(cmd, have.Config); err != nil {
					return err
				}
			}
			r, err := startSandbox(cmd, wish)
			already := errors.Is(err, daemon.ErrRunning)
			if err != nil && !already {
				return err
			}
			From(cmd).Answer("sandbox start", fault.OK, sandboxState{Running: true, Already: already, Record: &r}, func(out io.Writer) {
				if already {
					_, _ = fmt.Fprintln(From(cmd).Talk, "the sandbox runs already")
				}
				printSandbox(out, r)
			})
			return nil
		},
	}
	w.flags(cmd)
	return cmd
}

// startSandbox starts the sandbox as a process of this very binary.
func startSandbox(cmd *cobra.Command, wish sandbox.Config) (daemon.Record, error) {
	if err := (release.DockerEngine{}).Ping(cmd.Context()); err != nil {
		return daemon.Record{}, &fault.Error{
			Op: "starting the sandbox", Cause: "the Docker engine does not answer: " + err.Error(),
			Next: "scripts/setup docker", Code: fault.NotReady, Err: err,
		}
	}
	self, err := os.Executable()
	if err != nil {
		return daemon.Record{}, err
	}
	command := []string{
		self, "sandbox", "serve", wish.Dir, "--region", string(wish.Region), "--speed", fmt.Sprint(wish.Speed),
		"--port", fmt.Sprint(wish.Ports.API), "--http-port", fmt.Sprint(wish.Ports.LoadBalancers),
	}
	r, err := daemon.Start(cmd.Context(), wish, command)
	if err != nil && !errors.Is(err, daemon.ErrRunning) {
		return r, &fault.Error{Cause: err.Error(), Next: "the whole log: " + daemon.LogPath(wish.Dir), Code: fault.NotReady, Err: err}
	}
	return r, err
}

func sandboxServe() *cobra.Command {
	var w wishes
	cmd := &cobra.Command{
		Use: "serve DIR", Short: "Run the sandbox in the foreground", Hidden: true, Args: arguments(1, 1, "the folder of the sandbox"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := w.config(cmd, args[0])
			if err != nil {
				return err
			}
			return daemon.Serve(cmd.Context(), c)
		},
	}
	w.flags(cmd)
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

func sandboxEnv() *cobra.Command {
	return &cobra.Command{
		Use: "env", Short: "Print the variables that turn pulumi, the aws CLI and this program to the sandbox",
		Example: "  eval \"$(slipway sandbox env)\"", Args: arguments(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := runningSandbox(cmd)
			if err != nil {
				return err
			}
			set := map[string]string{}
			for _, kv := range r.Environment() {
				k, v, _ := strings.Cut(kv, "=")
				set[k] = v
			}
			data := map[string]any{"set": set, "unset": sandbox.Unset()}
			From(cmd).Answer("sandbox env", fault.OK, data, func(out io.Writer) {
				for _, kv := range slices.Sorted(slices.Values(r.Environment())) {
					k, v, _ := strings.Cut(kv, "=")
					_, _ = fmt.Fprintf(out, "export %s='%s'\n", k, strings.ReplaceAll(v, "'", `'\''`))
				}
				_, _ = fmt.Fprintf(out, "unset %s\n", strings.Join(sandbox.Unset(), " "))
			})
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
	return r, nil
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
