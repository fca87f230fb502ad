package declaration

import (
	"regexp"
	"strings"

	"slipway/sandbox/awsapi"
)

var (
	nameForm      = regexp.MustCompile(`^[A-Za-z0-9.@\-_]{1,100}$`)
	artifactForm  = regexp.MustCompile(`^[a-zA-Z0-9_\-]{1,100}$`)
	namespaceForm = regexp.MustCompile(`^[A-Za-z0-9@\-_]{1,100}$`)
	roleForm      = regexp.MustCompile(`^arn:aws(-[\w]+)*:iam::[0-9]{12}:role/.*$`)
	bucketForm    = regexp.MustCompile(`^[a-zA-Z0-9\-.]{3,63}$`)
)

func badStructure(format string, args ...any) error {
	return awsapi.Errorf("InvalidStructureException", format, args...)
}

func badStage(format string, args ...any) error {
	return awsapi.Errorf("InvalidStageDeclarationException", format, args...)
}

func badAction(format string, args ...any) error {
	return awsapi.Errorf("InvalidActionDeclarationException", format, args...)
}

// Normal returns the pipeline with the values that CodePipeline puts where nothing is said.
func (p Pipeline) Normal() Pipeline {
	if p.PipelineType == "" {
		p.PipelineType = V1
	}
	if p.ExecutionMode == "" {
		p.ExecutionMode = Superseded
	}
	stages := make([]Stage, len(p.Stages))
	for i, s := range p.Stages {
		stages[i] = Stage{Name: s.Name, Actions: make([]Action, len(s.Actions))}
		for j, a := range s.Actions {
			if a.RunOrder == 0 {
				a.RunOrder = 1
			}
			if len(a.Configuration) == 0 {
				a.Configuration = nil
			}
			a.InputArtifacts = append([]Artifact{}, a.InputArtifacts...)
			a.OutputArtifacts = append([]Artifact{}, a.OutputArtifacts...)
			stages[i].Actions[j] = a
		}
	}
	p.Stages = stages
	if len(p.Variables) == 0 {
		p.Variables = nil
	}
	return p
}

// Check returns an error for a pipeline that CreatePipeline refuses; types are the action types that exist.
func (p Pipeline) Check(types []ActionType) error {
	switch {
	case !nameForm.MatchString(p.Name):
		return invalid("the name of a pipeline is 1 to 100 of A-Z, a-z, 0-9 and .@-_, not %q", p.Name)
	case !roleForm.MatchString(p.RoleARN):
		return invalid("the role of pipeline %s is the ARN of an IAM role, not %q", p.Name, p.RoleARN)
	case p.PipelineType != V1 && p.PipelineType != V2:
		return invalid("the type of a pipeline is V1 or V2, not %q", p.PipelineType)
	case p.ExecutionMode == "PARALLEL":
		return invalid("the execution mode PARALLEL does not exist here: choose QUEUED or SUPERSEDED")
	case p.ExecutionMode != Queued && p.ExecutionMode != Superseded:
		return invalid("the execution mode of a pipeline is QUEUED or SUPERSEDED, not %q", p.ExecutionMode)
	case p.PipelineType == V1 && p.ExecutionMode == Queued:
		return invalid("the execution mode QUEUED needs a pipeline of type V2")
	case p.PipelineType == V1 && len(p.Variables) > 0:
		return invalid("variables need a pipeline of type V2")
	}
	if err := p.checkStore(); err != nil {
		return err
	}
	if err := p.checkStages(); err != nil {
		return err
	}
	return p.checkActions(types)
}

func (p Pipeline) checkStore() error {
	s := p.ArtifactStore
	switch {
	case s == nil:
		return badStructure("pipeline %s has no artifact store", p.Name)
	case s.Type != "S3":
		return invalid("the type of an artifact store is S3, not %q", s.Type)
	case !bucketForm.MatchString(s.Location):
		return invalid("the location of an artifact store is the name of a bucket, not %q", s.Location)
	case s.EncryptionKey != nil && (s.EncryptionKey.Type != "KMS" || s.EncryptionKey.ID == ""):
		return invalid("the encryption key of an artifact store has the type KMS and an id")
	}
	return nil
}

func (p Pipeline) checkStages() error {
	if len(p.Stages) < 2 {
		return badStructure("Pipeline has %d stage(s). There should be a minimum of 2 stages in a pipeline", len(p.Stages))
	}
	seen := map[string]bool{}
	for i, s := range p.Stages {
		if !nameForm.MatchString(s.Name) {
			return badStage("the name of a stage is 1 to 100 of A-Z, a-z, 0-9 and .@-_, not %q", s.Name)
		}
		if seen[s.Name] {
			return badStage("two stages have the name %s", s.Name)
		}
		seen[s.Name] = true
		if len(s.Actions) == 0 {
			return badStage("stage %s has no actions", s.Name)
		}
		for _, a := range s.Actions {
			isSource := a.TypeID.Category == "Source"
			if i == 0 && !isSource {
				return badStructure("Pipeline should start with a stage that only contains source actions")
			}
			if i > 0 && isSource {
				return badStructure("source actions stand in the first stage only, and %s stands in stage %s", a.Name, s.Name)
			}
		}
	}
	return p.checkVariables()
}

func (p Pipeline) checkVariables() error {
	seen := map[string]bool{}
	for _, v := range p.Variables {
		if !namespaceForm.MatchString(v.Name) || seen[v.Name] {
			return invalid("pipeline variables have names of A-Z, a-z, 0-9 and @-_ that differ, not %q", v.Name)
		}
		seen[v.Name] = true
	}
	return nil
}

// names joins the names of artifacts for a message.
func names(all []Artifact) string {
	text := make([]string, len(all))
	for i, a := range all {
		text[i] = a.Name
	}
	return strings.Join(text, ", ")
}
