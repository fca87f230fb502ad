package cli

import (
	"context"
	"regexp"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/automation/release"
	"slipway/automation/ui"
	"slipway/infra/outputs"
)

// origin are the flags that say where a release comes from.
type origin struct {
	commit    string
	unpacked  bool
	execution string
	build     string
	result    string
}

func (o *origin) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.execution, "execution", "", "id of the pipeline execution that releases, for the ledger")
	cmd.Flags().StringVar(&o.build, "build-url", "", "page of the build that releases, for the ledger")
	o.resultFlag(cmd)
}

func (o *origin) resultFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.result, "result", "", "also write the result object, as with --json, to this file")
	previous := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		From(cmd).ResultFile = o.result
		if previous != nil {
			return previous(cmd, args)
		}
		return nil
	}
}

func (o *origin) give(d *Deployer) {
	d.Commit, d.Unpacked, d.Execution, d.BuildURL = o.commit, o.unpacked, o.execution, o.build
}

var fullHash = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// checkUnpacked refuses an archive whose commit is not known exactly: without git nothing could check it.
func (d *Deployer) checkUnpacked() error {
	if !d.Unpacked || fullHash.MatchString(d.Commit) {
		return nil
	}
	return &fault.Error{
		Op: "reading the flags", Cause: "--unpacked needs --commit with the full hash of a commit, not " + quoted(d.Commit),
		Next: "slipway deploy --help", Code: fault.BadInput,
	}
}

// described is the commit of an unpacked archive with what its repository says of it. An archive holds neither author,
// subject nor time, and a release is no worse without them.
func (d *Deployer) described(ctx context.Context, environment string, delivery release.Outputs) project.Commit {
	commit := project.Commit{Hash: d.Commit}
	known, err := delivery.Outputs(ctx)
	repository, _ := known[outputs.SourceRepository].(string)
	if cloneURL, _ := known[outputs.SourceCloneURL].(string); err != nil || cloneURL == "" {
		return commit // not CodeCommit's
	}
	at, err := d.cloud(ctx, environment)
	if err == nil {
		commit.Author, commit.Subject, commit.Time, err = at.Commit(ctx, repository, d.Commit)
	}
	if err != nil {
		d.Sink.Event(ui.Note{Text: "author, subject and time of the commit stay unknown: " + ui.FirstLine(err.Error())})
	}
	return commit
}
