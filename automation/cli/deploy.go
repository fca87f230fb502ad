package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/release"
	"slipway/automation/ui"
)

// defaultEnvironment is released to when none is named.
const defaultEnvironment = "dev"

func deployCommand() *cobra.Command {
	var w wait
	var o origin
	var app string
	var infrastructure, quiet, supersede bool
	var e exception
	cmd := &cobra.Command{
		Use: "deploy [ENVIRONMENT]", Short: "Build a commit's image, release it, and prove that it serves",
		Long: `Releases a commit of the app into an environment (default dev): the image is built unless the registry
has it, the environment gets it by digest, the rollout is watched, and the release counts when the
digest asked for runs, is healthy behind the load balancer and answers. When it does not work, the
previous image is put back and the exit code says which version serves. An environment behind an approval of
the pipeline, or with slipway:confirm, is not released to without a question or --yes. docs/gates.md tells what
else a release has to pass.`,
		Example: "  slipway deploy dev\n  slipway deploy dev --commit v1.2 --yes\n  slipway deploy prod --yes --accept CVE-2026-1234 --reason 'we do not parse XML'",
		Args:    arguments(0, 1, "the name of one environment, or none for "+defaultEnvironment), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error {
			environment := defaultEnvironment
			if len(args) == 1 {
				environment = args[0]
			}
			From(cmd).brief = quiet
			d, err := w.deployer(cmd)
			if err != nil {
				return err
			}
			o.give(d)
			d.AllowInfrastructure, d.Exception, d.Supersede = infrastructure, e, supersede
			if err := e.check(cmd); err != nil {
				return err
			}
			if err := d.confirm(From(cmd), environment, w.yes); err != nil {
				return err
			}
			return deploy(cmd, d, environment, app)
		},
	}
	w.flags(cmd, 30*time.Minute)
	cmd.Flags().Lookup("yes").Usage = "do not ask before a release to an environment behind an approval"
	e.flags(cmd)
	cmd.Flags().StringVar(&o.commit, "commit", "", "commit, branch or tag to release (default HEAD)")
	cmd.Flags().BoolVar(&o.unpacked, "unpacked", false, "the project is an unpacked archive of --commit, as pipelines get it, and no git repository; the archive begins here, or with the project")
	o.flags(cmd)
	cmd.Flags().StringVar(&app, "app", "", "folder of the app (default: context of slipway:build)")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print the app's URL and nothing else, but for warnings and errors")
	cmd.Flags().BoolVar(&supersede, "supersede", false, "end the release of an older commit that is in progress; the ledger keeps by whom")
	cmd.Flags().BoolVar(&infrastructure, "allow-infrastructure", false, "also change what is neither task definition nor service")
	return cmd
}

func deploy(cmd *cobra.Command, d *Deployer, environment, app string) error {
	if app == "" {
		settings, err := d.environment(environment)
		if err != nil {
			return err
		}
		app = filepath.Join(d.Project.Root, filepath.FromSlash(settings.Build.Context))
	}
	app, err := filepath.Abs(app)
	if err != nil {
		return err
	}
	result, err := d.Deploy(cmd.Context(), environment, app)
	return From(cmd).released("deploy", environment, result, err)
}

// released answers what a release came to.
func (s *Session) released(command, environment string, result release.Result, err error) error {
	if err != nil {
		err = explain(err)
		if result.Outcome != "" {
			s.result(ui.Result{Command: command, Code: fault.CodeOf(err), Data: withError(result, err)})
		}
		return err
	}
	s.Answer(command, result.Code(), result, func(out io.Writer) {
		if s.brief {
			_, _ = fmt.Fprintln(out, result.AppURL)
			return
		}
		printRelease(out, environment, result)
	})
	if code := result.Code(); code != 0 {
		return exit(code)
	}
	return nil
}

func printRelease(out io.Writer, environment string, r release.Result) {
	if r.Outcome == release.Superseded {
		_, _ = fmt.Fprintf(out, "%s: a newer release took over\n", environment)
		return
	}
	var total float64
	for _, step := range r.Steps {
		total += step.Seconds
	}
	_, _ = fmt.Fprintf(out, "%s runs %s (%s) after %.1f s\n", environment, r.Release.Commit, r.Release.Digest, total)
	if r.AppURL != "" {
		_, _ = fmt.Fprintln(out, r.AppURL)
	}
}
