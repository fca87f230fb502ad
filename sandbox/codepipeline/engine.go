package codepipeline

import (
	"maps"
	"slices"
	"time"
)

// advance moves every execution as far as it goes: it ends attempts whose time is over, begins actions, lets
// executions into stages and out of them, until nothing changes. All it knows is in the records. The lock is held.
func (s *Service) advance() error {
	for _, name := range slices.Sorted(maps.Keys(s.pipelines)) {
		for {
			moved, err := s.step(name)
			if err != nil {
				return err
			}
			if !moved {
				break
			}
		}
	}
	return nil
}

// step makes one change to one execution of a pipeline, the oldest first.
func (s *Service) step(name string) (moved bool, err error) {
	unfinished := slices.DeleteFunc(s.of(name), (*execution).finished)
	for _, e := range unfinished {
		next, err := e.clone()
		if err != nil {
			return false, err
		}
		if s.expire(next) || s.move(next, unfinished) {
			return true, s.put(next)
		}
	}
	return false, nil
}

// outdated says whether the pipeline of an execution was updated since it began.
func (s *Service) outdated(e *execution) bool {
	return e.Declaration.Version != s.pipelines[e.Declaration.Name].Version
}

// move makes the next change of an execution, and says whether there was one.
func (s *Service) move(e *execution, others []*execution) bool {
	switch {
	case e.Status == Stopping:
		return e.stop()
	case s.outdated(e):
		return e.leaveBehind()
	case e.inStage():
		return s.work(e)
	case overtaken(e, others):
		e.Status = Superseded
		return true
	case s.mayEnter(e, others):
		s.entries++
		e.Stages[e.Stage] = stageRun{Entry: s.entries, Status: InProgress}
		return true
	}
	return false
}

// stop ends an execution whose last action has ended.
func (e *execution) stop() bool {
	if len(e.running()) > 0 {
		return false
	}
	if run := &e.Stages[e.Stage]; run.Status == InProgress {
		if run.Status = Stopped; e.complete() {
			run.Status = Succeeded
		}
	}
	e.Status = Stopped
	return true
}

// complete says whether every action of the execution's stage succeeded.
func (e *execution) complete() bool {
	stage := e.Declaration.Stages[e.Stage]
	for _, d := range stage.Actions {
		if a := e.current(stage.Name, d.Name); a == nil || a.Status != Succeeded {
			return false
		}
	}
	return true
}

// work begins the next actions of the stage, or ends it.
func (s *Service) work(e *execution) bool {
	stage := e.Declaration.Stages[e.Stage]
	for _, group := range stage.Groups() {
		begun, running, failed := false, false, false
		for _, d := range group {
			a := e.current(stage.Name, d.Name)
			switch {
			case a == nil:
				s.begin(e, stage.Name, d)
				begun = true
			case a.Status == InProgress:
				running = true
			case a.Status != Succeeded:
				failed = true
			}
		}
		switch {
		case begun:
			return true
		case running:
			return false
		case failed:
			e.Stages[e.Stage].Status, e.Status = Failed, Failed
			return true
		}
	}
	e.leave()
	return true
}

// leave takes an execution out of a stage that it completed, to the front of the next one.
func (e *execution) leave() {
	e.Stages[e.Stage].Status = Succeeded
	if e.Stage == len(e.Stages)-1 {
		e.Status = Succeeded
		return
	}
	e.Stage++
}

// expire fails attempts that took too long.
func (s *Service) expire(e *execution) (expired bool) {
	now := s.Clock.Now()
	for _, a := range e.running() {
		if a.Deadline.IsZero() || now.Before(a.Deadline) {
			continue
		}
		expired = true
		for _, j := range a.open() {
			j.Status = jobTimedOut
		}
		took := a.Deadline.Sub(a.Started)
		if a.Token != "" {
			s.end(a, Failed, &failure{"JobFailed", "Nobody approved or rejected it within " + took.String() + "."})
		} else {
			s.end(a, Failed, &failure{"JobFailed", "The job took longer than " + took.String() + "."})
		}
	}
	return expired
}

// end is the last change of an attempt.
func (s *Service) end(a *action, status string, why *failure) {
	a.Status, a.Error, a.Updated = status, why, s.Clock.Now().UTC()
}

// next returns when the first attempt's time is over; false when none has an end.
func (s *Service) next() (at time.Time, found bool) {
	for _, e := range s.executions {
		if e.finished() {
			continue
		}
		for _, a := range e.running() {
			if !a.Deadline.IsZero() && (!found || a.Deadline.Before(at)) {
				at, found = a.Deadline, true
			}
		}
	}
	return at, found
}
