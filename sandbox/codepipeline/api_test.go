package codepipeline_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/sandbox/codepipeline"
)

func variable(v [2]string) types.PipelineVariable {
	return types.PipelineVariable{Name: aws.String(v[0]), Value: aws.String(v[1])}
}

// TestReads reads a pipeline that has run in every way that the API has.
func TestReads(t *testing.T) {
	r, id := inDev(t)
	r.goOn(r.take())
	got, err := r.client.GetPipeline(t.Context(), &sdk.GetPipelineInput{Name: aws.String("app")})
	if err != nil {
		t.Fatal(err)
	}
	p := got.Pipeline
	if *p.Version != 1 || p.ExecutionMode != types.ExecutionModeQueued || p.PipelineType != types.PipelineTypeV2 || *p.Stages[2].Actions[1].RunOrder != 2 ||
		*p.Stages[1].Actions[0].InputArtifacts[0].Name != "Source" || *p.ArtifactStore.Location != "artifacts" || !got.Metadata.Created.Equal(began) ||
		*got.Metadata.PipelineArn != "arn:aws:codepipeline:us-east-1:000000000000:app" {
		t.Errorf("the pipeline is %+v with %+v", p, got.Metadata)
	}
	list, err := r.client.ListPipelines(t.Context(), &sdk.ListPipelinesInput{})
	if err != nil || len(list.Pipelines) != 1 || *list.Pipelines[0].Name != "app" {
		t.Errorf("the pipelines are %v, %v", list, err)
	}
	state, err := r.client.GetPipelineState(t.Context(), &sdk.GetPipelineStateInput{Name: aws.String("app")})
	if err != nil {
		t.Fatal(err)
	}
	source, dev := state.StageStates[0].ActionStates[0], state.StageStates[1].ActionStates[0].LatestExecution
	if source.CurrentRevision == nil || source.LatestExecution.Status != types.ActionExecutionStatusSucceeded || source.LatestExecution.LastStatusChange == nil {
		t.Errorf("the source is %+v", source)
	}
	if *dev.Summary != "building" || *dev.ExternalExecutionId != "7" || *dev.ExternalExecutionUrl != "https://jenkins.example.com/job/slipway/7/" || *dev.PercentComplete != 10 {
		t.Errorf("the action is %+v", dev)
	}
	if *state.StageStates[1].LatestExecution.PipelineExecutionId != id || state.StageStates[2].LatestExecution != nil || !state.StageStates[1].InboundTransitionState.Enabled {
		t.Errorf("the state is %+v", state.StageStates)
	}
	one, err := r.client.GetPipelineExecution(t.Context(), &sdk.GetPipelineExecutionInput{PipelineName: aws.String("app"), PipelineExecutionId: &id})
	if err != nil {
		t.Fatal(err)
	}
	e := one.PipelineExecution
	if e.Status != types.PipelineExecutionStatusInProgress || len(e.ArtifactRevisions) != 1 || *e.ArtifactRevisions[0].Name != "Source" || e.Trigger.TriggerType != types.TriggerTypeStartPipelineExecution {
		t.Errorf("the execution is %+v", e)
	}
}

