package logs

import (
	"context"
	"maps"
	"os"
	"slices"
	"time"

	"slipway/sandbox/awsapi"
)

type createGroupInput struct {
	Name   string            `json:"logGroupName"`
	Class  string            `json:"logGroupClass"`
	KMSKey string            `json:"kmsKeyId"`
	Tags   map[string]string `json:"tags"`
}

func (s *Service) createGroup(_ context.Context, in createGroupInput) (struct{}, error) {
	_, err := groupBehaviour{s}.create(groupInputs{Name: in.Name, Class: in.Class, KMSKey: in.KMSKey, Tags: in.Tags})
	return struct{}{}, err
}

type groupInput struct {
	Name string `json:"logGroupName"`
}

// deleteGroup deletes a group that a stack made to be kept, too: that is the stack's wish, not the group's.
func (s *Service) deleteGroup(_ context.Context, in groupInput) (struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, err := s.named(in.Name, "")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, s.remove(name)
}

type streamInput struct {
	Group string `json:"logGroupName"`
	Name  string `json:"logStreamName"`
}

func (s *Service) createLogStream(ctx context.Context, in streamInput) (struct{}, error) {
	s.mu.Lock()
	_, err := s.stream(in.Group, in.Name)
	s.mu.Unlock()
	if err == nil {
		return struct{}{}, awsapi.Errorf("ResourceAlreadyExistsException", "The specified log stream already exists")
	}
	if in.Name == "" {
		return struct{}{}, invalid("1 validation error detected: Value '' at 'logStreamName' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	return struct{}{}, s.CreateStream(ctx, in.Group, in.Name)
}

func (s *Service) deleteLogStream(_ context.Context, in streamInput) (struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.stream(in.Group, in.Name)
	if err != nil {
		return struct{}{}, err
	}
	delete(s.streams[in.Group], in.Name)
	return struct{}{}, os.Remove(st.path)
}

type putEventsInput struct {
	Group  string      `json:"logGroupName"`
	Stream string      `json:"logStreamName"`
	Events []sentEvent `json:"logEvents"`
	Token  string      `json:"sequenceToken"` // AWS ignores it (API reference, PutLogEvents, November 2026)
}

type sentEvent struct {
	Time    int64  `json:"timestamp"`
	Message string `json:"message"`
}

type putEventsOutput struct {
	Next     string    `json:"nextSequenceToken"`
	Rejected *rejected `json:"rejectedLogEventsInfo,omitempty"`
}

type rejected struct {
	TooNew  *int `json:"tooNewLogEventStartIndex,omitempty"`
	TooOld  *int `json:"tooOldLogEventEndIndex,omitempty"`
	Expired *int `json:"expiredLogEventEndIndex,omitempty"`
}

// What one call may bring (CloudWatch Logs API reference, PutLogEvents, November 2026).
const (
	mostSent   = 10_000
	overhead   = 26 // bytes of every event
	mostAhead  = 2 * time.Hour
	mostBehind = 14 * 24 * time.Hour
	mostSpan   = 24 * time.Hour
)

func (in putEventsInput) check() error {
	bytes := 0
	for _, e := range in.Events {
		bytes += len(e.Message) + overhead
	}
	ordered := slices.IsSortedFunc(in.Events, func(a, b sentEvent) int { return int(a.Time - b.Time) })
	switch n := len(in.Events); {
	case n == 0 || n > mostSent:
		return invalid("1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length from 1 to %d", mostSent)
	case bytes > mostBytes:
		return invalid("Upload too large: %d bytes exceeds limit of %d", bytes, mostBytes)
	case !ordered:
		return invalid("Log events in a single PutLogEvents request must be in chronological order.")
	case in.Events[n-1].Time-in.Events[0].Time > mostSpan.Milliseconds():
		return invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
	}
	return nil
}

func (s *Service) putEvents(ctx context.Context, in putEventsInput) (out putEventsOutput, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	s.mu.Lock()
	_, err = s.stream(in.Group, in.Stream)
	g, _, _ := s.groups.Get(in.Group)
	s.mu.Unlock()
	if err != nil {
		return out, err
	}
	out.Next = "1"
	now, lost := s.clock.Now(), rejected{}
	for i, e := range in.Events {
		at, next := time.UnixMilli(e.Time), i+1
		switch age := now.Sub(at); {
		case age < -mostAhead:
			if lost.TooNew == nil {
				lost.TooNew = &i
			}
		case age > mostBehind:
			lost.TooOld = &next
		case g.Retention > 0 && age > time.Duration(g.Retention)*24*time.Hour:
			lost.Expired = &next
		default:
			if err := s.Append(ctx, in.Group, in.Stream, at, e.Message); err != nil {
				return out, err
			}
		}
	}
	if lost != (rejected{}) {
		out.Rejected = &lost
	}
	return out, nil
}

type retentionInput struct {
	Group string `json:"logGroupName"`
	Days  int    `json:"retentionInDays"`
}

func (s *Service) putRetention(_ context.Context, in retentionInput) (struct{}, error) {
	if err := (groupInputs{Name: in.Group, Retention: in.Days}).check(); err != nil || in.Days == 0 {
		return struct{}{}, invalid("1 validation error detected: Value '%d' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: %v",
			in.Days, retentions[1:])
	}
	return struct{}{}, s.change(in.Group, func(g *group) { g.Retention = in.Days })
}

func (s *Service) deleteRetention(_ context.Context, in groupInput) (struct{}, error) {
	return struct{}{}, s.change(in.Name, func(g *group) { g.Retention = 0 })
}

type tagInput struct {
	ARN  string            `json:"resourceArn"`
	Tags map[string]string `json:"tags"`
	Keys []string          `json:"tagKeys"`
}

func (s *Service) addTags(_ context.Context, in tagInput) (struct{}, error) {
	return struct{}{}, s.change(in.ARN, func(g *group) {
		all := map[string]string{}
		maps.Copy(all, g.Tags)
		maps.Copy(all, in.Tags)
		g.Tags = all
	})
}

func (s *Service) removeTags(_ context.Context, in tagInput) (struct{}, error) {
	return struct{}{}, s.change(in.ARN, func(g *group) {
		maps.DeleteFunc(g.Tags, func(key, _ string) bool { return slices.Contains(in.Keys, key) })
	})
}

// change edits a group that is named by its name or its ARN.
func (s *Service) change(ref string, edit func(*group)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, err := s.named(ref, "")
	if err != nil {
		return err
	}
	g, _, err := s.groups.Get(name)
	if err != nil {
		return err
	}
	edit(&g)
	return s.groups.Put(name, g)
}
