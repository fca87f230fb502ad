package codepipeline

import (
	"strings"
	"time"

	"slipway/sandbox/codepipeline/declaration"
	"slipway/sandbox/naming"
)

// approvalTime is how long a manual approval waits when it says nothing else.
const approvalTime = 7 * 24 * time.Hour

// begin makes the first or the next attempt at an action. The variables of its configuration are resolved now;
// one without a value fails the action.
func (s *Service) begin(e *execution, stage string, d declaration.Action) {
	now := s.Clock.Now().UTC()
	a := &action{ID: naming.UUID(), Stage: stage, Name: d.Name, Status: InProgress, Started: now, Updated: now}
	values := e.values()
	e.Actions = append(e.Actions, a)
	var err error
	if a.Configuration, err = values.Resolve(d.Configuration); err != nil {
		s.end(a, Failed, &failure{"ConfigurationError", err.Error()})
		return
	}
	for _, in := range d.InputArtifacts {
		found, ok := e.artifact(in.Name)
		if !ok {
			s.end(a, Failed, &failure{"ConfigurationError", "The input artifact " + in.Name + " was not made."})
			return
		}
		a.Inputs = append(a.Inputs, found)
	}
	for _, out := range d.OutputArtifacts {
		a.Outputs = append(a.Outputs, artifact{Name: out.Name, Object: objectFor(e.Declaration, out.Name)})
	}
	switch {
	case d.TypeID == declaration.Manual:
		a.Token = naming.UUID()
		wait := approvalTime
		if d.TimeoutInMinutes > 0 {
			wait = time.Duration(d.TimeoutInMinutes) * time.Minute
		}
		a.Deadline = now.Add(wait)
	case d.TypeID.Owner == "Custom":
		a.Deadline = now.Add(s.JobTimeout)
		a.Jobs = []*job{{ID: naming.UUID(), Status: jobQueued}}
	}
}

// objectFor is a new place for an artifact, with a key in the form of AWS: parts of both names and a random end.
func objectFor(p declaration.Pipeline, name string) Object {
	return Object{p.ArtifactStore.Location, short(p.Name, 20) + "/" + short(name, 10) + "/" + naming.Hex(10)}
}

// short cuts a text to so many bytes, and never within a character.
func short(text string, most int) string { return strings.ToValidUTF8(text[:min(len(text), most)], "") }

// values are the variables that the execution's actions have given so far.
func (e *execution) values() declaration.Values {
	values := declaration.NewValues(e.ID, e.Variables)
	for _, a := range e.Actions {
		if d := e.declared(a); d.Namespace != "" && a.Status == Succeeded && !a.Retired {
			values[d.Namespace] = a.Variables
		}
	}
	return values
}

// artifact returns what the execution's actions made under this name.
func (e *execution) artifact(name string) (artifact, bool) {
	for i := len(e.Actions) - 1; i >= 0; i-- {
		a := e.Actions[i]
		if a.Status != Succeeded || a.Retired {
			continue
		}
		for _, out := range a.Outputs {
			if out.Name == name {
				return out, true
			}
		}
	}
	return artifact{}, false
}
