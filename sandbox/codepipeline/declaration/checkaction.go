package declaration

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// scope is what the actions before one have brought: artifacts and namespaces.
type scope struct {
	pipeline   string
	types      []ActionType
	artifacts  map[string]bool
	namespaces map[string]bool
}

// checkActions goes through the actions in the order in which they run.
func (p Pipeline) checkActions(types []ActionType) error {
	s := scope{
		pipeline: p.Name, types: types, artifacts: map[string]bool{},
		namespaces: map[string]bool{executionNamespace: true, pipelineNamespace: true},
	}
	for _, stage := range p.Stages {
		seen := map[string]bool{}
		for _, a := range stage.Actions {
			if seen[a.Name] {
				return badAction("two actions of stage %s have the name %s", stage.Name, a.Name)
			}
			seen[a.Name] = true
		}
		for _, group := range stage.Groups() {
			if err := s.group(stage.Name, group); err != nil {
				return err
			}
		}
	}
	return nil
}

// Groups returns the actions of a stage by run order: those of one group run side by side.
func (s Stage) Groups() [][]Action {
	byOrder := map[int][]Action{}
	for _, a := range s.Actions {
		byOrder[a.RunOrder] = append(byOrder[a.RunOrder], a)
	}
	var groups [][]Action
	for _, order := range slices.Sorted(maps.Keys(byOrder)) {
		groups = append(groups, byOrder[order])
	}
	return groups
}

// group checks actions that run side by side: none sees what another brings.
func (s scope) group(stage string, actions []Action) error {
	for _, a := range actions {
		if err := s.action(stage, a); err != nil {
			return err
		}
	}
	for _, a := range actions {
		for _, o := range a.OutputArtifacts {
			if s.artifacts[o.Name] {
				return badAction("Output Artifact Bundle name must be unique within the pipeline. %s has been used more than once", o.Name)
			}
			s.artifacts[o.Name] = true
		}
		if a.Namespace == "" {
			continue
		}
		if s.namespaces[a.Namespace] {
			return badAction("the namespace %s of action %s is in use already", a.Namespace, a.Name)
		}
		s.namespaces[a.Namespace] = true
	}
	return nil
}

func (s scope) action(stage string, a Action) error {
	switch {
	case !nameForm.MatchString(a.Name):
		return badAction("the name of an action is 1 to 100 of A-Z, a-z, 0-9 and .@-_, not %q", a.Name)
	case a.RunOrder < 1 || a.RunOrder > 999:
		return badAction("the run order of action %s is 1 to 999, not %d", a.Name, a.RunOrder)
	case a.Namespace != "" && !namespaceForm.MatchString(a.Namespace):
		return badAction("the namespace of action %s is of A-Z, a-z, 0-9 and @-_, not %q", a.Name, a.Namespace)
	case a.RoleARN != "" && !roleForm.MatchString(a.RoleARN):
		return badAction("the role of action %s is the ARN of an IAM role, not %q", a.Name, a.RoleARN)
	case a.TimeoutInMinutes != 0 && a.TypeID != Manual:
		return badAction("action %s has a timeout, which only manual approvals have", a.Name)
	case a.TimeoutInMinutes != 0 && (a.TimeoutInMinutes < 5 || a.TimeoutInMinutes > 86400):
		return badAction("the timeout of action %s is 5 to 86400 minutes, not %d", a.Name, a.TimeoutInMinutes)
	}
	t, err := s.typeOf(a)
	if err != nil {
		return err
	}
	if err := s.checkArtifacts(a, t); err != nil {
		return err
	}
	if err := a.checkConfiguration(t); err != nil {
		return err
	}
	return s.references(stage, a)
}

