package codepipeline

import (
	"encoding/json"
	"slices"

	"slipway/sandbox/store"
)

// tables are what the service has in the store. Every change is one record, written whole.
type tables struct {
	pipelines  *store.Table[pipeline]
	types      *store.Table[actionType]
	executions *store.Table[execution]
}

func openTables(st *store.Store) (t tables, err error) {
	if t.pipelines, err = store.NewTable[pipeline](st, "codepipeline.pipelines"); err != nil {
		return t, err
	}
	if t.types, err = store.NewTable[actionType](st, "codepipeline.actiontypes"); err != nil {
		return t, err
	}
	t.executions, err = store.NewTable[execution](st, "codepipeline.executions")
	return t, err
}

// load reads everything. Executions whose pipeline was deleted by a process that was killed meanwhile go too.
func (s *Service) load() error {
	pipelines, err := s.tables.pipelines.All()
	if err != nil {
		return err
	}
	for _, p := range pipelines {
		s.pipelines[p.Name] = &p
	}
	types, err := s.tables.types.All()
	if err != nil {
		return err
	}
	for _, t := range types {
		s.types[t.ID.String()] = &t
	}
	executions, err := s.tables.executions.All()
	if err != nil {
		return err
	}
	for _, e := range executions {
		if s.pipelines[e.Declaration.Name] == nil {
			if err := s.tables.executions.Delete(e.ID); err != nil {
				return err
			}
			continue
		}
		s.know(&e)
	}
	return nil
}

// know puts a record where it is looked up.
func (s *Service) know(e *execution) {
	s.executions[e.ID] = e
	for _, r := range e.Stages {
		s.entries = max(s.entries, r.Entry)
	}
	for _, a := range e.Actions {
		for _, j := range a.Jobs {
			s.jobs[j.ID] = e.ID
		}
	}
}

// change writes what edit makes of an execution as it is now, and then lets everything go on that can.
// An error of edit changes nothing. The lock is held.
func (s *Service) change(id string, edit func(*execution) error) error {
	next, err := s.executions[id].clone()
	if err != nil {
		return err
	}
	if err := edit(next); err != nil {
		return err
	}
	if err := s.put(next); err != nil {
		return err
	}
	return s.advance()
}

func (s *Service) put(e *execution) error {
	e.Updated = s.Clock.Now().UTC()
	if err := s.tables.executions.Put(e.ID, *e); err != nil {
		return err
	}
	old := s.executions[e.ID]
	s.know(e)
	s.tell()
	s.announce(old, e)
	return nil
}

func (e *execution) clone() (*execution, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	next := new(execution)
	return next, json.Unmarshal(b, next)
}

// of returns the executions of a pipeline, oldest first.
func (s *Service) of(name string) []*execution {
	var all []*execution
	for _, e := range s.executions {
		if e.Declaration.Name == name {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b *execution) int { return a.Number - b.Number })
	return all
}
