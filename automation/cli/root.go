// Package cli is the command line of the deployer. Commands parse, check, call one function and print.
package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
)

const about = `Slipway takes a commit to a running, verified container on ECS.

Stacks are configured in Pulumi.<stack>.yaml. The state backend and credentials
come from the environment, as for pulumi and the AWS CLI.`

const examples = `  slipway init                        write a project's files beside a Dockerfile
  slipway bootstrap                   make the bucket and the key for state, once for an account
  slipway up delivery                 make the image registry
  slipway up dev                      make the environment dev
  slipway deploy dev                  build and release the last commit
  slipway deploy dev --commit v1.2    release another commit
  slipway promote dev staging         the image that dev runs, to staging
  slipway status                      what runs where
  slipway destroy dev                 take dev down again`

const codes = `
Exit codes:
    0  done, or nothing to do
    1  an error that no other code names
    2  arguments or configuration that cannot be right
    3  something that the command needs is missing
    4  the image did not build; no environment was touched
    5  another update holds the stack, or an action of the pipeline runs on what would change
    6  the rollout did not work and the previous version serves
    7  the rollout did not work and neither did putting the previous version back
    8  a newer release took over
  130  interrupted
`

// New returns the command line.
func New() *cobra.Command {
	root := &cobra.Command{
		Use: "slipway", Short: "From a commit to a verified container on ECS", Long: about, Example: examples,
		Version: version().Version, SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: noEmptyFlag,
		Args:              unknown, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SuggestionsMinimumDistance: 2,
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(badFlag)
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddCommand(upCommand(), deployCommand(), promoteCommand(), rollbackCommand(), previewCommand(), destroyCommand(),
		holdCommand(), resumeCommand(), imagesCommand(), statusCommand(), historyCommand(), showCommand(), diagnoseCommand(), unlockCommand(),
		logsCommand(), execCommand(), runCommand(), restartCommand(), scaleCommand(), openCommand(),
		pipelineCommand(), sandboxCommand(), demoCommand(), versionCommand(),
		workerCommand(), bootstrapCommand(), initCommand(),
		credentialCommand(), guardCommand())
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		help(cmd, args)
		if cmd == root {
			_, _ = fmt.Fprint(cmd.OutOrStdout(), codes)
		}
	})
	return root
}

// unknown answers arguments that are no command, with the commands that look like them.
func unknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	next := "slipway --help"
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		next = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return &fault.Error{Op: "reading the command", Cause: fmt.Sprintf("there is no command %q", args[0]), Next: next, Code: fault.BadInput}
}

func badFlag(cmd *cobra.Command, err error) error {
	return &fault.Error{Op: "reading the flags", Cause: err.Error(), Next: cmd.CommandPath() + " --help", Code: fault.BadInput, Err: err}
}

// arguments checks how many there are, in words instead of cobra's.
func arguments(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && len(args) <= most {
			return nil
		}
		cause := "give " + what
		if len(args) > most {
			cause = fmt.Sprintf("%q is one argument too many: give %s", args[most], what)
		}
		return &fault.Error{Op: "reading the arguments", Cause: cause, Next: cmd.CommandPath() + " --help", Code: fault.BadInput, Err: errors.New(cause)}
	}
}
