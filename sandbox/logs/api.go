package logs

import (
	"context"
	"strings"

	"slipway/sandbox/awsapi"
)

// API is the part of the CloudWatch Logs API that is answered here.
func (s *Service) API() awsapi.Service {
	return awsapi.Service{Name: "logs", Protocol: awsapi.JSON, Actions: map[string]awsapi.Action{
		"CreateLogGroup":        awsapi.Do(s.createGroup),
		"CreateLogStream":       awsapi.Do(s.createLogStream),
		"DeleteLogGroup":        awsapi.Do(s.deleteGroup),
		"DeleteLogStream":       awsapi.Do(s.deleteLogStream),
		"TagResource":           awsapi.Do(s.addTags),
		"UntagResource":         awsapi.Do(s.removeTags),
		"PutLogEvents":          awsapi.Do(s.putEvents),
		"PutRetentionPolicy":    awsapi.Do(s.putRetention),
		"DeleteRetentionPolicy": awsapi.Do(s.deleteRetention),
		"DescribeLogGroups":     awsapi.Do(s.describeGroups),
		"DescribeLogStreams":    awsapi.Do(s.describeStreams),
		"GetLogEvents":          awsapi.Do(s.getEvents),
		"FilterLogEvents":       awsapi.Do(s.filterEvents),
		"ListTagsForResource":   awsapi.Do(s.listTags),
		"ListTagsLogGroup":      awsapi.Do(s.listGroupTags),
	}, Refused: map[string]string{
		"StartQuery":            "there is no Logs Insights; use filter-log-events, or logs tail",
		"StartLiveTail":         "use logs tail --follow",
		"PutMetricFilter":       "there are no metrics",
		"PutSubscriptionFilter": "nothing subscribes here",
		"CreateExportTask":      "nothing is exported; the events are in .slipway/sandbox/logs",
	}}
}

func invalid(format string, args ...any) error {
	return awsapi.Errorf("InvalidParameterException", format, args...)
}

// named is the group that a request means by its name or its ARN.
func (s *Service) named(name, identifier string) (string, error) {
	if name == "" {
		name = identifier
	}
	if _, resource, ok := strings.Cut(name, ":log-group:"); ok {
		name = strings.TrimSuffix(resource, ":*")
	}
	if name == "" {
		return "", invalid("Exactly one of logGroupName or logGroupIdentifier is required")
	}
	if _, ok := s.streams[name]; !ok {
		return "", errNoGroup()
	}
	return name, nil
}

func (s *Service) arn(group string) string { return s.region.ARN("logs", "log-group:"+group) }

type tagsInput struct {
	ResourceARN  string `json:"resourceArn"`
	LogGroupName string `json:"logGroupName"`
}

type tagsOutput struct {
	Tags map[string]string `json:"tags"`
}

func (s *Service) listTags(ctx context.Context, in tagsInput) (tagsOutput, error) {
	in.LogGroupName = in.ResourceARN
	return s.listGroupTags(ctx, in)
}

func (s *Service) listGroupTags(_ context.Context, in tagsInput) (tagsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, err := s.named(in.LogGroupName, "")
	if err != nil {
		return tagsOutput{}, err
	}
	g, _, err := s.groups.Get(name)
	if g.Tags == nil {
		g.Tags = map[string]string{}
	}
	return tagsOutput{g.Tags}, err
}