// TestPages reads lists in parts.
func TestPages(t *testing.T) {
	r, second := inDev(t)
	first, err := r.client.ListPipelineExecutions(t.Context(), &sdk.ListPipelineExecutionsInput{PipelineName: aws.String("app"), MaxResults: aws.Int32(1)})
	if err != nil {
		t.Fatal(err)
	}
	if s := first.PipelineExecutionSummaries; len(s) != 1 || *s[0].PipelineExecutionId != second || len(s[0].SourceRevisions) != 1 || first.NextToken == nil {
		t.Errorf("the newest is %+v", first)
	}
	rest, err := r.client.ListPipelineExecutions(t.Context(), &sdk.ListPipelineExecutionsInput{PipelineName: aws.String("app"), NextToken: first.NextToken})
	if err != nil || len(rest.PipelineExecutionSummaries) != 1 || rest.PipelineExecutionSummaries[0].Status != types.PipelineExecutionStatusFailed || rest.NextToken != nil {
		t.Errorf("the oldest is %+v, %v", rest, err)
	}
	through, err := r.client.ListPipelineExecutions(t.Context(), &sdk.ListPipelineExecutionsInput{
		PipelineName: aws.String("app"), Filter: &types.PipelineExecutionFilter{SucceededInStage: &types.SucceededInStageFilter{StageName: aws.String("Source")}},
	})
	if err != nil || len(through.PipelineExecutionSummaries) != 1 {
		t.Errorf("through Source came %+v, %v", through, err)
	}
	all, err := r.client.ListActionExecutions(t.Context(), &sdk.ListActionExecutionsInput{PipelineName: aws.String("app")})
	if err != nil || len(all.ActionExecutionDetails) != 3 {
		t.Fatalf("the actions are %+v, %v", all, err)
	}
	deploy, source := all.ActionExecutionDetails[0], all.ActionExecutionDetails[1]
	if deploy.Input.Configuration["Commit"] != "#{Source.CommitId}" || deploy.Input.ResolvedConfiguration["Commit"] != source.Output.OutputVariables["CommitId"] ||
		*deploy.Input.InputArtifacts[0].S3location.Key != *source.Output.OutputArtifacts[0].S3location.Key {
		t.Errorf("the deployment is %+v", deploy.Input)
	}
	oldest := all.ActionExecutionDetails[2]
	if *oldest.Output.ExecutionResult.ErrorDetails.Code != "ConfigurationError" {
		t.Errorf("the first source action is %+v", oldest.Output.ExecutionResult)
	}
	one, err := r.client.ListActionExecutions(t.Context(), &sdk.ListActionExecutionsInput{
		PipelineName: aws.String("app"), Filter: &types.ActionExecutionFilter{PipelineExecutionId: oldest.PipelineExecutionId},
	})
	if err != nil || len(one.ActionExecutionDetails) != 1 {
		t.Errorf("the first execution's actions are %+v, %v", one, err)
	}
	custom, err := r.client.ListActionTypes(t.Context(), &sdk.ListActionTypesInput{ActionOwnerFilter: types.ActionOwnerCustom})
	if err != nil || len(custom.ActionTypes) != 1 || *custom.ActionTypes[0].Id.Provider != "Jenkins" || !custom.ActionTypes[0].ActionConfigurationProperties[0].Queryable {
		t.Errorf("the custom types are %+v, %v", custom, err)
	}
	every, err := r.client.ListActionTypes(t.Context(), &sdk.ListActionTypesInput{})
	if err != nil || len(every.ActionTypes) != 3 {
		t.Errorf("the types are %+v, %v", every, err)
	}
}

