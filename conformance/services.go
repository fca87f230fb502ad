package main

import (
	"encoding/json"
	"path"
	"sync"
)

// forgotten are the fields of an ECS service that the emulator takes and does not give back.
var forgotten = []string{"enableECSManagedTags", "healthCheckGracePeriodSeconds", "placementStrategy"}

// services remembers these fields for each service by its name.
type services struct {
	mu     sync.Mutex
	fields map[string]map[string]any
}

func newServices() *services { return &services{fields: map[string]map[string]any{}} }

// remember takes the body of CreateService or UpdateService. The latter names the service, by name or ARN, in another field.
func (s *services) remember(request []byte) error {
	var asked map[string]any
	if err := json.Unmarshal(request, &asked); err != nil {
		return err
	}
	name, _ := asked["serviceName"].(string)
	if name == "" {
		name, _ = asked["service"].(string)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.fields[path.Base(name)]
	if known == nil {
		known = map[string]any{}
		s.fields[path.Base(name)] = known
	}
	for _, field := range forgotten {
		if value, given := asked[field]; given {
			known[field] = value
		}
	}
	return nil
}

// complete adds the fields to the services of an answer, and what else is to be said of each.
func (s *services) complete(answer []byte, more func(service map[string]any) error) ([]byte, error) {
	var body map[string]any
	if err := json.Unmarshal(answer, &body); err != nil {
		return nil, err
	}
	described, _ := body["services"].([]any)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, each := range append(described, body["service"]) {
		service, ok := each.(map[string]any)
		if !ok {
			continue
		}
		name, _ := service["serviceName"].(string)
		for field, value := range s.fields[name] {
			service[field] = value
		}
		if err := more(service); err != nil {
			return nil, err
		}
	}
	return json.Marshal(body)
}
