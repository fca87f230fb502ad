package logs

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

type describeGroupsInput struct {
	Prefix    string `json:"logGroupNamePrefix"`
	Pattern   string `json:"logGroupNamePattern"`
	Limit     int    `json:"limit"`
	NextToken string `json:"nextToken"`
}

type describeGroupsOutput struct {
	Groups    []groupView `json:"logGroups"`
	NextToken string      `json:"nextToken,omitempty"`
}

type groupView struct {
	Name      string `json:"logGroupName"`
	Created   int64  `json:"creationTime"`
	Retention int    `json:"retentionInDays,omitempty"`
	Filters   int    `json:"metricFilterCount"`
	ARN       string `json:"arn"`
	GroupARN  string `json:"logGroupArn"`
	Bytes     int64  `json:"storedBytes"`
	KMSKey    string `json:"kmsKeyId,omitempty"`
	Class     string `json:"logGroupClass"`
}

func (s *Service) describeGroups(_ context.Context, in describeGroupsInput) (describeGroupsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := describeGroupsOutput{Groups: []groupView{}}
	all, err := s.groups.All() // in the order of their names
	if err != nil {
		return out, err
	}
	for _, g := range all {
		if !strings.HasPrefix(g.Name, in.Prefix) || !strings.Contains(g.Name, in.Pattern) || g.Name <= in.NextToken {
			continue
		}
		if len(out.Groups) == cmp.Or(in.Limit, 50) {
			out.NextToken = out.Groups[len(out.Groups)-1].Name
			break
		}
		out.Groups = append(out.Groups, s.view(g))
	}
	return out, nil
}

func (s *Service) view(g group) groupView {
	v := groupView{
		Name: g.Name, Created: g.Created, Retention: g.Retention, ARN: s.arn(g.Name) + ":*", GroupARN: s.arn(g.Name),
		KMSKey: g.KMSKey, Class: cmp.Or(g.Class, "STANDARD"),
	}
	for _, st := range s.streams[g.Name] {
		v.Bytes += st.size
	}
	return v
}

type describeStreamsInput struct {
	Group      string `json:"logGroupName"`
	Identifier string `json:"logGroupIdentifier"`
	Prefix     string `json:"logStreamNamePrefix"`
	OrderBy    string `json:"orderBy"`
	Descending bool   `json:"descending"`
	Limit      int    `json:"limit"`
	NextToken  string `json:"nextToken"`
}

type describeStreamsOutput struct {
	Streams   []streamView `json:"logStreams"`
	NextToken string       `json:"nextToken,omitempty"`
}

type streamView struct {
	Name     string `json:"logStreamName"`
	Created  int64  `json:"creationTime"`
	First    int64  `json:"firstEventTimestamp,omitempty"`
	Last     int64  `json:"lastEventTimestamp,omitempty"`
	Ingested int64  `json:"lastIngestionTime,omitempty"`
	Token    string `json:"uploadSequenceToken"`
	ARN      string `json:"arn"`
	Bytes    int64  `json:"storedBytes"`
}

func (s *Service) describeStreams(_ context.Context, in describeStreamsInput) (describeStreamsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := describeStreamsOutput{Streams: []streamView{}}
	group, err := s.named(in.Group, in.Identifier)
	if err != nil {
		return out, err
	}
	if in.OrderBy == "LastEventTime" && in.Prefix != "" {
		return out, invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
	}
	found := s.sorted(group, in)
	from := 0
	if in.NextToken != "" {
		from = slices.IndexFunc(found, func(st *stream) bool { return fileName(st.name) == in.NextToken })
		if from < 0 {
			return out, invalid("The specified nextToken is invalid.")
		}
	}
	to := min(from+cmp.Or(in.Limit, 50), len(found))
	if to < len(found) {
		out.NextToken = fileName(found[to].name)
	}
	for _, st := range found[from:to] {
		out.Streams = append(out.Streams, streamView{
			Name: st.name, Created: st.created / million, First: st.first / million, Last: st.last / million,
			Ingested: st.ingested / million, Token: "1", ARN: s.arn(group) + ":log-stream:" + st.name,
		})
	}
	return out, nil
}

func (s *Service) sorted(group string, in describeStreamsInput) []*stream {
	var found []*stream
	for _, st := range s.streams[group] {
		if strings.HasPrefix(st.name, in.Prefix) {
			found = append(found, st)
		}
	}
	slices.SortFunc(found, func(a, b *stream) int {
		if in.OrderBy == "LastEventTime" {
			return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.name, b.name))
		}
		return cmp.Compare(a.name, b.name)
	})
	if in.Descending {
		slices.Reverse(found)
	}
	return found
}
