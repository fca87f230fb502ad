package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/pipeline"
	"slipway/infra/outputs"
)

const defaultDelivery = "delivery"

// piped are the flags and the client of a command about the pipeline.
type piped struct {
	delivery  string // stack
	commit    string
	execution string
	name      string // of the pipeline, once it is known
	*pipeline.Client
}

// pipelineCommand holds the commands around the delivery stack's pipeline.
func pipelineCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "pipeline", Short: "See how a push goes through the pipeline, approve, retry, stop and start",
		Long: `The pipeline is the one of the stack delivery. An execution is one commit on its way; where no other is
named, the commands mean the newest one, and approve and reject the one that waits.`,
		Example: "  slipway pipeline follow --commit $(git rev-parse HEAD)\n  slipway pipeline approve --comment \"seen on dev\"",
		Args:    unknown, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(pipelineStatus(), pipelineFollow(), pipelineAnswer("approve"), pipelineAnswer("reject"),
		pipelineRetry(), pipelineStop(), pipelineStart())
	return cmd
}

// onPipeline makes a command that works on the pipeline.
func onPipeline(use, short string, run func(ctx context.Context, s *Session, p *piped) error) (*cobra.Command, *piped) {
	p := &piped{}
	cmd := &cobra.Command{
		Use: use, Short: short, Args: arguments(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.connect(cmd); err != nil {
				return err
			}
			return run(cmd.Context(), From(cmd), p)
		},
	}
	cmd.Flags().StringVar(&p.delivery, "delivery", defaultDelivery, "the stack with the pipeline")
	return cmd, p
}

// connect finds the pipeline's name in the outputs of the delivery stack.
func (p *piped) connect(cmd *cobra.Command) error {
	session := From(cmd)
	d, err := session.Deployer()
	if err != nil {
		return err
	}
	d.Timeout = 5 * time.Minute
	known, err := d.Outputs(cmd.Context(), p.delivery)
	if err != nil {
		return err
	}
	if p.name, _ = known[outputs.PipelineName].(string); p.name == "" {
		return &fault.Error{
			Op: "looking for the pipeline", Cause: "stack " + p.delivery + " has none yet", Next: "slipway up " + p.delivery, Code: fault.NotReady,
		}
	}
	if p.Client, err = d.pipelines(cmd.Context(), p.delivery); err != nil {
		return err
	}
	repository, branch := text(known, outputs.SourceRepository), text(known, outputs.SourceBranch)
	if strings.Contains(repository, "/") { // on GitHub
		return nil
	}
	at, err := d.cloud(cmd.Context(), p.delivery)
	p.Tip = func(ctx context.Context) (string, error) { return at.Tip(ctx, repository, branch) }
	return err
}

// pipelines watches CodePipeline where the stack is.
func (d *Deployer) pipelines(ctx context.Context, stack string) (*pipeline.Client, error) {
	settings, err := d.settings(ctx, stack)
	if err != nil {
		return nil, err
	}
	return pipeline.New(settings, d.Sink), nil
}

// chosen reads the execution that the flags name, or the newest one.
func (p *piped) chosen(ctx context.Context) (pipeline.Result, error) {
	if p.execution != "" {
		return p.Execution(ctx, p.name, p.execution)
	}
	r, found, err := p.Latest(ctx, p.name, p.commit)
	if err == nil && !found {
		err = &fault.Error{
			Op: "looking for an execution of " + p.name, Cause: "there is none", Next: "git push, or slipway pipeline start", Code: fault.NotReady,
		}
	}
	return r, err
}

func (p *piped) which(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.execution, "execution", "", "id of an execution (default the newest)")
}

func pipelineStatus() *cobra.Command {
	cmd, p := onPipeline("status", "Show the newest execution with its actions", func(ctx context.Context, s *Session, p *piped) error {
		r, err := p.chosen(ctx)
		if err != nil {
			return err
		}
		s.Answer("pipeline status", fault.OK, r, func(out io.Writer) { printExecution(out, r) })
		return nil
	})
	p.which(cmd)
	return cmd
}

