package sns

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// API returns the actions that SDKs call.
func (s *Service) API() awsapi.Service {
	return awsapi.Service{
		Name: "sns", Protocol: awsapi.Query, Namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
		Refused: map[string]string{
			"Subscribe":           "nobody can subscribe; what is published stands in .slipway/sandbox/topics",
			"ConfirmSubscription": "nobody can subscribe; what is published stands in .slipway/sandbox/topics",
		},
		Actions: map[string]awsapi.Action{
			"CreateTopic": awsapi.Do(s.createTopic),
			"DeleteTopic": awsapi.Do(s.deleteTopic),
			"ListTopics":  awsapi.Do(s.listTopics),
			"Publish":     awsapi.Do(s.publish),
		},
	}
}

// topicName is what a topic may be called (SNS API reference, CreateTopic). FIFO topics are refused.
var topicName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

type nameInput struct{ Name string }

type arnAnswer struct {
	TopicARN string `xml:"TopicArn"`
}

// createTopic answers the topic that is there already, as SNS does.
func (s *Service) createTopic(_ context.Context, in nameInput) (arnAnswer, error) {
	if !topicName.MatchString(in.Name) {
		return arnAnswer{}, invalid("Topic Name")
	}
	there, err := s.exists(in.Name)
	if err == nil && !there {
		err = s.topics.Put(in.Name, topic{Name: in.Name, Created: s.clock.Now().UTC()})
	}
	return arnAnswer{s.region.ARN("sns", in.Name)}, err
}

type topicInput struct{ TopicArn string }

// deleteTopic is no error for a topic that is not there.
func (s *Service) deleteTopic(_ context.Context, in topicInput) (struct{}, error) {
	name := s.name(in.TopicArn)
	if name == "" {
		return struct{}{}, invalid("TopicArn")
	}
	return struct{}{}, s.topics.Delete(name)
}

type topicsAnswer struct {
	Topics []arnAnswer `xml:"Topics>member"`
}

func (s *Service) listTopics(context.Context, struct{}) (topicsAnswer, error) {
	all, err := s.topics.All()
	out := topicsAnswer{}
	for _, t := range all {
		out.Topics = append(out.Topics, arnAnswer{s.region.ARN("sns", t.Name)})
	}
	return out, err
}

type publishInput struct{ TopicArn, Message, Subject string }

type publishAnswer struct {
	MessageID string `xml:"MessageId"`
}

// What a message may be (SNS API reference, Publish, read in November 2026).
const (
	mostMessage = 256 << 10
	mostSubject = 99
)

func (s *Service) publish(_ context.Context, in publishInput) (publishAnswer, error) {
	name := s.name(in.TopicArn)
	odd := func(r rune) bool { return r < ' ' || r > '~' }
	switch {
	case name == "":
		return publishAnswer{}, invalid("TopicArn")
	case in.Message == "":
		return publishAnswer{}, invalid("Empty message")
	case len(in.Message) > mostMessage:
		return publishAnswer{}, invalid("Message too long")
	case len(in.Subject) > mostSubject || strings.ContainsFunc(in.Subject, odd):
		return publishAnswer{}, invalid("Subject")
	}
	there, err := s.exists(name)
	if err != nil {
		return publishAnswer{}, err
	}
	if !there {
		return publishAnswer{}, &awsapi.Error{Code: "NotFound", Message: "Topic does not exist", Status: http.StatusNotFound}
	}
	m := Message{ID: naming.UUID(), Time: s.clock.Now().UTC(), Subject: in.Subject, Message: in.Message}
	return publishAnswer{m.ID}, s.keep(name, m)
}

// Notify is Publish for the other services here.
func (s *Service) Notify(ctx context.Context, topicARN, message string) (string, error) {
	out, err := s.publish(ctx, publishInput{TopicArn: topicARN, Message: message})
	return out.MessageID, err
}

func invalid(what string) error {
	return awsapi.Errorf("InvalidParameter", "Invalid parameter: %s", what)
}
