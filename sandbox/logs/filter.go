package logs

import (
	"context"
	"slices"
	"strings"
)

type filterEventsInput struct {
	Group      string   `json:"logGroupName"`
	Identifier string   `json:"logGroupIdentifier"`
	Streams    []string `json:"logStreamNames"`
	Prefix     string   `json:"logStreamNamePrefix"`
	Start      int64    `json:"startTime"`
	End        int64    `json:"endTime"`
	Pattern    string   `json:"filterPattern"`
	Limit      int      `json:"limit"`
	NextToken  string   `json:"nextToken"`
}

type filterEventsOutput struct {
	Events    []filteredEvent  `json:"events"`
	Searched  []searchedStream `json:"searchedLogStreams"`
	NextToken string           `json:"nextToken,omitempty"`
}

type filteredEvent struct {
	Stream   string `json:"logStreamName"`
	Time     int64  `json:"timestamp"`
	Message  string `json:"message"`
	Ingested int64  `json:"ingestionTime"`
	ID       string `json:"eventId"`
}

type searchedStream struct {
	Name string `json:"logStreamName"`
	Done bool   `json:"searchedCompletely"`
}

// filterEvents finds events of a group in the order of their times. A token is the id of the last event shown.
func (s *Service) filterEvents(_ context.Context, in filterEventsInput) (filterEventsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := filterEventsOutput{Events: []filteredEvent{}, Searched: []searchedStream{}}
	group, err := s.named(in.Group, in.Identifier)
	if err != nil {
		return out, err
	}
	terms, err := parsePattern(in.Pattern)
	if err != nil {
		return out, err
	}
	streams, err := s.chosen(group, in)
	if err != nil {
		return out, err
	}
	var found []event
	for _, st := range streams {
		all, err := st.events(in.Start, in.inclusiveEnd())
		if err != nil {
			return out, err
		}
		found = append(found, slices.DeleteFunc(all, func(e event) bool { return e.ID <= in.NextToken || !terms.matches(e.Message) })...)
	}
	sortEvents(found)
	part := pageOf(found, true, in.Limit)
	for _, e := range part {
		out.Events = append(out.Events, filteredEvent{e.Stream, e.Time, e.Message, e.Ingested, e.ID})
	}
	if len(part) < len(found) {
		out.NextToken = part[len(part)-1].ID
	}
	return out, nil
}

// inclusiveEnd makes the end exclusive, as events takes it: here an event at the end belongs to the range.
func (in filterEventsInput) inclusiveEnd() int64 {
	if in.End == 0 {
		return 0
	}
	return in.End + 1
}

func (s *Service) chosen(group string, in filterEventsInput) (streams []*stream, err error) {
	if len(in.Streams) > 0 && in.Prefix != "" {
		return nil, invalid("logStreamNames and logStreamNamePrefix cannot be used together.")
	}
	for _, name := range in.Streams {
		st, err := s.stream(group, name)
		if err != nil {
			return nil, err
		}
		streams = append(streams, st)
	}
	if len(in.Streams) > 0 {
		return streams, nil
	}
	for name, st := range s.streams[group] {
		if strings.HasPrefix(name, in.Prefix) && (in.Start == 0 || st.last/million >= in.Start) {
			streams = append(streams, st)
		}
	}
	return streams, nil
}
