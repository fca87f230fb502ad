package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/release"
	"slipway/infra/config"
	"slipway/infra/outputs"
)

// standing is the status of one environment with its last releases.
type standing struct {
	release.Status
	State    state             `json:"state"`
	Exists   bool              `json:"exists"`
	Since    time.Time         `json:"since,omitzero"`   // when what runs was proved, or deployed where nothing proved it
	By       string            `json:"by,omitempty"`     // the author of the commit, or who released it
	Behind   *behind           `json:"behind,omitempty"` // the environment before it in the pipeline
	Drift    []string          `json:"drift,omitempty"`  // in what ECS, the stack and the ledger differ
	Releases []release.Release `json:"releases"`
	Problem  string            `json:"problem,omitempty"` // why the status is not complete

	newest         *release.Release // in the ledger
	taskDefinition string           // that the stack says
}

func statusCommand() *cobra.Command {
	var releases int
	cmd := &cobra.Command{
		Use: "status [STACK]", Short: "Show what runs and whether all is well",
		Long: `Shows of one environment its state, commit, digest, tasks, targets, URL and last releases, and without a name all
environments of the project side by side. The state is live, progressing, degraded (it serves, but not as it should),
failed (nothing serves), empty, absent, or unknown when it cannot be read. Where ECS, the stack and the ledger differ it
says in what. The exit code is 1 when an environment is degraded, failed or unknown.`,
		Args: arguments(0, 1, "the name of one environment, or none for all"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error { return status(cmd, args, releases) },
	}
	cmd.Flags().IntVarP(&releases, "releases", "n", 5, "how many releases to list")
	return cmd
}

func status(cmd *cobra.Command, names []string, releases int) error {
	if releases < 0 {
		return &fault.Error{Op: "reading the flags", Cause: "--releases must not be negative", Next: "slipway status --help", Code: fault.BadInput}
	}
	session := From(cmd)
	d, err := session.Deployer()
	if err != nil {
		return err
	}
	d.Timeout = 5 * time.Minute
	if len(names) == 0 {
		if names, err = d.environments(); err != nil {
			return err
		}
	}
	if len(names) == 1 {
		if own, err := d.own(names[0]); err == nil && own["kind"] == config.KindDelivery {
			return d.statusOfDelivery(cmd.Context(), session, names[0])
		}
	}
	all, err := d.statuses(cmd.Context(), names, releases)
	if err != nil {
		return err
	}
	code := fault.OK
	for _, one := range all {
		if one.State.wrong() {
			code = fault.Unexpected
		}
	}
	session.Answer("status", code, map[string]any{"environments": all}, func(out io.Writer) {
		if now := time.Now(); len(names) == 1 {
			printStatus(out, all[0], now)
		} else {
			printTable(out, all, now)
		}
	})
	if code != fault.OK {
		return exit(code)
	}
	return nil
}

// statuses reads environments side by side. One that cannot be read hides no other; when none can, that is the error.
func (d *Deployer) statuses(ctx context.Context, names []string, releases int) ([]standing, error) {
	all, errs := make([]standing, len(names)), make([]error, len(names))
	var g errgroup.Group
	g.SetLimit(8)
	for i, name := range names {
		g.Go(func() error { all[i], errs[i] = d.status(ctx, name, releases); return nil })
	}
	_ = g.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	readable := 0
	for i, err := range errs {
		if err == nil {
			readable++
		} else if all[i].Problem == "" {
			all[i].Problem = explain(err).Error()
		}
		all[i].assess()
	}
	if readable == 0 && len(names) > 0 {
		return nil, errs[0]
	}
	d.compare(ctx, all)
	return all, nil
}

// status reads one environment. One that does not stand is no error.
func (d *Deployer) status(ctx context.Context, name string, releases int) (standing, error) {
	found := standing{Status: release.Status{Environment: name}, Releases: []release.Release{}}
	if !d.Project.HasStackFile(name) {
		return found, d.noStack(name)
	}
	at, err := d.cloud(ctx, name)
	if err != nil {
		return found, err
	}
	s, err := engine.Open(ctx, engine.Options{Project: d.Project, Name: name, Sink: d.Sink, Timeout: d.Timeout, Existing: true, Hide: d.Hide})
	if err != nil {
		return found, err
	}
	defer s.Close()
	known, err := s.Outputs(ctx)
	if errors.Is(err, engine.ErrNotFound) || err == nil && known[outputs.Service] == nil {
		return found, nil
	}
	if err != nil {
		return found, err
	}
	found.Exists, found.taskDefinition = true, text(known, outputs.TaskDefinition)
	book, err := d.ledger(ctx, name)
	if err != nil {
		return found, err
	}
	if found.Status, err = release.Current(ctx, name, s, book, at); err != nil {
		if ctx.Err() != nil {
			return found, err
		}
		found.Problem = err.Error()
	}
	newest, err := book.List(ctx, max(releases, 1))
	if err != nil {
		return found, err
	}
	if len(newest) > 0 {
		found.newest = &newest[0]
	}
	found.Releases = append(found.Releases, newest[:min(releases, len(newest))]...)
	return found, nil
}
