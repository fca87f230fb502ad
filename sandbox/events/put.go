package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// Entry is an event that was put, with what has become of it.
type Entry struct {
	Sequence   uint64     `json:"sequence"`
	Event      Event      `json:"event"`
	Deliveries []Delivery `json:"deliveries,omitempty"` // one per target of each rule that matches
}

// Delivery is an event on its way to one target.
type Delivery struct {
	Rule      string `json:"rule"`
	Target    string `json:"target"` // ARN
	State     string `json:"state"`  // pending, delivered or failed
	Attempts  int    `json:"attempts"`
	Error     string `json:"error,omitempty"`     // of the last attempt
	Execution string `json:"execution,omitempty"` // what the target answered
}

// The states of a Delivery.
const (
	Pending   = "pending"
	Delivered = "delivered"
	Failed    = "failed"
)

// keep is how many events the history has.
const keep = 200

// Put stores an event with the deliveries that the rules of this moment ask for, and returns before they are made. An event
// that no rule matches is gone.
// Version, account and region are the service's; id and time too where they are missing.
func (s *Service) Put(_ context.Context, e Event) error {
	e = s.complete(e)
	if err := e.check(); err != nil {
		return err
	}
	text, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encoding an event: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	entry := Entry{Sequence: s.last + 1, Event: e}
	if entry.Deliveries, err = s.deliveries(text); err != nil {
		return err
	}
	if len(entry.Deliveries) == 0 {
		return nil // nobody waits for it
	}
	if err := s.entries.Put(entry.key(), entry); err != nil {
		return fmt.Errorf("storing an event: %w", err)
	}
	s.last++
	s.log.Info("event", "source", e.Source, "type", e.DetailType, "id", e.ID, "deliveries", len(entry.Deliveries))
	s.enqueue(entry)
	return s.trim()
}

// deliveries returns one per target of each enabled rule that an event matches.
func (s *Service) deliveries(event []byte) (all []Delivery, err error) {
	rules, err := s.rules.All()
	if err != nil {
		return nil, err
	}
	targets, err := s.targets.All()
	if err != nil {
		return nil, err
	}
	for _, r := range rules {
		if r.State == disabled {
			continue
		}
		matches, err := r.matches(event)
		if err != nil {
			s.log.Error("an event cannot be matched", "rule", r.Name, "error", err) // the other rules still get it
		}
		for _, t := range targets {
			if matches && t.Rule == r.Name {
				all = append(all, Delivery{Rule: r.Name, Target: t.ARN, State: Pending})
			}
		}
	}
	return all, nil
}

// History returns the events with deliveries that were put last, the newest first.
func (s *Service) History() ([]Entry, error) {
	all, err := s.entries.All()
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all, err
}

// trim forgets the oldest events that have nothing pending.
func (s *Service) trim() error {
	all, err := s.entries.All()
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range all[:max(0, len(all)-keep)] {
		if !e.pending() {
			errs = append(errs, s.entries.Delete(e.key()))
		}
	}
	return errors.Join(errs...)
}

func (e Entry) pending() bool {
	for _, d := range e.Deliveries {
		if d.State == Pending {
			return true
		}
	}
	return false
}

// key sorts entries by their sequence.
func (e Entry) key() string { return sequenceKey(e.Sequence) }

func sequenceKey(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	return "00000000000000000000"[len(digits):] + digits
}
