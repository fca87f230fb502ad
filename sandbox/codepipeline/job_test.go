package codepipeline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/sandbox/codepipeline"
)

func inDev(t *testing.T) (*rig, string) {
	t.Helper()
	r := newRig(t)
	r.up("QUEUED")
	id := r.start()
	r.awaitIn(id, "dev")
	return r, id
}

// TestRedelivery polls a job that nobody acknowledges: it comes again, and the older nonce is no good any more.
func TestRedelivery(t *testing.T) {
	r, _ := inDev(t)
	first := r.poll()[0]
	if again := r.poll(); len(again) != 0 {
		t.Fatalf("a hidden job is delivered: %d", len(again))
	}
	r.clock.Advance(hidden)
	second := r.poll()[0]
	if *second.Id != *first.Id || *second.Nonce == *first.Nonce {
		t.Errorf("the job %s with %s comes again as %s with %s", *first.Id, *first.Nonce, *second.Id, *second.Nonce)
	}
	acknowledge := func(nonce *string) (types.JobStatus, error) {
		out, err := r.client.AcknowledgeJob(t.Context(), &sdk.AcknowledgeJobInput{JobId: first.Id, Nonce: nonce})
		if err != nil {
			return "", err
		}
		return out.Status, nil
	}
	_, err := acknowledge(first.Nonce)
	coded(t, err, "InvalidNonceException")
	for range 2 {
		if status, err := acknowledge(second.Nonce); err != nil || status != types.JobStatusInProgress {
			t.Errorf("acknowledged: %s, %v", status, err)
		}
	}
	r.clock.Advance(time.Hour)
	if again := r.poll(); len(again) != 0 {
		t.Errorf("an acknowledged job is delivered again")
	}
	r.succeed(second)
	if status, err := acknowledge(second.Nonce); err != nil || status != types.JobStatusSucceeded {
		t.Errorf("acknowledged after its end: %s, %v", status, err)
	}
	out, err := r.client.GetJobDetails(t.Context(), &sdk.GetJobDetailsInput{JobId: first.Id})
	if err != nil || out.JobDetails.Data.ArtifactCredentials != nil {
		t.Errorf("a job that is done has credentials: %v", err)
	}
}

func TestPollErrors(t *testing.T) {
	r, _ := inDev(t)
	other := customID
	other.Version = aws.String("2")
	right := map[string]string{"ProjectName": "slipway"}
	for name, c := range map[string]struct {
		in   sdk.PollForJobsInput
		code string
		jobs int
	}{
		"no type":        {sdk.PollForJobsInput{ActionTypeId: &other, QueryParam: right}, "ActionTypeNotFoundException", 0},
		"no query":       {sdk.PollForJobsInput{ActionTypeId: &customID}, "ValidationException", 0},
		"other property": {sdk.PollForJobsInput{ActionTypeId: &customID, QueryParam: map[string]string{"Commit": "x"}}, "ValidationException", 0},
		"no batch":       {sdk.PollForJobsInput{ActionTypeId: &customID, QueryParam: right, MaxBatchSize: aws.Int32(0)}, "ValidationException", 0},
		"other project":  {sdk.PollForJobsInput{ActionTypeId: &customID, QueryParam: map[string]string{"ProjectName": "other"}}, "", 0},
		"right":          {sdk.PollForJobsInput{ActionTypeId: &customID, QueryParam: right}, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := r.client.PollForJobs(t.Context(), &c.in)
			coded(t, err, c.code)
			if err == nil && len(out.Jobs) != c.jobs {
				t.Errorf("%d jobs", len(out.Jobs))
			}
		})
	}
}

