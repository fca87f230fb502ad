package logs

import (
	"cmp"
	"context"
	"strings"
)

// mostEvents and mostBytes bound one answer, as AWS does.
const (
	mostEvents = 10_000
	mostBytes  = 1 << 20
)

type getEventsInput struct {
	Group         string `json:"logGroupName"`
	Identifier    string `json:"logGroupIdentifier"`
	Stream        string `json:"logStreamName"`
	Start         int64  `json:"startTime"`
	End           int64  `json:"endTime"`
	Limit         int    `json:"limit"`
	NextToken     string `json:"nextToken"`
	StartFromHead bool   `json:"startFromHead"`
}

type getEventsOutput struct {
	Events   []outputEvent `json:"events"`
	Forward  string        `json:"nextForwardToken"`
	Backward string        `json:"nextBackwardToken"`
}

type outputEvent struct {
	Time     int64  `json:"timestamp"`
	Message  string `json:"message"`
	Ingested int64  `json:"ingestionTime"`
}

// none is the id in the tokens of a page without an event.
var none = strings.Repeat("0", 56)

// getEvents pages in both directions. At the end it returns the very token that it was given,
// which is how clients know the end.
func (s *Service) getEvents(_ context.Context, in getEventsInput) (getEventsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := getEventsOutput{Events: []outputEvent{}}
	group, err := s.named(in.Group, in.Identifier)
	if err != nil {
		return out, err
	}
	st, err := s.stream(group, in.Stream)
	if err != nil {
		return out, err
	}
	all, err := st.events(in.Start, in.End)
	if err != nil {
		return out, err
	}
	forward, at, err := in.position()
	if err != nil {
		return out, err
	}
	part := pageOf(beyond(all, forward, at), forward, in.Limit)
	first, last := cmp.Or(at, none), cmp.Or(at, none)
	if len(part) > 0 {
		first, last = part[0].ID, part[len(part)-1].ID
	}
	out.Forward, out.Backward = "f/"+last+"/s", "b/"+first+"/s"
	for _, e := range part {
		out.Events = append(out.Events, outputEvent{e.Time, e.Message, e.Ingested})
	}
	return out, nil
}

// position reads the direction and the id of the event that the last page ended with.
func (in getEventsInput) position() (forward bool, at string, err error) {
	if in.NextToken == "" {
		return in.StartFromHead, "", nil
	}
	parts := strings.Split(in.NextToken, "/")
	if len(parts) != 3 || (parts[0] != "f" && parts[0] != "b") || len(parts[1]) != len(none) {
		return false, "", invalid("The specified nextToken is invalid.")
	}
	return parts[0] == "f", parts[1], nil
}

func beyond(all []event, forward bool, at string) (found []event) {
	for _, e := range all {
		if at == "" || (forward && e.ID > at) || (!forward && e.ID < at) {
			found = append(found, e)
		}
	}
	return found
}

// pageOf takes one answer's worth of events, from the front or from the back.
func pageOf(all []event, forward bool, limit int) []event {
	if limit <= 0 || limit > mostEvents {
		limit = mostEvents
	}
	size := 0
	for n := range all {
		i := n
		if !forward {
			i = len(all) - 1 - n
		}
		size += len(all[i].Message)
		if n == limit || (size > mostBytes && n > 0) {
			if forward {
				return all[:n]
			}
			return all[len(all)-n:]
		}
	}
	return all
}
