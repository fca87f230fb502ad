package codepipeline

import (
	"context"
	"slices"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/codepipeline/declaration"
)

type actionsInput struct {
	pageInput
	Pipeline string        `json:"pipelineName"`
	Filter   *actionFilter `json:"filter"`
}

type actionFilter struct {
	ID     string `json:"pipelineExecutionId"`
	Latest *struct {
		ID    string `json:"pipelineExecutionId"`
		Range string `json:"startTimeRange"`
	} `json:"latestInPipelineExecution"`
}

type actionsOutput struct {
	Details   []actionDetail `json:"actionExecutionDetails"`
	NextToken string         `json:"nextToken,omitempty"`
}

type actionDetail struct {
	ExecutionID string       `json:"pipelineExecutionId"`
	ID          string       `json:"actionExecutionId"`
	Version     int          `json:"pipelineVersion"`
	Stage       string       `json:"stageName"`
	Action      string       `json:"actionName"`
	Started     awsapi.Time  `json:"startTime"`
	Updated     awsapi.Time  `json:"lastUpdateTime"`
	UpdatedBy   string       `json:"updatedBy,omitempty"`
	Status      string       `json:"status"`
	Input       actionInput  `json:"input"`
	Output      actionOutput `json:"output"`
}

type actionInput struct {
	TypeID        declaration.TypeID `json:"actionTypeId"`
	Configuration map[string]string  `json:"configuration"`
	Resolved      map[string]string  `json:"resolvedConfiguration"`
	RoleARN       string             `json:"roleArn,omitempty"`
	Region        string             `json:"region"`
	Artifacts     []artifactDetail   `json:"inputArtifacts"`
	Namespace     string             `json:"namespace,omitempty"`
}

type actionOutput struct {
	Artifacts []artifactDetail  `json:"outputArtifacts"`
	Result    *actionResult     `json:"executionResult,omitempty"`
	Variables map[string]string `json:"outputVariables"`
}

type artifactDetail struct {
	Name     string   `json:"name"`
	Location location `json:"s3location"`
}

type location struct {
	Bucket string `json:"bucket"`
	Key    string `json:"key"`
}

type actionResult struct {
	ExternalID  string       `json:"externalExecutionId,omitempty"`
	Summary     string       `json:"externalExecutionSummary,omitempty"`
	ExternalURL string       `json:"externalExecutionUrl,omitempty"`
	Error       *errorDetail `json:"errorDetails,omitempty"`
}

// listActions answers with every attempt at every action, the newest first.
func (s *Service) listActions(_ context.Context, in actionsInput) (out actionsOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Details = []actionDetail{}
	if s.pipelines[in.Pipeline] == nil {
		return out, errNoPipeline(in.Pipeline)
	}
	executions := s.of(in.Pipeline)
	slices.Reverse(executions)
	latest := false
	if id := in.Filter.execution(); id != "" {
		e, err := s.lookup(in.Pipeline, id)
		if err != nil {
			return out, err
		}
		executions, latest = []*execution{e}, in.Filter.Latest != nil && in.Filter.Latest.Range == "Latest"
	}
	for _, e := range executions {
		for _, a := range slices.Backward(e.Actions) {
			if !latest || !a.Retired {
				out.Details = append(out.Details, s.actionDetail(e, a))
			}
		}
	}
	out.Details, out.NextToken, err = page(out.Details, func(d actionDetail) string { return d.ID }, in.NextToken, in.MaxResults, 100)
	return out, err
}

// execution is the execution that is asked for, "" for all.
func (f *actionFilter) execution() string {
	switch {
	case f == nil:
		return ""
	case f.Latest != nil:
		return f.Latest.ID
	}
	return f.ID
}

func (s *Service) actionDetail(e *execution, a *action) actionDetail {
	d := e.declared(a)
	_, run, _ := s.urls(d, a)
	return actionDetail{
		ExecutionID: e.ID, ID: a.ID, Version: e.Declaration.Version, Stage: a.Stage, Action: a.Name,
		Started: awsapi.Time{Time: a.Started}, Updated: awsapi.Time{Time: a.Updated}, UpdatedBy: a.UpdatedBy, Status: a.Status,
		Input: actionInput{
			TypeID: d.TypeID, Configuration: s.shown(d, d.Configuration), Resolved: s.shown(d, a.Configuration),
			RoleARN: d.RoleARN, Region: string(s.region), Artifacts: details(a.Inputs), Namespace: d.Namespace,
		},
		Output: actionOutput{
			Artifacts: details(a.Outputs), Variables: a.Variables,
			Result: &actionResult{a.ExternalID, a.Summary, url(run), a.Error.view()},
		},
	}
}

func details(all []artifact) []artifactDetail {
	views := make([]artifactDetail, len(all))
	for i, a := range all {
		views[i] = artifactDetail{a.Name, location(a.Object)}
	}
	return views
}
