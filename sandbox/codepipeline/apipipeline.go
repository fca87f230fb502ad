package codepipeline

import (
	"context"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/codepipeline/declaration"
)

type getInput struct {
	Name    string `json:"name"`
	Version *int   `json:"version"`
}

type getOutput struct {
	Pipeline declaration.Pipeline `json:"pipeline"`
	Metadata metadata             `json:"metadata"`
}

type metadata struct {
	ARN     string      `json:"pipelineArn"`
	Created awsapi.Time `json:"created"`
	Updated awsapi.Time `json:"updated"`
}

// getPipeline answers with the pipeline as it is now, or as an execution of an older version remembers it.
func (s *Service) getPipeline(_ context.Context, in getInput) (getOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pipelines[in.Name]
	if p == nil {
		return getOutput{}, errNoPipeline(in.Name)
	}
	out := getOutput{p.Pipeline, metadata{s.arn(p.Name), awsapi.Time{Time: p.Created}, awsapi.Time{Time: p.Updated}}}
	if in.Version == nil || *in.Version == p.Version {
		return out, nil
	}
	for _, e := range s.of(p.Name) {
		if e.Declaration.Version == *in.Version {
			out.Pipeline = e.Declaration
			return out, nil
		}
	}
	return getOutput{}, awsapi.Errorf("PipelineVersionNotFoundException", "The pipeline %s has no version %d.", p.Name, *in.Version)
}

type pageInput struct {
	NextToken  string `json:"nextToken"`
	MaxResults int    `json:"maxResults"`
}

type pipelineSummary struct {
	Name          string      `json:"name"`
	Version       int         `json:"version"`
	PipelineType  string      `json:"pipelineType"`
	ExecutionMode string      `json:"executionMode"`
	Created       awsapi.Time `json:"created"`
	Updated       awsapi.Time `json:"updated"`
}

type listOutput struct {
	Pipelines []pipelineSummary `json:"pipelines"`
	NextToken string            `json:"nextToken,omitempty"`
}

func (s *Service) listPipelines(_ context.Context, in pageInput) (out listOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []pipelineSummary{}
	for _, name := range sortedKeys(s.pipelines) {
		p := s.pipelines[name]
		all = append(all, pipelineSummary{name, p.Version, p.PipelineType, p.ExecutionMode, awsapi.Time{Time: p.Created}, awsapi.Time{Time: p.Updated}})
	}
	out.Pipelines, out.NextToken, err = page(all, func(p pipelineSummary) string { return p.Name }, in.NextToken, in.MaxResults, 1000)
	return out, err
}

type typesInput struct {
	Owner     string `json:"actionOwnerFilter"`
	Region    string `json:"regionFilter"`
	NextToken string `json:"nextToken"`
}

type typesOutput struct {
	ActionTypes []declaration.ActionType `json:"actionTypes"`
	NextToken   string                   `json:"nextToken,omitempty"`
}

func (s *Service) listTypes(_ context.Context, in typesInput) (out typesOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []declaration.ActionType{}
	for _, t := range s.allTypes() {
		if (in.Owner == "" || t.ID.Owner == in.Owner) && (in.Region == "" || in.Region == string(s.region)) {
			all = append(all, t)
		}
	}
	out.ActionTypes, out.NextToken, err = page(all, func(t declaration.ActionType) string { return t.ID.String() }, in.NextToken, 0, 1000)
	return out, err
}

type tagsInput struct {
	ARN string `json:"resourceArn"`
}

type tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type tagsOutput struct {
	Tags []tag `json:"tags"`
}

func (s *Service) listTags(_ context.Context, in tagsInput) (tagsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := tagsOutput{[]tag{}}
	name, ok := strings.CutPrefix(in.ARN, s.arn(""))
	if !ok {
		return out, awsapi.Errorf("InvalidArnException", "The ARN %s is not one of a pipeline or an action type here.", in.ARN)
	}
	var tags map[string]string
	if id, isType := strings.CutPrefix(name, "actiontype:Custom/"); isType {
		t := actionTypes{s}.typeNamed(id)
		if t == nil {
			return out, awsapi.Errorf("ResourceNotFoundException", "There is no action type %s.", in.ARN)
		}
		tags = t.Tags
	} else {
		p := s.pipelines[name]
		if p == nil {
			return out, awsapi.Errorf("ResourceNotFoundException", "There is no pipeline %s.", in.ARN)
		}
		tags = p.Tags
	}
	for _, key := range sortedKeys(tags) {
		out.Tags = append(out.Tags, tag{key, tags[key]})
	}
	return out, nil
}
