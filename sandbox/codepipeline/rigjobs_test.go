package codepipeline_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

func (r *rig) poll() []types.Job {
	r.Helper()
	out, err := r.client.PollForJobs(r.Context(), &sdk.PollForJobsInput{
		ActionTypeId: &customID, MaxBatchSize: aws.Int32(10), QueryParam: map[string]string{"ProjectName": "slipway"},
	})
	if err != nil {
		r.Fatal(err)
	}
	return out.Jobs
}

// take polls the only job and acknowledges it.
func (r *rig) take() types.Job {
	r.Helper()
	jobs := r.poll()
	if len(jobs) != 1 {
		v, _ := r.service.Pipeline("app")
		r.Fatalf("there are %d jobs: %s", len(jobs), describe(v))
	}
	out, err := r.client.AcknowledgeJob(r.Context(), &sdk.AcknowledgeJobInput{JobId: jobs[0].Id, Nonce: jobs[0].Nonce})
	if err != nil || out.Status != types.JobStatusInProgress {
		r.Fatalf("acknowledged: %v, %v", out, err)
	}
	return jobs[0]
}

func (r *rig) succeed(j types.Job) {
	r.Helper()
	if _, err := r.client.PutJobSuccessResult(r.Context(), &sdk.PutJobSuccessResultInput{JobId: j.Id}); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) fail(j types.Job) {
	r.Helper()
	_, err := r.client.PutJobFailureResult(r.Context(), &sdk.PutJobFailureResultInput{
		JobId:          j.Id,
		FailureDetails: &types.FailureDetails{Type: types.FailureTypeJobFailed, Message: aws.String("it does not build"), ExternalExecutionId: aws.String("7")},
	})
	if err != nil {
		r.Fatal(err)
	}
}

// approve answers the approval that waits in the stage.
func (r *rig) approve(stage string, status types.ApprovalStatus) error {
	r.Helper()
	_, err := r.client.PutApprovalResult(r.Context(), &sdk.PutApprovalResultInput{
		PipelineName: aws.String("app"), StageName: aws.String(stage), ActionName: aws.String("Approve"), Token: aws.String(r.token(stage)),
		Result: &types.ApprovalResult{Status: status, Summary: aws.String("looked at it")},
	})
	return err
}

func (r *rig) token(stage string) string {
	r.Helper()
	out, err := r.client.GetPipelineState(r.Context(), &sdk.GetPipelineStateInput{Name: aws.String("app")})
	if err != nil {
		r.Fatal(err)
	}
	for _, s := range out.StageStates {
		for _, a := range s.ActionStates {
			if *s.StageName == stage && a.LatestExecution != nil && a.LatestExecution.Token != nil {
				return *a.LatestExecution.Token
			}
		}
	}
	return ""
}
