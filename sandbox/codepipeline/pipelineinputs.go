package codepipeline

import "slipway/sandbox/codepipeline/declaration"

// pipelineInputs are the inputs of a Pipeline resource.
type pipelineInputs struct {
	Name           string                 `json:"name"`
	RoleARN        string                 `json:"roleArn"`
	ArtifactStores []storeInputs          `json:"artifactStores"`
	Stages         []stageInputs          `json:"stages"`
	ExecutionMode  string                 `json:"executionMode"`
	PipelineType   string                 `json:"pipelineType"`
	Variables      []declaration.Variable `json:"variables"`
	Triggers       []any                  `json:"triggers"`
	Tags           map[string]string      `json:"tags"`
}

type storeInputs struct {
	declaration.ArtifactStore
	Region string `json:"region"`
}

type stageInputs struct {
	Name        string         `json:"name"`
	Actions     []actionInputs `json:"actions"`
	BeforeEntry any            `json:"beforeEntry"`
	OnFailure   any            `json:"onFailure"`
	OnSuccess   any            `json:"onSuccess"`
}

type actionInputs struct {
	declaration.TypeID
	Name             string            `json:"name"`
	RunOrder         int               `json:"runOrder"`
	Configuration    map[string]string `json:"configuration"`
	InputArtifacts   []string          `json:"inputArtifacts"`
	OutputArtifacts  []string          `json:"outputArtifacts"`
	RoleARN          string            `json:"roleArn"`
	Region           string            `json:"region"`
	Namespace        string            `json:"namespace"`
	TimeoutInMinutes int               `json:"timeoutInMinutes"`
}

// declaration is the pipeline that the inputs declare. What exists on AWS and not here is an error, never left out.
func (in pipelineInputs) declaration() (declaration.Pipeline, error) {
	p := declaration.Pipeline{
		Name: in.Name, RoleARN: in.RoleARN, ExecutionMode: in.ExecutionMode, PipelineType: in.PipelineType, Variables: in.Variables,
	}
	if len(in.ArtifactStores) != 1 || in.ArtifactStores[0].Region != "" {
		return p, invalid("a pipeline has one artifact store here, in its own region: give one without a region")
	}
	if len(in.Triggers) > 0 {
		return p, invalid("triggers are for connections to other hosts of source code, which do not exist here")
	}
	store := in.ArtifactStores[0].ArtifactStore
	p.ArtifactStore = &store
	for _, s := range in.Stages {
		if s.BeforeEntry != nil || s.OnFailure != nil || s.OnSuccess != nil {
			return p, invalid("stage %s has conditions (beforeEntry, onFailure, onSuccess), which do not exist here", s.Name)
		}
		stage := declaration.Stage{Name: s.Name}
		for _, a := range s.Actions {
			stage.Actions = append(stage.Actions, a.declaration())
		}
		p.Stages = append(p.Stages, stage)
	}
	return p.Normal(), nil
}

func (in actionInputs) declaration() declaration.Action {
	return declaration.Action{
		Name: in.Name, TypeID: in.TypeID, RunOrder: in.RunOrder, Configuration: in.Configuration,
		InputArtifacts: bundles(in.InputArtifacts), OutputArtifacts: bundles(in.OutputArtifacts),
		RoleARN: in.RoleARN, Region: in.Region, Namespace: in.Namespace, TimeoutInMinutes: in.TimeoutInMinutes,
	}
}

func bundles(names []string) []declaration.Artifact {
	var all []declaration.Artifact
	for _, name := range names {
		all = append(all, declaration.Artifact{Name: name})
	}
	return all
}