func TestResultErrors(t *testing.T) {
	r, _ := inDev(t)
	unknown := aws.String("00000000-0000-0000-0000-000000000000")
	put := func(in sdk.PutJobSuccessResultInput) error {
		_, err := r.client.PutJobSuccessResult(t.Context(), &in)
		return err
	}
	polled := r.poll()[0]
	coded(t, put(sdk.PutJobSuccessResultInput{JobId: unknown}), "JobNotFoundException")
	coded(t, put(sdk.PutJobSuccessResultInput{JobId: polled.Id}), "InvalidJobStateException")
	_, err := r.client.GetJobDetails(t.Context(), &sdk.GetJobDetailsInput{JobId: unknown})
	coded(t, err, "JobNotFoundException")
	_, err = r.client.AcknowledgeJob(t.Context(), &sdk.AcknowledgeJobInput{JobId: unknown, Nonce: aws.String("1")})
	coded(t, err, "JobNotFoundException")
	r.clock.Advance(hidden)
	j := r.take()
	for name, c := range map[string]struct {
		in   sdk.PutJobSuccessResultInput
		code string
	}{
		"percent":         {sdk.PutJobSuccessResultInput{ExecutionDetails: &types.ExecutionDetails{PercentComplete: aws.Int32(101)}}, "ValidationException"},
		"summary":         {sdk.PutJobSuccessResultInput{ExecutionDetails: &types.ExecutionDetails{Summary: aws.String(strings.Repeat("x", 2049))}}, "ValidationException"},
		"external id":     {sdk.PutJobSuccessResultInput{ExecutionDetails: &types.ExecutionDetails{ExternalExecutionId: aws.String(strings.Repeat("x", 1501))}}, "ValidationException"},
		"token":           {sdk.PutJobSuccessResultInput{ContinuationToken: aws.String(strings.Repeat("x", 2049))}, "ValidationException"},
		"early variables": {sdk.PutJobSuccessResultInput{ContinuationToken: aws.String("x"), OutputVariables: map[string]string{"a": "b"}}, "ValidationException"},
		"variable's name": {sdk.PutJobSuccessResultInput{OutputVariables: map[string]string{"a b": "c"}}, "ValidationException"},
		"variables' size": {sdk.PutJobSuccessResultInput{OutputVariables: map[string]string{"a": strings.Repeat("x", 122_880)}}, "OutputVariablesSizeExceededException"},
		"revision's change": {sdk.PutJobSuccessResultInput{CurrentRevision: &types.CurrentRevision{
			Revision: aws.String("1"), ChangeIdentifier: aws.String(strings.Repeat("x", 101)),
		}}, "ValidationException"},
	} {
		t.Run(name, func(t *testing.T) {
			c.in.JobId = j.Id
			coded(t, put(c.in), c.code)
		})
	}
	for name, details := range map[string]types.FailureDetails{
		"type":    {Type: "Bad", Message: aws.String("x")},
		"message": {Type: types.FailureTypeJobFailed, Message: aws.String(strings.Repeat("x", 5001))},
		"none":    {Type: types.FailureTypeJobFailed, Message: aws.String("")},
	} {
		t.Run("failure "+name, func(t *testing.T) {
			_, err := r.client.PutJobFailureResult(t.Context(), &sdk.PutJobFailureResultInput{JobId: j.Id, FailureDetails: &details})
			coded(t, err, "ValidationException")
		})
	}
	r.goOn(j)
	coded(t, put(sdk.PutJobSuccessResultInput{JobId: j.Id}), "InvalidJobStateException") // its continuation is another job
	r.succeed(r.take())
}

// TestJobTimeout lets 24 hours pass.
func TestJobTimeout(t *testing.T) {
	r, id := inDev(t)
	j := r.take()
	r.goOn(j)
	next := r.take()
	if err := r.clock.BlockUntilContext(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	r.clock.Advance(24 * time.Hour)
	e := r.await(id, codepipeline.Failed)
	if a := e.Stages[1].Actions[0]; a.ErrorMessage != "The job took longer than 24h0m0s." {
		t.Errorf("the action is %+v", a)
	}
	_, err := r.client.PutJobSuccessResult(t.Context(), &sdk.PutJobSuccessResultInput{JobId: next.Id})
	coded(t, err, "InvalidJobStateException")
	out, err := r.client.AcknowledgeJob(t.Context(), &sdk.AcknowledgeJobInput{JobId: next.Id, Nonce: next.Nonce})
	if err != nil || out.Status != types.JobStatusTimedOut {
		t.Errorf("the job is %v, %v", out, err)
	}
}
