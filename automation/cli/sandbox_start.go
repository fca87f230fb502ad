package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/release"
	"slipway/sandbox"
	"slipway/sandbox/daemon"
)

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
				if err := renewed(have); err != nil {
					return err
				}
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
	p, err := From(cmd).Project()
	if err != nil {
		return daemon.Record{}, err
	}
	command := []string{
		self, "--project", p.Root, "sandbox", "serve", wish.Dir, "--region", string(wish.Region), "--speed", fmt.Sprint(wish.Speed),
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
			if err := withTools(From(cmd)); err != nil {
				return err
			}
			return daemon.Serve(cmd.Context(), c)
		},
	}
	w.flags(cmd)
	return cmd
}

// withTools puts the folder of the pulumi that set-up has built on the PATH of this process: the Jenkins of the sandbox runs
// builds with it.
func withTools(s *Session) error {
	p, err := s.Project()
	if err != nil {
		return err
	}
	cli := engine.CLIPath(p)
	if cli == "" {
		return nil // `up` says so
	}
	return os.Setenv("PATH", filepath.Dir(cli)+string(os.PathListSeparator)+os.Getenv("PATH"))
}
