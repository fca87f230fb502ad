package codepipeline

import (
	"maps"
	"regexp"

	"slipway/sandbox/naming"
)

var reasonForm = regexp.MustCompile(`^[a-zA-Z0-9!@ ().*?-]{1,300}$`)

// setTransition opens or closes the way into or out of a stage. Executions in the stage go on.
func (s *Service) setTransition(name, stage, direction, reason string, open bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.pipelines[name]
	switch {
	case old == nil:
		return errNoPipeline(name)
	case old.Stage(stage) < 0:
		return errNoStage(name, stage)
	case direction != Inbound && direction != Outbound:
		return invalid("the type of a transition is %s or %s, not %q", Inbound, Outbound, direction)
	case !open && !reasonForm.MatchString(reason):
		return invalid("the reason is 1 to 300 letters, digits, spaces and !@().*?-, not %q", reason)
	}
	p := *old
	p.Disabled = maps.Clone(old.Disabled)
	delete(p.Disabled, stage+"/"+direction)
	if !open {
		if p.Disabled == nil {
			p.Disabled = map[string]transition{}
		}
		p.Disabled[stage+"/"+direction] = transition{Reason: reason, By: naming.CallerARN, At: s.Clock.Now().UTC()}
	}
	if err := s.putPipeline(&p); err != nil {
		return err
	}
	return s.advance()
}

func (s *Service) putPipeline(p *pipeline) error {
	if err := s.tables.pipelines.Put(p.Name, *p); err != nil {
		return err
	}
	s.pipelines[p.Name] = p
	s.tell()
	return nil
}
