package events

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"slipway/sandbox/guard"
)

// attempts is how often a delivery is tried, and firstPause how long the first wait between two is; each next is double.
const (
	attempts   = 6
	firstPause = time.Second
)

// job is one delivery of one entry.
type job struct {
	sequence uint64
	index    int
}

// load reads the newest sequence number and what is pending.
func (s *Service) load() error {
	all, err := s.entries.All()
	if err != nil {
		return fmt.Errorf("reading the events: %w", err)
	}
	for _, e := range all {
		s.last = max(s.last, e.Sequence)
		s.enqueue(e)
	}
	return nil
}

// enqueue puts the pending deliveries of an entry into the lanes of their targets.
func (s *Service) enqueue(e Entry) {
	for i, d := range e.Deliveries {
		if d.State != Pending {
			continue
		}
		s.lanes[d.Target] = append(s.lanes[d.Target], job{e.Sequence, i})
		if s.wake != nil {
			s.wake(d.Target)
		}
	}
}

// Run makes the deliveries that are pending and those to come until ctx ends. Each target gets its own in order, and
// none waits for another's.
func (s *Service) Run(ctx context.Context) error {
	var lanes sync.WaitGroup
	busy := map[string]bool{}
	s.mu.Lock()
	s.wake = func(arn string) {
		if busy[arn] || ctx.Err() != nil {
			return
		}
		busy[arn] = true
		lanes.Go(func() { s.lane(ctx, arn, busy) })
	}
	for arn := range s.lanes {
		s.wake(arn)
	}
	s.mu.Unlock()
	<-ctx.Done()
	s.mu.Lock()
	s.wake = nil
	s.mu.Unlock()
	lanes.Wait()
	return nil
}

// lane delivers to one target until nothing is left.
func (s *Service) lane(ctx context.Context, arn string, busy map[string]bool) {
	for {
		s.mu.Lock()
		if len(s.lanes[arn]) == 0 || ctx.Err() != nil {
			delete(busy, arn)
			s.mu.Unlock()
			return
		}
		next := s.lanes[arn][0]
		s.mu.Unlock()
		ended := true // a delivery that panics is not tried again before the next start
		_ = guard.Do(s.log, "delivering an event", func() { ended = s.deliver(ctx, next) })
		if !ended {
			continue // ctx has ended: the delivery stays pending
		}
		s.mu.Lock()
		if s.lanes[arn] = s.lanes[arn][1:]; len(s.lanes[arn]) == 0 {
			delete(s.lanes, arn)
		}
		s.mu.Unlock()
	}
}

// deliver tries one delivery until it is delivered or failed, and false when ctx ends before.
func (s *Service) deliver(ctx context.Context, j job) bool {
	for pause := firstPause; ; pause *= 2 {
		d, done := s.attempt(ctx, j)
		if done {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		s.log.Warn("delivering an event", "rule", d.Rule, "target", d.Target, "attempt", d.Attempts, "error", d.Error, "again", pause)
		select {
		case <-ctx.Done():
			return false
		case <-s.clock.After(pause):
		}
	}
}

// attempt tries one delivery once and remembers how it went.
func (s *Service) attempt(ctx context.Context, j job) (d Delivery, done bool) {
	e, found, err := s.entries.Get(sequenceKey(j.sequence))
	if err != nil || !found {
		s.log.Error("an event is lost", "sequence", j.sequence, "error", err)
		return d, true
	}
	d = e.Deliveries[j.index]
	execution, err := s.send(ctx, e, d)
	if err != nil && ctx.Err() != nil {
		return d, false
	}
	d.Attempts++
	switch {
	case err == nil:
		d.State, d.Execution, d.Error = Delivered, execution, ""
	case d.Attempts >= attempts:
		d.State, d.Error = Failed, err.Error()
		s.log.Error("an event was not delivered", "event", e.Event.ID, "rule", d.Rule, "target", d.Target, "attempts", d.Attempts, "error", err)
	default:
		d.Error = err.Error()
	}
	if err := s.note(j, d); err != nil {
		s.log.Error("remembering a delivery", "event", e.Event.ID, "target", d.Target, "error", err)
	}
	return d, d.State != Pending
}

// note stores what became of a delivery.
func (s *Service) note(j job, d Delivery) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, found, err := s.entries.Get(sequenceKey(j.sequence))
	if err != nil || !found {
		return err
	}
	e.Deliveries[j.index] = d
	return s.entries.Put(e.key(), e)
}

// send hands an event to its target.
func (s *Service) send(ctx context.Context, e Entry, d Delivery) (string, error) {
	if s.isTopic(d.Target) && s.topics != nil {
		text, err := json.Marshal(e.Event)
		if err != nil {
			return "", err
		}
		return s.topics.Notify(ctx, d.Target, string(text))
	}
	name, ok := s.pipeline(d.Target)
	if !ok || s.starter == nil {
		return "", fmt.Errorf("nothing here takes events for %s", d.Target)
	}
	return s.starter.StartByEvent(ctx, name, s.ruleARN(d.Rule), e.Event.ID+"-"+d.Rule)
}

func (s *Service) isTopic(arn string) bool {
	name, ok := strings.CutPrefix(arn, s.region.ARN("sns", ""))
	return ok && name != "" && !strings.ContainsAny(name, ":/")
}

// pipeline returns the name of the pipeline that an ARN is of.
func (s *Service) pipeline(arn string) (string, bool) {
	name, ok := strings.CutPrefix(arn, s.region.ARN("codepipeline", ""))
	return name, ok && name != "" && !strings.ContainsAny(name, ":/")
}
