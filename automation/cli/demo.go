package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"slipway/automation/demo"
	"slipway/automation/fault"
	"slipway/sandbox"
	"slipway/sandbox/daemon"
)

// demoCommand shows the main job on this machine.
func demoCommand() *cobra.Command {
	var leave bool
	cmd := &cobra.Command{
		Use: "demo", Short: "On this machine: push the app, see it go live, push another colour under load, promote it",
		Long: `Starts the sandbox and brings up the stacks delivery, dev and staging. Then it clones the pipeline's
repository, pushes the project, commits "change color to pink" and pushes again while requests run
against the URL; it approves both, so that staging gets the digest that dev proved. It ends with a
proof: the digest that the pipeline built once is the one that runs, and the one that answers, in
both environments. Everything stays up until "slipway sandbox stop"; with --exit it is removed at
the end. Exit code 1 when anything was not proved.`,
		Args: arguments(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd, leave) },
	}
	cmd.Flags().BoolVar(&leave, "exit", false, "remove everything at the end")
	return cmd
}

func runDemo(cmd *cobra.Command, leave bool) (err error) {
	session := From(cmd)
	d, err := session.Deployer()
	if err != nil {
		return err
	}
	release, err := alone(d.Project.Dir("demo.lock"), "the demo")
	if err != nil {
		return err
	}
	defer release()
	dir := d.Project.Dir("sandbox")
	if have, found, err := daemon.Load(dir); err == nil && found {
		if err := renewed(have); err != nil {
			return err
		}
	}
	r, err := startSandbox(cmd, sandbox.Defaults(dir))
	if err != nil && !errors.Is(err, daemon.ErrRunning) {
		return err
	}
	if leave {
		defer func() { err = errors.Join(err, daemon.Stop(context.WithoutCancel(cmd.Context()), dir, false)) }()
	}
	if err := enter(r.Config); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	at, err := d.pipelines(cmd.Context(), defaultDelivery)
	if err != nil {
		return err
	}
	result, err := demo.Run(cmd.Context(), demo.Options{
		Project: d.Project.Root, Work: d.Project.Dir("demo", "clone"), Helper: "!" + shellQuoted(self) + " credential-helper",
		Deployer: d, Pipeline: at, Sink: session.Sink(),
	})
	if err != nil {
		return err
	}
	doubts := result.Doubts()
	code := fault.OK
	if len(doubts) > 0 {
		code = fault.Unexpected
	}
	session.Answer("demo", code, result, func(out io.Writer) {
		result.Print(out)
		if !leave {
			_, _ = fmt.Fprintf(out, farewell, result.URL, result.StagingURL, result.PipelineURL, result.JenkinsURL, r.Endpoint(), result.Clone)
		}
	})
	if code != fault.OK {
		return exit(code)
	}
	return nil
}

const farewell = `
dev                  %s
staging              %s
The pipeline         %s
Jenkins              %s   (user admin; its certificate is its own)
AWS endpoint         %s   eval "$(bin/slipway sandbox env)" turns the aws CLI and pulumi to it
Push something       cd %s, change images/app, git commit -a, git push
See what runs        bin/slipway status   (after the eval above)
Stop and clean up    bin/slipway sandbox stop
`

// enter turns this process to the sandbox, as `eval "$(slipway sandbox env)"` turns a shell.
func enter(c sandbox.Config) error {
	for _, name := range sandbox.Unset() {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	for _, kv := range c.Environment() {
		name, value, _ := strings.Cut(kv, "=")
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}
