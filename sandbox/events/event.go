package events

import (
	"encoding/json"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// Event is an event as EventBridge has it.
type Event struct {
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       time.Time       `json:"time"` // whole seconds, UTC
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"` // an object
}

// largest is how many bytes an event may have.
const largest = 256 << 10

// complete fills what the service itself gives an event.
func (s *Service) complete(e Event) Event {
	e.Version, e.Account, e.Region = "0", naming.Account, string(s.region)
	if e.ID == "" {
		e.ID = naming.UUID()
	}
	if e.Time.IsZero() {
		e.Time = s.clock.Now()
	}
	e.Time = e.Time.UTC().Truncate(time.Second)
	if e.Resources == nil {
		e.Resources = []string{}
	}
	return e
}

func (e Event) check() error {
	var detail map[string]json.RawMessage
	switch {
	case e.Source == "" || e.DetailType == "":
		return awsapi.Errorf("InvalidArgument", "an event has a source and a detail-type")
	case json.Unmarshal(e.Detail, &detail) != nil || detail == nil:
		return awsapi.Errorf("MalformedDetail", "Detail is malformed.")
	case len(e.Detail) > largest:
		return awsapi.Errorf("InvalidArgument", "an event has at most %d bytes", largest)
	}
	return nil
}
