package ecs

import (
	"bytes"
	"encoding/json"
	"sync"

	"slipway/sandbox/store"
)

// tables are the records on disk. A record that has not changed is not written again.
type tables struct {
	clusters    *store.Table[json.RawMessage]
	definitions *store.Table[json.RawMessage]
	services    *store.Table[json.RawMessage]
	tasks       *store.Table[json.RawMessage]
	metadata    *store.Table[string]
	mu          sync.Mutex
	written     map[string][]byte
}

func (s *Service) load() (err error) {
	t := &s.tables
	t.written = map[string][]byte{}
	if s.clusters, err = loadTable(s.Store, &t.clusters, "ecs.clusters", func(c *cluster) string { return c.ClusterName }); err != nil {
		return err
	}
	if s.definitions, err = loadTable(s.Store, &t.definitions, "ecs.definitions", (*taskDefinition).key); err != nil {
		return err
	}
	if s.services, err = loadTable(s.Store, &t.services, "ecs.services", (*service).key); err != nil {
		return err
	}
	if s.tasks, err = loadTable(s.Store, &t.tasks, "ecs.tasks", func(t *task) string { return t.Internal.ID }); err != nil {
		return err
	}
	t.metadata, err = store.NewTable[string](s.Store, "ecs.metadata")
	return err
}

func loadTable[T any](st *store.Store, table **store.Table[json.RawMessage], name string, key func(*T) string) (map[string]*T, error) {
	var err error
	if *table, err = store.NewTable[json.RawMessage](st, name); err != nil {
		return nil, err
	}
	all, err := (*table).All()
	if err != nil {
		return nil, err
	}
	records := map[string]*T{}
	for _, raw := range all {
		v := new(T)
		if err := json.Unmarshal(raw, v); err != nil {
			return nil, err
		}
		records[key(v)] = v
	}
	return records, nil
}

// put writes a record. One that cannot be written is reported; the sandbox goes on with what it has in memory.
func (s *Service) put(table *store.Table[json.RawMessage], name, key string, record any) {
	b, err := json.Marshal(record)
	if err != nil {
		s.Log.Error("encoding a record", "table", name, "key", key, "error", err)
		return
	}
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	if bytes.Equal(s.tables.written[name+key], b) {
		return
	}
	if err := table.Put(key, b); err != nil {
		s.Log.Error("writing a record", "table", name, "key", key, "error", err)
		return
	}
	s.tables.written[name+key] = b
}

func (s *Service) remove(table *store.Table[json.RawMessage], name, key string) {
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	delete(s.tables.written, name+key)
	if err := table.Delete(key); err != nil {
		s.Log.Error("deleting a record", "table", name, "key", key, "error", err)
	}
}

func (s *Service) saveCluster(c *cluster) { s.put(s.tables.clusters, "c/", c.ClusterName, c) }

func (s *Service) saveDefinition(d *taskDefinition) {
	s.put(s.tables.definitions, "d/", d.key(), d)
}

// saveService also wakes those who wait for a change.
func (s *Service) saveService(v *service) {
	s.put(s.tables.services, "s/", v.key(), v)
	s.broadcast()
}

func (s *Service) saveTask(t *task) {
	t.Version++
	s.put(s.tables.tasks, "t/", t.Internal.ID, t)
	s.tellTask(t)
	s.wakeService(t.Internal.Service)
}

func (s *Service) broadcast() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Service) wakeService(key string) {
	if wake := s.wakes[key]; wake != nil {
		nudge(wake)
	}
}
