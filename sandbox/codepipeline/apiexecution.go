package codepipeline

import (
	"context"
	"slices"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

type nameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type startInput struct {
	Name      string      `json:"name"`
	Variables []nameValue `json:"variables"`
	Token     string      `json:"clientRequestToken"`
	Revisions []any       `json:"sourceRevisions"`
}

type executionID struct {
	ID string `json:"pipelineExecutionId"`
}

func (s *Service) startExecution(_ context.Context, in startInput) (executionID, error) {
	if len(in.Revisions) > 0 {
		return executionID{}, invalid("sourceRevisions are not taken here: an execution takes the head of the branch")
	}
	given := map[string]string{}
	for _, v := range in.Variables {
		given[v.Name] = v.Value
	}
	id, err := s.start(in.Name, Trigger{Type: "StartPipelineExecution", Detail: naming.CallerARN}, given, in.Token)
	return executionID{id}, err
}

type stopInput struct {
	Pipeline string `json:"pipelineName"`
	ID       string `json:"pipelineExecutionId"`
	Abandon  bool   `json:"abandon"`
	Reason   string `json:"reason"`
}

func (s *Service) stopExecution(ctx context.Context, in stopInput) (executionID, error) {
	if err := constraint(in.ID, "pipelineExecutionId", idForm); err != nil {
		return executionID{}, err
	}
	if len(in.Reason) > 200 {
		return executionID{}, invalid("reason has at most 200 characters, not %d", len(in.Reason))
	}
	return executionID{in.ID}, s.Stop(ctx, in.Pipeline, in.ID, in.Reason, in.Abandon)
}

type retryInput struct {
	Pipeline string `json:"pipelineName"`
	Stage    string `json:"stageName"`
	ID       string `json:"pipelineExecutionId"`
	Mode     string `json:"retryMode"`
}

func (s *Service) retryStage(ctx context.Context, in retryInput) (executionID, error) {
	if err := constraint(in.ID, "pipelineExecutionId", idForm); err != nil {
		return executionID{}, err
	}
	return executionID{in.ID}, s.Retry(ctx, in.Pipeline, in.Stage, in.ID, in.Mode)
}

type executionInput struct {
	Pipeline string `json:"pipelineName"`
	ID       string `json:"pipelineExecutionId"`
}

type executionOutput struct {
	Execution executionDetail `json:"pipelineExecution"`
}

type executionDetail struct {
	Pipeline  string             `json:"pipelineName"`
	Version   int                `json:"pipelineVersion"`
	ID        string             `json:"pipelineExecutionId"`
	Status    string             `json:"status"`
	Summary   string             `json:"statusSummary,omitempty"`
	Artifacts []artifactRevision `json:"artifactRevisions"`
	Variables []resolvedVariable `json:"variables,omitempty"`
	Trigger   Trigger            `json:"trigger"`
	Mode      string             `json:"executionMode"`
	Type      string             `json:"executionType"`
}

type artifactRevision struct {
	Name    string      `json:"name"`
	ID      string      `json:"revisionId"`
	Change  string      `json:"revisionChangeIdentifier,omitempty"`
	Summary string      `json:"revisionSummary,omitempty"`
	Created awsapi.Time `json:"created,omitzero"`
	URL     string      `json:"revisionUrl,omitempty"`
}

type resolvedVariable struct {
	Name  string `json:"name"`
	Value string `json:"resolvedValue"`
}

// lookup returns an execution of a pipeline.
func (s *Service) lookup(pipeline, id string) (*execution, error) {
	if err := constraint(id, "pipelineExecutionId", idForm); err != nil {
		return nil, err
	}
	if s.pipelines[pipeline] == nil {
		return nil, errNoPipeline(pipeline)
	}
	e := s.executions[id]
	if e == nil || e.Declaration.Name != pipeline {
		return nil, awsapi.Errorf("PipelineExecutionNotFoundException", "The pipeline %s has no execution %s.", pipeline, id)
	}
	return e, nil
}

func (s *Service) getExecution(_ context.Context, in executionInput) (executionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, err := s.lookup(in.Pipeline, in.ID)
	if err != nil {
		return executionOutput{}, err
	}
	d := executionDetail{
		Pipeline: in.Pipeline, Version: e.Declaration.Version, ID: e.ID, Status: e.Status, Summary: e.Summary,
		Artifacts: []artifactRevision{}, Trigger: e.Trigger, Mode: e.Declaration.ExecutionMode, Type: "STANDARD",
	}
	for _, a := range e.Actions {
		if a.Revision == nil || a.Retired {
			continue
		}
		r := a.Revision
		for _, out := range a.Outputs {
			d.Artifacts = append(d.Artifacts, artifactRevision{out.Name, r.ID, r.Change, r.Summary, awsapi.Time{Time: r.Created}, r.URL})
		}
	}
	for _, name := range sortedKeys(e.Variables) {
		d.Variables = append(d.Variables, resolvedVariable{name, e.Variables[name]})
	}
	return executionOutput{d}, nil
}

type executionsInput struct {
	pageInput
	Pipeline string `json:"pipelineName"`
	Filter   *struct {
		Succeeded *struct {
			Stage string `json:"stageName"`
		} `json:"succeededInStage"`
	} `json:"filter"`
}

type executionsOutput struct {
	Summaries []executionSummary `json:"pipelineExecutionSummaries"`
	NextToken string             `json:"nextToken,omitempty"`
}

type executionSummary struct {
	ID        string           `json:"pipelineExecutionId"`
	Status    string           `json:"status"`
	Summary   string           `json:"statusSummary,omitempty"`
	Started   awsapi.Time      `json:"startTime"`
	Updated   awsapi.Time      `json:"lastUpdateTime"`
	Revisions []sourceRevision `json:"sourceRevisions"`
	Trigger   Trigger          `json:"trigger"`
	Stop      *stopTrigger     `json:"stopTrigger,omitempty"`
	Mode      string           `json:"executionMode"`
	Type      string           `json:"executionType"`
}

type sourceRevision struct {
	Action  string `json:"actionName"`
	ID      string `json:"revisionId"`
	Summary string `json:"revisionSummary,omitempty"`
	URL     string `json:"revisionUrl,omitempty"`
}

type stopTrigger struct {
	Reason string `json:"reason"`
}

// listExecutions answers with the newest executions first.
func (s *Service) listExecutions(_ context.Context, in executionsInput) (out executionsOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pipelines[in.Pipeline] == nil {
		return out, errNoPipeline(in.Pipeline)
	}
	all := s.of(in.Pipeline)
	slices.Reverse(all)
	if in.Filter != nil && in.Filter.Succeeded != nil {
		all = slices.DeleteFunc(all, func(e *execution) bool {
			i := e.Declaration.Stage(in.Filter.Succeeded.Stage)
			return i < 0 || e.Stages[i].Status != Succeeded
		})
	}
	out.Summaries = []executionSummary{}
	all, out.NextToken, err = page(all, func(e *execution) string { return e.ID }, in.NextToken, in.MaxResults, 100)
	for _, e := range all {
		out.Summaries = append(out.Summaries, e.summary())
	}
	return out, err
}

func (e *execution) summary() executionSummary {
	v := executionSummary{
		ID: e.ID, Status: e.Status, Summary: e.Summary, Started: awsapi.Time{Time: e.Started}, Updated: awsapi.Time{Time: e.Updated},
		Revisions: []sourceRevision{}, Trigger: e.Trigger, Mode: e.Declaration.ExecutionMode, Type: "STANDARD",
	}
	for _, r := range e.revisions() {
		v.Revisions = append(v.Revisions, sourceRevision{r.Action, r.ID, r.Summary, r.URL})
	}
	if e.StopReason != "" {
		v.Stop = &stopTrigger{e.StopReason}
	}
	return v
}
