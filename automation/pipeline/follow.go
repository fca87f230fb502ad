package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/automation/fault"
	"slipway/automation/ui"
)

// Follow reports the newest execution of a commit until it ends or waits for an approval. How it ended is in the
// result and no error. A commit whose execution does not appear is one.
func (c *Client) Follow(ctx context.Context, pipeline, commit string) (Result, error) {
	id, err := c.find(ctx, pipeline, commit)
	if err != nil {
		return Result{Pipeline: pipeline, Commit: commit}, err
	}
	return c.FollowExecution(ctx, pipeline, id)
}

// FollowExecution is Follow for an execution whose id is known.
func (c *Client) FollowExecution(ctx context.Context, pipeline, id string) (Result, error) {
	last, wrong := Result{Pipeline: pipeline, Execution: id, Actions: []Action{}}, 0
	for pause := shortestPause; ; pause = min(pause*3/2, longestPause) {
		r, err := c.Execution(ctx, pipeline, id)
		switch {
		case ctx.Err() != nil:
			return last, ctx.Err()
		case err != nil:
			if wrong++; wrong == lost || !passing(err) {
				return last, err
			}
		default:
			last, wrong = r, 0
			news := c.report(r)
			if news {
				pause = shortestPause
			}
			if r.Ended() || r.Waiting != nil && !c.answered[r.Waiting.Token] {
				return r, nil
			}
			if !news {
				c.reportQueue(ctx, r)
			}
		}
		if err := c.pause(ctx, pause); err != nil {
			return last, err
		}
	}
}

// find waits for the execution of a commit: an event takes its time from the push to the pipeline.
func (c *Client) find(ctx context.Context, pipeline, commit string) (string, error) {
	begun, said := c.Clock.Now(), false
	for pause := shortestPause; ; pause = min(pause*3/2, longestPause) {
		out, err := c.api.ListPipelineExecutions(ctx, &codepipeline.ListPipelineExecutionsInput{PipelineName: &pipeline})
		if err != nil {
			return "", asked("listing the executions of", pipeline, err)
		}
		for _, e := range out.PipelineExecutionSummaries { // newest first
			if ofCommit(e, commit) {
				return text(e.PipelineExecutionId), nil
			}
		}
		if c.Clock.Since(begun) > c.Patience {
			return "", &fault.Error{
				Op:    "looking for the execution of commit " + commit,
				Cause: fmt.Sprintf("pipeline %s started none within %s: %s", pipeline, c.Patience, orElse(c.elsewhere(ctx, commit), "the push may have been to another branch, or its event was lost")),
				Next:  "slipway pipeline start, or aws codepipeline start-pipeline-execution --name " + pipeline, Code: fault.NotReady,
			}
		}
		if !said {
			said = true
			c.Sink.Event(ui.Note{Text: "waiting for pipeline " + pipeline + " to begin with commit " + commit})
			if where := c.elsewhere(ctx, commit); where != "" {
				c.Sink.Event(ui.Note{Text: where})
			}
		}
		if err := c.pause(ctx, pause); err != nil {
			return "", err
		}
	}
}

// elsewhere says that the branch of the pipeline ends with another commit, for which alone an execution begins; "" where
// it does not, or where that is not known.
func (c *Client) elsewhere(ctx context.Context, commit string) string {
	if c.Tip == nil {
		return ""
	}
	tip, err := c.Tip(ctx)
	if err != nil || tip == commit {
		return ""
	}
	return "the branch of the pipeline ends with commit " + tip + ", not with " + commit + ": an execution begins for the last commit of a push to it"
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func ofCommit(e types.PipelineExecutionSummary, commit string) bool {
	for _, r := range e.SourceRevisions {
		if text(r.RevisionId) == commit {
			return true
		}
	}
	return false
}

// Execution reads an execution with its actions and the approval that it waits for.
func (c *Client) Execution(ctx context.Context, pipeline, id string) (Result, error) {
	r := Result{Pipeline: pipeline, Execution: id, Actions: []Action{}}
	out, err := c.api.GetPipelineExecution(ctx, &codepipeline.GetPipelineExecutionInput{PipelineName: &pipeline, PipelineExecutionId: &id})
	if err != nil {
		return r, asked("reading an execution of", pipeline, err)
	}
	if e := out.PipelineExecution; e != nil {
		r.Status, r.Summary = string(e.Status), text(e.StatusSummary)
		for _, revision := range e.ArtifactRevisions {
			r.Commit = text(revision.RevisionId)
		}
	}
	if r.Actions, err = c.actions(ctx, pipeline, id); err != nil {
		return r, err
	}
	for _, a := range r.Actions {
		if a.Category == string(types.ActionCategoryApproval) && a.Status == runningStatus {
			r.Waiting, err = c.waiting(ctx, pipeline, a)
		}
	}
	return r, err
}

// actions lists the actions of an execution, those first that began first.
func (c *Client) actions(ctx context.Context, pipeline, id string) ([]Action, error) {
	all := []Action{}
	pages := codepipeline.NewListActionExecutionsPaginator(c.api, &codepipeline.ListActionExecutionsInput{
		PipelineName: &pipeline, Filter: &types.ActionExecutionFilter{PipelineExecutionId: &id},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, asked("listing the actions of", pipeline, err)
		}
		for _, d := range page.ActionExecutionDetails {
			all = append([]Action{actionOf(d)}, all...) // AWS answers the newest first
		}
	}
	return all, nil
}

func actionOf(d types.ActionExecutionDetail) Action {
	a := Action{
		ID: text(d.ActionExecutionId), Stage: text(d.StageName), Name: text(d.ActionName), Status: string(d.Status),
		Start: aws.ToTime(d.StartTime),
	}
	if a.Status != runningStatus {
		a.End = aws.ToTime(d.LastUpdateTime)
	}
	if d.Input != nil && d.Input.ActionTypeId != nil {
		a.Category = string(d.Input.ActionTypeId.Category)
	}
	if d.Output == nil {
		return a
	}
	a.Variables = d.Output.OutputVariables
	if result := d.Output.ExecutionResult; result != nil {
		a.Summary, a.URL = text(result.ExternalExecutionSummary), text(result.ExternalExecutionUrl)
		if result.ErrorDetails != nil {
			a.Error = text(result.ErrorDetails.Message)
		}
	}
	return a
}

// report tells what is new since the last look, and whether anything was.
func (c *Client) report(r Result) (news bool) {
	once := func(key string, e ui.Event) {
		if !c.told[key] {
			c.told[key], news = true, true
			c.Sink.Event(e)
		}
	}
	for _, a := range r.Actions {
		name := a.Stage + ": " + a.Name
		once(a.ID+"begun", ui.StepStarted{Name: name})
		if a.Summary != "" && a.Status == runningStatus {
			once(a.ID+a.Summary, ui.Note{Text: name + ": " + a.Summary})
		}
		if a.Status != runningStatus {
			once(a.ID+"ended", ended(name, a))
		}
	}
	return news
}

func ended(name string, a Action) ui.StepEnded {
	e := ui.StepEnded{Name: name, Outcome: ui.Failed, Note: a.Summary, Duration: max(0, a.End.Sub(a.Start)).Round(time.Millisecond)}
	switch a.Status {
	case succeededStatus:
		e.Outcome = ui.Done
	default:
		if a.Error != "" {
			e.Note = a.Error
		}
	}
	return e
}
