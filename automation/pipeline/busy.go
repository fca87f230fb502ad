package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/automation/ui"
)

// Busy is an action that runs. An approval that waits is none.
type Busy struct {
	Execution string    `json:"execution"`
	Stage     string    `json:"stage"`
	Action    string    `json:"action"`
	Since     time.Time `json:"since"`
}

func (b Busy) String() string {
	return fmt.Sprintf("action %s of stage %s, execution %s, since %s", b.Action, b.Stage, b.Execution, b.Since.Local().Format(time.DateTime))
}

// Busy lists the actions of a pipeline that run, in the order of its stages; none of a pipeline that does not exist.
func (c *Client) Busy(ctx context.Context, pipeline string) ([]Busy, error) {
	state, err := c.api.GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: &pipeline})
	var missing *types.PipelineNotFoundException
	if errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, asked("reading the state of", pipeline, err)
	}
	var found []Busy
	for _, stage := range state.StageStates {
		for _, action := range stage.ActionStates {
			last := action.LatestExecution
			if last == nil || last.Status != types.ActionExecutionStatusInProgress || last.Token != nil {
				continue
			}
			b := Busy{Stage: text(stage.StageName), Action: text(action.ActionName), Since: aws.ToTime(last.LastStatusChange)}
			if stage.LatestExecution != nil {
				b.Execution = text(stage.LatestExecution.PipelineExecutionId)
			}
			found = append(found, b)
		}
	}
	return found, nil
}

// WaitIdle waits until no action of the pipeline runs, and answers those that still do at the end.
func (c *Client) WaitIdle(ctx context.Context, pipeline string, patience time.Duration) ([]Busy, error) {
	begun, told := c.Clock.Now(), ""
	for pause := shortestPause; ; pause = min(pause*3/2, longestPause) {
		busy, err := c.Busy(ctx, pipeline)
		if err != nil || len(busy) == 0 || c.Clock.Since(begun) >= patience {
			return busy, err
		}
		if now := busy[0].String(); now != told {
			told = now
			c.Sink.Event(ui.Note{Text: "waiting for " + now})
		}
		if err := c.pause(ctx, pause); err != nil {
			return busy, err
		}
	}
}
