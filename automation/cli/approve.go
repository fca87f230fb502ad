package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/pipeline"
)

// approval is which of the approvals that wait is meant, and how it is answered.
type approval struct {
	verb                     string // approve, reject
	stage, execution, commit string
	comment                  string
	yes                      bool
}

// pipelineAnswer is approve or reject.
func pipelineAnswer(verb string) *cobra.Command {
	a := approval{verb: verb}
	purpose := map[string]string{"approve": "Let the execution go on that waits", "reject": "End the execution that waits"}[verb]
	cmd, _ := onPipeline(verb, purpose, func(ctx context.Context, s *Session, p *piped) error { return a.run(ctx, s, p) })
	cmd.Long = purpose + `, and say which stage, execution and commit that is. When more than one waits, name it with --stage,
--execution or --commit. Asks on a terminal.`
	cmd.Example = "  slipway pipeline " + verb + "\n  slipway pipeline " + verb + " --stage prod --commit 4f2c1e9 --comment 'looked at staging' --yes"
	cmd.Flags().StringVarP(&a.comment, "comment", "m", "", "why, at most 512 characters")
	cmd.Flags().StringVar(&a.stage, "stage", "", "the stage whose approval is meant")
	cmd.Flags().StringVar(&a.execution, "execution", "", "id of the execution that is meant, or its beginning")
	cmd.Flags().StringVar(&a.commit, "commit", "", "commit that is meant, or its beginning")
	cmd.Flags().BoolVarP(&a.yes, "yes", "y", false, "do not ask")
	return cmd
}

func (a approval) run(ctx context.Context, s *Session, p *piped) error {
	waiting, err := p.Pending(ctx, p.name)
	if err != nil {
		return err
	}
	r, err := a.chosen(p.name, waiting)
	if err != nil {
		return err
	}
	if agreed, err := a.agreed(s, r); err != nil || !agreed {
		return err
	}
	answer := p.Approve
	if a.verb == "reject" {
		answer = p.Reject
	}
	if err := answer(ctx, r, a.comment); err != nil {
		return err
	}
	s.Answer("pipeline "+a.verb, fault.OK, r, func(out io.Writer) { _, _ = fmt.Fprintf(out, "%s: %s\n", a.verb, whichApproval(r)) })
	return nil
}

// chosen is the one approval that is meant.
func (a approval) chosen(name string, waiting []pipeline.Result) (pipeline.Result, error) {
	var meant []pipeline.Result
	var all []string
	for _, r := range waiting {
		all = append(all, whichApproval(r))
		if (a.stage == "" || r.Waiting.Stage == a.stage) && strings.HasPrefix(r.Execution, a.execution) && strings.HasPrefix(r.Commit, a.commit) {
			meant = append(meant, r)
		}
	}
	no := &fault.Error{Op: "looking for an approval of pipeline " + name, Evidence: all, Next: "slipway pipeline status", Code: fault.NotReady}
	switch {
	case len(meant) == 1:
		return meant[0], nil
	case len(waiting) == 0:
		no.Cause = "pipeline " + name + " waits for none"
	case len(meant) == 0:
		no.Cause = "none of those that it waits for is meant"
	default:
		no.Cause = fmt.Sprintf("it waits for %d of them, and which is meant was not said", len(meant))
		no.Next = "slipway pipeline " + a.verb + " --stage " + meant[0].Waiting.Stage
		no.Code = fault.BadInput
	}
	return pipeline.Result{}, no
}

// agreed asks on a terminal.
func (a approval) agreed(s *Session, r pipeline.Result) (bool, error) {
	if a.yes || !s.interactive() {
		return true, nil
	}
	s.quiet()
	answer, err := s.ask(strings.ToUpper(a.verb[:1]) + a.verb[1:] + " " + whichApproval(r) + "? [y/N] ")
	answer = strings.ToLower(answer)
	if err == nil && answer != "y" && answer != "yes" {
		_, _ = fmt.Fprintln(s.Talk, "nothing was answered")
		return false, exit(fault.Unexpected)
	}
	return err == nil, err
}

func whichApproval(r pipeline.Result) string {
	return fmt.Sprintf("stage %s, execution %s, commit %s", r.Waiting.Stage, r.Execution, short(r.Commit))
}
