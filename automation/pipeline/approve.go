package pipeline

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/automation/fault"
)

// mostComment is how long a comment on an approval may be, in characters (API reference, ApprovalResult).
const mostComment = 512

// waiting finds the token by which an approval is answered.
func (c *Client) waiting(ctx context.Context, pipeline string, a Action) (*Waiting, error) {
	state, err := c.api.GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: &pipeline})
	if err != nil {
		return nil, asked("reading the state of", pipeline, err)
	}
	for _, stage := range state.StageStates {
		for _, action := range stage.ActionStates {
			if text(stage.StageName) != a.Stage || text(action.ActionName) != a.Name || action.LatestExecution == nil {
				continue
			}
			if token := text(action.LatestExecution.Token); token != "" && text(action.LatestExecution.ActionExecutionId) == a.ID {
				return &Waiting{Stage: a.Stage, Action: a.Name, Token: token}, nil
			}
		}
	}
	return nil, nil // answered in between
}

// Approve lets the execution go on that waits.
func (c *Client) Approve(ctx context.Context, r Result, comment string) error {
	return c.answer(ctx, r, types.ApprovalStatusApproved, comment)
}

// Reject ends the execution that waits.
func (c *Client) Reject(ctx context.Context, r Result, comment string) error {
	return c.answer(ctx, r, types.ApprovalStatusRejected, comment)
}

func (c *Client) answer(ctx context.Context, r Result, status types.ApprovalStatus, comment string) error {
	if r.Waiting == nil {
		return &fault.Error{
			Op: "answering an approval of " + r.Pipeline, Cause: "execution " + r.Execution + " waits for none: it is " + r.Status,
			Next: "slipway pipeline status", Code: fault.NotReady,
		}
	}
	if len([]rune(comment)) > mostComment {
		return &fault.Error{Op: "answering an approval of " + r.Pipeline, Cause: "the comment is longer than 512 characters", Code: fault.BadInput}
	}
	_, err := c.api.PutApprovalResult(ctx, &codepipeline.PutApprovalResultInput{
		PipelineName: &r.Pipeline, StageName: &r.Waiting.Stage, ActionName: &r.Waiting.Action, Token: &r.Waiting.Token,
		Result: &types.ApprovalResult{Status: status, Summary: &comment},
	})
	if err != nil {
		return asked("answering an approval of", r.Pipeline, err)
	}
	c.answered[r.Waiting.Token] = true
	return nil
}