func TestAPIErrors(t *testing.T) {
	r, id := inDev(t)
	c, ctx := r.client, t.Context()
	none, app, unknown := aws.String("none"), aws.String("app"), aws.String("00000000-0000-0000-0000-000000000000")
	for name, x := range map[string]struct {
		code string
		call func() error
	}{
		"get": {"PipelineNotFoundException", func() error { _, err := c.GetPipeline(ctx, &sdk.GetPipelineInput{Name: none}); return err }},
		"version": {"PipelineVersionNotFoundException", func() error {
			_, err := c.GetPipeline(ctx, &sdk.GetPipelineInput{Name: app, Version: aws.Int32(9)})
			return err
		}},
		"state": {"PipelineNotFoundException", func() error { _, err := c.GetPipelineState(ctx, &sdk.GetPipelineStateInput{Name: none}); return err }},
		"start": {"PipelineNotFoundException", func() error {
			_, err := c.StartPipelineExecution(ctx, &sdk.StartPipelineExecutionInput{Name: none})
			return err
		}},
		"start with revision": {"ValidationException", func() error {
			_, err := c.StartPipelineExecution(ctx, &sdk.StartPipelineExecutionInput{Name: app, SourceRevisions: []types.SourceRevisionOverride{
				{ActionName: aws.String("Source"), RevisionType: types.SourceRevisionTypeCommitId, RevisionValue: aws.String("1")},
			}})
			return err
		}},
		"stop": {"PipelineNotFoundException", func() error {
			_, err := c.StopPipelineExecution(ctx, &sdk.StopPipelineExecutionInput{PipelineName: none, PipelineExecutionId: &id})
			return err
		}},
		"stop what": {"ValidationException", func() error {
			_, err := c.StopPipelineExecution(ctx, &sdk.StopPipelineExecutionInput{PipelineName: app, PipelineExecutionId: none})
			return err
		}},
		"execution": {"PipelineExecutionNotFoundException", func() error {
			_, err := c.GetPipelineExecution(ctx, &sdk.GetPipelineExecutionInput{PipelineName: app, PipelineExecutionId: unknown})
			return err
		}},
		"execution of": {"PipelineNotFoundException", func() error {
			_, err := c.GetPipelineExecution(ctx, &sdk.GetPipelineExecutionInput{PipelineName: none, PipelineExecutionId: &id})
			return err
		}},
		"executions": {"PipelineNotFoundException", func() error {
			_, err := c.ListPipelineExecutions(ctx, &sdk.ListPipelineExecutionsInput{PipelineName: none})
			return err
		}},
		"executions' token": {"InvalidNextTokenException", func() error {
			_, err := c.ListPipelineExecutions(ctx, &sdk.ListPipelineExecutionsInput{PipelineName: app, NextToken: none})
			return err
		}},
		"executions' number": {"ValidationException", func() error {
			_, err := c.ListPipelineExecutions(ctx, &sdk.ListPipelineExecutionsInput{PipelineName: app, MaxResults: aws.Int32(101)})
			return err
		}},
		"actions": {"PipelineNotFoundException", func() error {
			_, err := c.ListActionExecutions(ctx, &sdk.ListActionExecutionsInput{PipelineName: none})
			return err
		}},
		"actions of": {"PipelineExecutionNotFoundException", func() error {
			_, err := c.ListActionExecutions(ctx, &sdk.ListActionExecutionsInput{PipelineName: app, Filter: &types.ActionExecutionFilter{PipelineExecutionId: unknown}})
			return err
		}},
		"retry": {"PipelineNotFoundException", func() error {
			_, err := c.RetryStageExecution(ctx, &sdk.RetryStageExecutionInput{PipelineName: none, StageName: none, PipelineExecutionId: &id, RetryMode: types.StageRetryModeAllActions})
			return err
		}},
		"transition": {"PipelineNotFoundException", func() error {
			_, err := c.EnableStageTransition(ctx, &sdk.EnableStageTransitionInput{PipelineName: none, StageName: none, TransitionType: types.StageTransitionTypeInbound})
			return err
		}},
		"transition's stage": {"StageNotFoundException", func() error {
			_, err := c.EnableStageTransition(ctx, &sdk.EnableStageTransitionInput{PipelineName: app, StageName: none, TransitionType: types.StageTransitionTypeInbound})
			return err
		}},
		"transition's reason": {"ValidationException", func() error {
			_, err := c.DisableStageTransition(ctx, &sdk.DisableStageTransitionInput{PipelineName: app, StageName: aws.String("dev"), TransitionType: types.StageTransitionTypeInbound, Reason: aws.String("§")})
			return err
		}},
		"transition's type": {"ValidationException", func() error {
			_, err := c.EnableStageTransition(ctx, &sdk.EnableStageTransitionInput{PipelineName: app, StageName: aws.String("dev"), TransitionType: "Sideways"})
			return err
		}},
		"tags": {"ResourceNotFoundException", func() error {
			_, err := c.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{ResourceArn: aws.String("arn:aws:codepipeline:us-east-1:000000000000:none")})
			return err
		}},
		"tags of another": {"InvalidArnException", func() error {
			_, err := c.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{ResourceArn: aws.String("arn:aws:s3:::bucket")})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) { coded(t, x.call(), x.code) })
	}
}

// TestClientToken starts one execution for one token, however often it is asked for.
func TestClientToken(t *testing.T) {
	r := newRig(t)
	r.up("QUEUED")
	ids := map[string]bool{}
	for i := range 3 {
		if i == 2 {
			r.restart()
		}
		out, err := r.client.StartPipelineExecution(t.Context(), &sdk.StartPipelineExecutionInput{Name: aws.String("app"), ClientRequestToken: aws.String("once")})
		if err != nil {
			t.Fatal(err)
		}
		ids[*out.PipelineExecutionId] = true
	}
	rule := "arn:aws:events:us-east-1:000000000000:rule/push"
	for range 2 {
		id, err := r.service.StartByEvent(t.Context(), "app", rule, "event-1")
		if err != nil {
			t.Fatal(err)
		}
		ids[id] = true
	}
	v := r.until("started", func(v codepipeline.View) bool { return len(v.Executions) >= 3 })
	if len(ids) != 2 || len(v.Executions) != 3 || v.Executions[0].Trigger != (codepipeline.Trigger{Type: "CloudWatchEvent", Detail: rule}) {
		t.Errorf("%d executions for two tokens: %s", len(ids), describe(v))
	}
}
