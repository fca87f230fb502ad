package main

import (
	"encoding/json"
	"sync"
)

// associations remembers the tags of Systems Manager's associations, which the emulator takes and does not give back.
type associations struct {
	mu   sync.Mutex
	tags map[string]json.RawMessage
}

func newAssociations() *associations { return &associations{tags: map[string]json.RawMessage{}} }

// remember takes the tags out of CreateAssociation, for the id that it was answered with.
func (a *associations) remember(request, answer []byte) error {
	var asked struct{ Tags json.RawMessage }
	if err := json.Unmarshal(request, &asked); err != nil {
		return err
	}
	var created struct {
		AssociationDescription struct{ AssociationId string }
	}
	if err := json.Unmarshal(answer, &created); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tags[created.AssociationDescription.AssociationId] = asked.Tags
	return nil
}

// complete answers ListTagsForResource for an association; another answer stays as it is.
func (a *associations) complete(request, answer []byte) ([]byte, error) {
	var asked struct{ ResourceType, ResourceId string }
	if err := json.Unmarshal(request, &asked); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	tags, known := a.tags[asked.ResourceId]
	if asked.ResourceType != "Association" || !known {
		return answer, nil
	}
	return json.Marshal(map[string]json.RawMessage{"TagList": tags})
}
