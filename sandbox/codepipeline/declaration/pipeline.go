// Package declaration is what a pipeline and a custom action type are declared to be: their shapes in the
// CodePipeline API, the rules that CodePipeline checks them by, and the variables in an action's configuration.
package declaration

// Values of Pipeline.ExecutionMode and Pipeline.PipelineType.
const (
	Queued     = "QUEUED"
	Superseded = "SUPERSEDED"
	V1         = "V1"
	V2         = "V2"
)

// Pipeline is a PipelineDeclaration of the CodePipeline API.
type Pipeline struct {
	Name          string         `json:"name"`
	RoleARN       string         `json:"roleArn"`
	ArtifactStore *ArtifactStore `json:"artifactStore,omitempty"`
	Stages        []Stage        `json:"stages"`
	Version       int            `json:"version,omitempty"`
	ExecutionMode string         `json:"executionMode,omitempty"`
	PipelineType  string         `json:"pipelineType,omitempty"`
	Variables     []Variable     `json:"variables,omitempty"`
}

// ArtifactStore is the bucket that artifacts are in, and the key that encrypts them.
type ArtifactStore struct {
	Type          string         `json:"type"`
	Location      string         `json:"location"`
	EncryptionKey *EncryptionKey `json:"encryptionKey,omitempty"`
}

// EncryptionKey is a KMS key.
type EncryptionKey struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// Variable is a pipeline-level variable; without a default an execution has to be started with a value.
type Variable struct {
	Name         string `json:"name"`
	DefaultValue string `json:"defaultValue,omitempty"`
	Description  string `json:"description,omitempty"`
}

// Stage is a part of a pipeline that one execution at a time is in.
type Stage struct {
	Name    string   `json:"name"`
	Actions []Action `json:"actions"`
}

// Action is one step of a stage. Actions of the same run order run side by side.
type Action struct {
	Name             string            `json:"name"`
	TypeID           TypeID            `json:"actionTypeId"`
	RunOrder         int               `json:"runOrder,omitempty"`
	Configuration    map[string]string `json:"configuration,omitempty"`
	OutputArtifacts  []Artifact        `json:"outputArtifacts"`
	InputArtifacts   []Artifact        `json:"inputArtifacts"`
	RoleARN          string            `json:"roleArn,omitempty"`
	Region           string            `json:"region,omitempty"`
	Namespace        string            `json:"namespace,omitempty"`
	TimeoutInMinutes int               `json:"timeoutInMinutes,omitempty"`
}

// Artifact is the name of a bundle of files that one action makes and others take.
type Artifact struct {
	Name string `json:"name"`
}

// Stage returns the index of the stage with this name, or -1.
func (p Pipeline) Stage(name string) int {
	for i, s := range p.Stages {
		if s.Name == name {
			return i
		}
	}
	return -1
}

// Action returns the action with this name, and whether there is one.
func (s Stage) Action(name string) (Action, bool) {
	for _, a := range s.Actions {
		if a.Name == name {
			return a, true
		}
	}
	return Action{}, false
}