func pipelineFollow() *cobra.Command {
	var patience time.Duration
	cmd, p := onPipeline("follow", "Follow an execution until it ends or waits for an approval", func(ctx context.Context, s *Session, p *piped) error {
		s.looks.Store(true)
		p.Patience = patience
		r, err := p.follow(ctx)
		if err != nil {
			return err
		}
		return s.followed(r)
	})
	p.which(cmd)
	cmd.Flags().StringVar(&p.commit, "commit", "", "full hash of a commit: wait for its execution, then follow it")
	cmd.Flags().DurationVar(&patience, "patience", 2*time.Minute, "how long to wait for the execution of --commit to begin")
	cmd.Long = "Exit code 0 when it succeeded or waits for an approval, 1 when it failed or was stopped, 8 when a newer one took over."
	return cmd
}

func (p *piped) follow(ctx context.Context) (pipeline.Result, error) {
	if p.execution == "" && p.commit != "" {
		return p.Follow(ctx, p.name, p.commit)
	}
	r, err := p.chosen(ctx)
	if err != nil {
		return r, err
	}
	return p.FollowExecution(ctx, p.name, r.Execution)
}

// followed answers how an execution ended.
func (s *Session) followed(r pipeline.Result) error {
	code := fault.OK
	switch {
	case r.Status == "Superseded":
		code = fault.Superseded
	case r.Ended() && r.Status != "Succeeded":
		code = fault.Unexpected
	}
	s.Answer("pipeline follow", code, r, func(out io.Writer) { printExecution(out, r) })
	if code != fault.OK {
		return exit(code)
	}
	return nil
}

func pipelineRetry() *cobra.Command {
	cmd, p := onPipeline("retry", "Run the failed actions of an execution again", func(ctx context.Context, s *Session, p *piped) error {
		r, err := p.chosen(ctx)
		if err == nil {
			err = p.Retry(ctx, r)
		}
		return s.ordered("retry", r, err)
	})
	p.which(cmd)
	return cmd
}

func pipelineStop() *cobra.Command {
	var abandon bool
	var reason string
	cmd, p := onPipeline("stop", "End an execution after the actions that run now", func(ctx context.Context, s *Session, p *piped) error {
		r, err := p.chosen(ctx)
		if err == nil {
			err = p.Stop(ctx, r, reason, abandon)
		}
		return s.ordered("stop", r, err)
	})
	p.which(cmd)
	cmd.Flags().BoolVar(&abandon, "abandon", false, "do not wait for the actions that run now")
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the history")
	return cmd
}

func pipelineStart() *cobra.Command {
	cmd, _ := onPipeline("start", "Begin an execution with the newest commit of the branch", func(ctx context.Context, s *Session, p *piped) error {
		id, err := p.Start(ctx, p.name)
		return s.ordered("start", pipeline.Result{Pipeline: p.name, Execution: id}, err)
	})
	return cmd
}

// ordered answers what was asked of the pipeline.
func (s *Session) ordered(verb string, r pipeline.Result, err error) error {
	if err != nil {
		return err
	}
	s.Answer("pipeline "+verb, fault.OK, r, func(out io.Writer) {
		_, _ = fmt.Fprintf(out, "%s: execution %s; slipway pipeline follow shows how it goes\n", verb, r.Execution)
	})
	return nil
}

func printExecution(out io.Writer, r pipeline.Result) {
	_, _ = fmt.Fprintf(out, "%s  %s  execution %s  commit %s\n", r.Pipeline, r.Status, r.Execution, orNone(short(r.Commit)))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, a := range r.Actions {
		took := ""
		if !a.End.IsZero() {
			took = a.End.Sub(a.Start).Round(100 * time.Millisecond).String()
		}
		why := a.Summary
		if a.Error != "" {
			why = a.Error
		}
		_, _ = fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%s\n", a.Stage, a.Name, a.Status, took, why)
	}
	_ = table.Flush()
	if r.Waiting != nil {
		_, _ = fmt.Fprintf(out, "it waits for an approval in stage %s: slipway pipeline approve, or reject\n", r.Waiting.Stage)
	}
}
