package codepipeline_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/sandbox/codepipeline"
)

// TestFlow takes a commit through source, a job with a continuation, an approval and another job.
func TestFlow(t *testing.T) {
	r := newRig(t)
	r.up("QUEUED")
	commit := r.repos.push("change color to pink")
	id := r.start()
	r.awaitIn(id, "dev")

	first := r.take()
	checkJob(t, r, first, id, commit)
	r.goOn(first)
	second := r.take()
	if *second.Id == *first.Id || aws.ToString(second.Data.ContinuationToken) != "build 7" {
		t.Errorf("the next job is %s with %q", *second.Id, aws.ToString(second.Data.ContinuationToken))
	}
	_, err := r.client.PutJobSuccessResult(t.Context(), &sdk.PutJobSuccessResultInput{
		JobId: second.Id, OutputVariables: map[string]string{"ImageDigest": "sha256:1"},
		ExecutionDetails: &types.ExecutionDetails{Summary: aws.String("deployed"), PercentComplete: aws.Int32(100)},
		CurrentRevision:  &types.CurrentRevision{Revision: aws.String("sha256:1"), ChangeIdentifier: aws.String("image")},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.awaitIn(id, "staging")
	v, _ := r.service.Pipeline("app")
	dev, wait := v.Stages[1].Actions[0], v.Stages[2].Actions[0]
	if dev.Status != "Succeeded" || dev.Summary != "deployed" || dev.ExternalURL != "https://jenkins.example.com/job/slipway/7/" || dev.Variables["ImageDigest"] != "sha256:1" {
		t.Errorf("the action is %+v", dev)
	}
	if wait.Token == "" || !strings.HasPrefix(wait.Note, "Release change color to pink") || wait.EntityURL != "https://dev.example.com/" || !wait.Deadline.Equal(began.AddDate(0, 0, 7)) {
		t.Errorf("the approval is %+v", wait)
	}
	if jobs := r.poll(); len(jobs) != 0 {
		t.Errorf("the promotion did not wait for the approval: %d jobs", len(jobs))
	}
	if err := r.approve("staging", types.ApprovalStatusApproved); err != nil {
		t.Fatal(err)
	}
	r.succeed(r.take())
	e := r.await(id, codepipeline.Succeeded)
	if len(e.Revisions) != 1 || e.Revisions[0].ID != commit.ID || !strings.HasPrefix(e.Revisions[0].Summary, "change color to pink") {
		t.Errorf("the revisions are %+v", e.Revisions)
	}
	if e.Stages[2].Actions[0].UpdatedBy == "" || e.Stages[2].Actions[0].Summary != "looked at it" {
		t.Errorf("the approval is %+v", e.Stages[2].Actions[0])
	}
}

// goOn says that a job goes on as another.
func (r *rig) goOn(j types.Job) {
	r.Helper()
	_, err := r.client.PutJobSuccessResult(r.Context(), &sdk.PutJobSuccessResultInput{
		JobId: j.Id, ContinuationToken: aws.String("build 7"),
		ExecutionDetails: &types.ExecutionDetails{Summary: aws.String("building"), ExternalExecutionId: aws.String("7"), PercentComplete: aws.Int32(10)},
	})
	if err != nil {
		r.Fatal(err)
	}
}

func checkJob(t *testing.T, r *rig, j types.Job, execution string, commit codepipeline.Commit) {
	t.Helper()
	d := j.Data
	if c := d.ActionConfiguration.Configuration; c["Commit"] != commit.ID || c["Environment"] != "dev" || c["ProjectName"] != "slipway" {
		t.Errorf("the configuration is %v", c)
	}
	p := d.PipelineContext
	if *p.PipelineName != "app" || *p.Stage.Name != "dev" || *p.Action.Name != "Deploy" || *p.PipelineExecutionId != execution ||
		*p.PipelineArn != "arn:aws:codepipeline:us-east-1:000000000000:app" || aws.ToString(p.Action.ActionExecutionId) == "" {
		t.Errorf("the context is %+v", p)
	}
	in := d.InputArtifacts[0]
	where := in.Location.S3Location
	if *in.Name != "Source" || aws.ToString(in.Revision) != commit.ID || r.bucket.get(*where.BucketName, *where.ObjectKey) != "zip of "+commit.ID {
		t.Errorf("the artifact is %+v at %+v", in, where)
	}
	if *d.EncryptionKey.Id != "alias/artifacts" || *j.AccountId != "000000000000" || len(*j.Nonce) > 50 {
		t.Errorf("the job is %+v", j)
	}
	if *d.ArtifactCredentials.AccessKeyId == "" || len(r.keys.read) != 1 || r.keys.read[0].Key != *where.ObjectKey || len(r.keys.write) != 0 || r.keys.ttl != 15*time.Minute {
		t.Errorf("the credentials read %v and write %v for %v", r.keys.read, r.keys.write, r.keys.ttl)
	}
	out, err := r.client.GetJobDetails(t.Context(), &sdk.GetJobDetailsInput{JobId: j.Id})
	if err != nil {
		t.Fatal(err)
	}
	again := out.JobDetails.Data
	if *again.ArtifactCredentials.AccessKeyId == *d.ArtifactCredentials.AccessKeyId || *again.InputArtifacts[0].Location.S3Location.ObjectKey != *where.ObjectKey {
		t.Errorf("the details are %+v", again)
	}
}

func TestSourceFails(t *testing.T) {
	for name, c := range map[string]struct {
		prepare       func(*rig, m)
		code, message string
	}{
		"empty repository": {func(r *rig, _ m) { clear(r.repos.heads) }, "ConfigurationError", "no branch named main was found"},
		"branch":           {func(_ *rig, d m) { action(d, 0, 0)["configuration"].(m)["BranchName"] = "release" }, "ConfigurationError", "no branch named release was found"},
		"repository":       {func(_ *rig, d m) { action(d, 0, 0)["configuration"].(m)["RepositoryName"] = "none" }, "ConfigurationError", "no repository named none was found"},
		"bucket":           {func(r *rig, _ m) { r.bucket.fail = errNoBucket }, "JobFailed", "putting the artifact into artifacts: no such bucket"},
		"archive":          {func(r *rig, _ m) { r.repos.fail = errPack }, "JobFailed", "packing commit"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.repos.push("first")
			d := definition("QUEUED")
			c.prepare(r, d)
			if _, err := r.create(actionType, customType()); err != nil {
				t.Fatal(err)
			}
			if _, err := r.create(pipelineType, d); err != nil {
				t.Fatal(err)
			}
			v := r.until("failed", func(v codepipeline.View) bool { return v.Executions[0].Status == codepipeline.Failed })
			a := v.Stages[0].Actions[0]
			if a.ErrorCode != c.code || !strings.Contains(a.ErrorMessage, c.message) {
				t.Errorf("it failed with %s: %s", a.ErrorCode, a.ErrorMessage)
			}
			if v.Executions[0].Trigger.Type != "CreatePipeline" || !v.Stages[0].Retryable || v.Stages[1].Status != "" {
				t.Errorf("the pipeline is %+v", v)
			}
		})
	}
}

func TestUnresolvedVariable(t *testing.T) {
	r := newRig(t)
	r.repos.push("first")
	d := definition("QUEUED")
	action(d, 1, 0)["configuration"].(m)["Commit"] = "#{Source.Digest}"
	if _, err := r.create(actionType, customType()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.create(pipelineType, d); err != nil {
		t.Fatal(err)
	}
	v := r.until("failed", func(v codepipeline.View) bool { return v.Executions[0].Status == codepipeline.Failed })
	if a := v.Stages[1].Actions[0]; a.ErrorCode != "ConfigurationError" || a.ErrorMessage != "variables without a value: #{Source.Digest} in Commit" {
		t.Errorf("it failed with %s: %s", a.ErrorCode, a.ErrorMessage)
	}
	if jobs := r.poll(); len(jobs) != 0 {
		t.Errorf("there are %d jobs", len(jobs))
	}
}

var (
	errNoBucket = errors.New("no such bucket")
	errPack     = errors.New("disk full")
)