// typeOf is an action's type. AWS's own types that exist there and do not run here are told apart from no type at all.
func (s scope) typeOf(a Action) (ActionType, error) {
	i := slices.IndexFunc(s.types, func(t ActionType) bool { return t.ID == a.TypeID })
	if i >= 0 {
		return s.types[i], nil
	}
	id := a.TypeID
	if id.Owner != "Custom" {
		return ActionType{}, badAction("action %s is of the type %s, which does not run here: %s, %s and custom actions do", a.Name, id, CodeCommit, Manual)
	}
	return ActionType{}, badAction("ActionType (Category: '%s', Provider: '%s', Owner: '%s', Version: '%s') in action '%s' is not available",
		id.Category, id.Provider, id.Owner, id.Version, a.Name)
}

func (s scope) checkArtifacts(a Action, t ActionType) error {
	for _, c := range []struct {
		what  string
		have  []Artifact
		count Count
	}{{"input", a.InputArtifacts, t.Inputs}, {"output", a.OutputArtifacts, t.Outputs}} {
		if n := len(c.have); n < c.count.Minimum || n > c.count.Maximum {
			return badAction("Action %s has %d %s artifacts (%s), and its type takes %d to %d",
				a.Name, n, c.what, names(c.have), c.count.Minimum, c.count.Maximum)
		}
		for _, one := range c.have {
			if !artifactForm.MatchString(one.Name) {
				return badAction("the name of an artifact is 1 to 100 of A-Z, a-z, 0-9, _ and -, not %q", one.Name)
			}
		}
	}
	for _, in := range a.InputArtifacts {
		if !s.artifacts[in.Name] {
			return badAction("Input Artifact Bundle %s in action %s is not declared as Output Artifact Bundle in any of the preceding actions", in.Name, a.Name)
		}
	}
	return nil
}

var queryableForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,20}$`)

func (a Action) checkConfiguration(t ActionType) error {
	for _, p := range t.Properties {
		value, ok := a.Configuration[p.Name]
		if p.Required && (!ok || value == "") {
			return badAction("Action configuration for action '%s' is missing required configuration '%s'", a.Name, p.Name)
		}
		if p.Queryable && !queryableForm.MatchString(value) {
			return badAction("the configuration '%s' of action '%s' is asked for by PollForJobs and so 1 to 20 of A-Z, a-z, 0-9, _ and -, not %q", p.Name, a.Name, value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Configuration)) {
		if _, ok := t.Property(name); !ok {
			return badAction("Action configuration for action '%s' contains unknown configuration '%s'", a.Name, name)
		}
		if len(a.Configuration[name]) > 50_000 {
			return badAction("the configuration '%s' of action '%s' has more than 50000 characters", name, a.Name)
		}
	}
	if format := a.Configuration["OutputArtifactFormat"]; a.TypeID == CodeCommit && format != "" && format != "CODE_ZIP" {
		return badAction("action %s asks for the artifact format %s, which only CodeBuild reads: CODE_ZIP is made here", a.Name, format)
	}
	if poll := a.Configuration["PollForSourceChanges"]; a.TypeID == CodeCommit && poll != "false" {
		return badAction("action %s polls for changes, which is not done here: set PollForSourceChanges to false and start the pipeline by an event rule", a.Name)
	}
	return nil
}

// references checks the variables that an action's configuration names.
func (s scope) references(stage string, a Action) error {
	for _, key := range slices.Sorted(maps.Keys(a.Configuration)) {
		for _, m := range reference.FindAllStringSubmatch(a.Configuration[key], -1) {
			namespace, name, ok := strings.Cut(m[1], ".")
			if !ok || name == "" {
				return badAction("Valid format for a pipeline execution variable reference is a namespace and a key separated by a period (.). "+
					"StageName=[%s], ActionName=[%s], ActionConfigurationKey=[%s], VariableReferenceText=[%s]", stage, a.Name, key, m[1])
			}
			if !s.namespaces[namespace] {
				return badAction("The following pipeline execution variables are referencing a namespace that does not exist. "+
					"StageName=[%s], ActionName=[%s], ActionConfigurationKey=[%s], VariableReferenceText=[%s]", stage, a.Name, key, m[1])
			}
		}
	}
	return nil
}
