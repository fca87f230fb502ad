package pipeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/automation/ui"
)

// reportQueue tells, once for each stage, that an execution waits in front of a stage in which another one is. An
// answer that does not come is not missed: the next look asks again.
func (c *Client) reportQueue(ctx context.Context, r Result) {
	if slices.ContainsFunc(r.Actions, func(a Action) bool { return a.Status == runningStatus }) {
		return
	}
	state, err := c.api.GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: &r.Pipeline})
	if err != nil {
		return
	}
	for _, stage := range state.StageStates {
		waits := slices.ContainsFunc(stage.InboundExecutions, func(e types.StageExecution) bool {
			return text(e.PipelineExecutionId) == r.Execution
		})
		if key := r.Execution + " before " + text(stage.StageName); waits && stage.LatestExecution != nil && !c.told[key] {
			c.told[key] = true
			c.Sink.Event(ui.Note{Text: fmt.Sprintf("it waits in front of stage %s, where execution %s is (%s)",
				text(stage.StageName), text(stage.LatestExecution.PipelineExecutionId), stage.LatestExecution.Status)})
		}
	}
}
