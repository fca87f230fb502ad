package codepipeline

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"slipway/sandbox/codepipeline/declaration"
)

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

func (s *Service) executionView(e *execution) ExecutionView {
	v := ExecutionView{
		ID: e.ID, Version: e.Declaration.Version, Status: e.Status, Summary: e.Summary, StopReason: e.StopReason, Trigger: e.Trigger,
		Started: e.Started, Updated: e.Updated, Revisions: e.revisions(),
		Stage: e.Declaration.Stages[e.Stage].Name, Waiting: e.waiting(),
	}
	for _, d := range e.Declaration.Stages {
		v.Stages = append(v.Stages, s.stageView(e, d))
	}
	return v
}

// revisions are those of the execution's source actions.
func (e *execution) revisions() []Revision {
	revisions := []Revision{}
	for _, a := range e.Actions {
		if a.Revision != nil && !a.Retired && a.Stage == e.Declaration.Stages[0].Name {
			revisions = append(revisions, *a.Revision)
		}
	}
	return revisions
}

// stageView is a stage in an execution, which is nil when none entered it yet.
func (s *Service) stageView(e *execution, d declaration.Stage) StageView {
	v := StageView{Name: d.Name}
	entered := false
	if e != nil {
		if i := e.Declaration.Stage(d.Name); i >= 0 && e.Stages[i].Entry > 0 {
			v.Status, entered = stageStatus(e, i), true
			v.ExecutionID = e.ID
		}
	}
	actions := slices.Clone(d.Actions)
	slices.SortStableFunc(actions, func(a, b declaration.Action) int { return cmp.Compare(a.RunOrder, b.RunOrder) })
	for _, a := range actions {
		if !entered {
			v.Actions = append(v.Actions, ActionView{Name: a.Name, Type: a.TypeID, RunOrder: a.RunOrder})
			continue
		}
		v.Actions = append(v.Actions, s.actionView(e, d.Name, a))
	}
	return v
}

// stageStatus is a stage's status in an execution that entered it.
func stageStatus(e *execution, i int) string {
	if status := e.Stages[i].Status; status != InProgress || e.Status != Stopping {
		return status
	}
	return Stopping
}

func (s *Service) actionView(e *execution, stage string, d declaration.Action) ActionView {
	v := ActionView{Name: d.Name, Type: d.TypeID, RunOrder: d.RunOrder}
	a := e.current(stage, d.Name)
	if a == nil {
		return v
	}
	for _, other := range e.Actions {
		if other.Stage == stage && other.Name == d.Name {
			v.Attempt++
		}
	}
	v.ID, v.Status, v.Started, v.Updated, v.UpdatedBy, v.Summary = a.ID, a.Status, a.Started, a.Updated, a.UpdatedBy, a.Summary
	v.Percent, v.ExternalID, v.Variables, v.Revision = a.Percent, a.ExternalID, a.Variables, a.Revision
	v.Configuration, v.Note = s.shown(d, a.Configuration), a.Configuration["CustomData"]
	v.EntityURL, v.ExternalURL, _ = s.urls(d, a)
	if v.ExternalURL == "" && (strings.HasPrefix(a.ExternalID, "http://") || strings.HasPrefix(a.ExternalID, "https://")) {
		v.ExternalURL = a.ExternalID
	}
	if a.Error != nil {
		v.ErrorCode, v.ErrorMessage = a.Error.Code, a.Error.Message
	}
	if a.Status == InProgress {
		v.Deadline, v.Token = a.Deadline, a.Token
	}
	return v
}

// urls are the links of an attempt by its type's templates.
func (s *Service) urls(d declaration.Action, a *action) (entity, run, revision string) {
	if d.TypeID == declaration.Manual {
		return a.Configuration["ExternalEntityLink"], "", ""
	}
	t := s.types[d.TypeID.String()]
	if t == nil || t.Settings == nil {
		return "", "", ""
	}
	fill := func(template string) string { return declaration.Fill(template, a.Configuration, a.ExternalID) }
	return fill(t.Settings.EntityURLTemplate), fill(t.Settings.ExecutionURLTemplate), fill(t.Settings.RevisionURLTemplate)
}

// shown is an action's configuration with its secrets hidden.
func (s *Service) shown(d declaration.Action, configuration map[string]string) map[string]string {
	t := s.types[d.TypeID.String()]
	if t == nil {
		return configuration
	}
	shown := maps.Clone(configuration)
	for _, p := range t.Properties {
		if _, there := shown[p.Name]; there && p.Secret {
			shown[p.Name] = "****"
		}
	}
	return shown
}
