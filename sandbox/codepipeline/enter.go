package codepipeline

import "slipway/sandbox/codepipeline/declaration"

// Directions of a transition.
const (
	Inbound  = "Inbound"
	Outbound = "Outbound"
)

// overtaken says whether a newer execution waits in front of the same stage of a pipeline that supersedes.
// Executions are superseded between stages only, never in one.
func overtaken(e *execution, others []*execution) bool {
	if e.Declaration.ExecutionMode != declaration.Superseded {
		return false
	}
	for _, o := range others {
		if o.waiting() && o.Stage == e.Stage && o.Number > e.Number {
			return true
		}
	}
	return false
}

// mayEnter says whether the stage in front of an execution is open, unlocked, and nobody is before it in the queue.
func (s *Service) mayEnter(e *execution, others []*execution) bool {
	if s.closed(e) {
		return false
	}
	for _, o := range others {
		if o.ID == e.ID || o.Stage != e.Stage {
			continue
		}
		if o.inStage() || o.waiting() && o.Number < e.Number {
			return false
		}
	}
	return true
}

// closed says whether a transition before an execution's stage is disabled.
func (s *Service) closed(e *execution) bool {
	disabled := s.pipelines[e.Declaration.Name].Disabled
	stages := e.Declaration.Stages
	if _, is := disabled[stages[e.Stage].Name+"/"+Inbound]; is {
		return true
	}
	if e.Stage == 0 {
		return false
	}
	_, is := disabled[stages[e.Stage-1].Name+"/"+Outbound]
	return is
}
