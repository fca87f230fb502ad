package codepipeline

import (
	"context"
	"fmt"

	"slipway/sandbox/codepipeline/declaration"
	"slipway/sandbox/naming"
)

// jobView is a job as a worker is told of it that has it already.
type jobView struct {
	ID        string  `json:"id"`
	AccountID string  `json:"accountId"`
	Data      jobData `json:"data"`
}

// polledJob is a job as it is handed out.
type polledJob struct {
	jobView
	Nonce string `json:"nonce"`
}

type jobData struct {
	ActionTypeID  declaration.TypeID         `json:"actionTypeId"`
	Configuration actionConfiguration        `json:"actionConfiguration"`
	Context       pipelineContext            `json:"pipelineContext"`
	Inputs        []artifactView             `json:"inputArtifacts"`
	Outputs       []artifactView             `json:"outputArtifacts"`
	Credentials   *credentialsView           `json:"artifactCredentials,omitempty"`
	Continuation  string                     `json:"continuationToken,omitempty"`
	EncryptionKey *declaration.EncryptionKey `json:"encryptionKey,omitempty"`
}

type actionConfiguration struct {
	Configuration map[string]string `json:"configuration"`
}

type pipelineContext struct {
	PipelineName string        `json:"pipelineName"`
	PipelineARN  string        `json:"pipelineArn"`
	ExecutionID  string        `json:"pipelineExecutionId"`
	Stage        stageContext  `json:"stage"`
	Action       actionContext `json:"action"`
}

type stageContext struct {
	Name string `json:"name"`
}

type actionContext struct {
	Name        string `json:"name"`
	ExecutionID string `json:"actionExecutionId"`
}

type artifactView struct {
	Name     string           `json:"name"`
	Revision string           `json:"revision,omitempty"`
	Location artifactLocation `json:"location"`
}

type artifactLocation struct {
	Type string     `json:"type"`
	S3   s3Location `json:"s3Location"`
}

type s3Location struct {
	BucketName string `json:"bucketName"`
	ObjectKey  string `json:"objectKey"`
}

type credentialsView struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	SessionToken    string `json:"sessionToken"`
}

// data is what a worker gets with a job. Its credentials are new, and read the input artifacts and write the
// output artifacts of this job only; a job that is done has none.
func (s *Service) data(ctx context.Context, e *execution, a *action, j *job) (jobData, error) {
	d := e.declared(a)
	data := jobData{
		ActionTypeID: d.TypeID, Configuration: actionConfiguration{a.Configuration}, Continuation: j.Continuation,
		Context: pipelineContext{
			PipelineName: e.Declaration.Name, PipelineARN: s.arn(e.Declaration.Name), ExecutionID: e.ID,
			Stage: stageContext{a.Stage}, Action: actionContext{a.Name, a.ID},
		},
		Inputs: artifactViews(a.Inputs), Outputs: artifactViews(a.Outputs), EncryptionKey: e.Declaration.ArtifactStore.EncryptionKey,
	}
	if j.done() {
		return data, nil
	}
	c, err := s.Keys.Issue(ctx, objects(a.Inputs), objects(a.Outputs), s.CredentialTTL)
	if err != nil {
		return data, fmt.Errorf("issuing credentials for job %s: %w", j.ID, err)
	}
	data.Credentials = &credentialsView{c.AccessKeyID, c.SecretAccessKey, c.SessionToken}
	return data, nil
}

func artifactViews(all []artifact) []artifactView {
	views := make([]artifactView, len(all))
	for i, a := range all {
		views[i] = artifactView{a.Name, a.Revision, artifactLocation{"S3", s3Location{a.Object.Bucket, a.Object.Key}}}
	}
	return views
}

func objects(all []artifact) []Object {
	objects := make([]Object, len(all))
	for i, a := range all {
		objects[i] = a.Object
	}
	return objects
}

func (s *Service) arn(pipeline string) string { return s.region.ARN("codepipeline", pipeline) }

type detailsInput struct {
	JobID string `json:"jobId"`
}

type detailsOutput struct {
	JobDetails jobView `json:"jobDetails"`
}

func (s *Service) details(ctx context.Context, in detailsInput) (detailsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, a, j, err := s.find(in.JobID)
	if err != nil {
		return detailsOutput{}, err
	}
	data, err := s.data(ctx, e, a, j)
	return detailsOutput{jobView{ID: j.ID, AccountID: naming.Account, Data: data}}, err
}
