package codepipeline

import (
	"context"
	"encoding/json"
)

// Topics takes what is sent to topics.
type Topics interface {
	Notify(ctx context.Context, topicARN, message string) (messageID string, err error)
}

// approvalNote is what a topic is told (CodePipeline user guide, "JSON data format for manual approval notifications",
// November 2026).
type approvalNote struct {
	Region   string        `json:"region"`
	Console  string        `json:"consoleLink"`
	Approval approvalAsked `json:"approval"`
}

type approvalAsked struct {
	Pipeline string `json:"pipelineName"`
	Stage    string `json:"stageName"`
	Action   string `json:"actionName"`
	Token    string `json:"token"`
	Expires  string `json:"expires"`
	Entity   string `json:"externalEntityLink,omitempty"`
	Review   string `json:"approvalReviewLink"`
	Custom   string `json:"customData,omitempty"`
}

// ask tells the topic of an approval that somebody is waited for. It is not tried again.
func (s *Service) ask(e *execution, a *action) {
	topic := a.Configuration["NotificationArn"]
	if s.Topics == nil || a.Token == "" || a.Status != InProgress || topic == "" {
		return
	}
	link := s.Console + "/codesuite/codepipeline/pipelines/" + e.Declaration.Name + "/view?region=" + string(s.region)
	text, err := json.Marshal(approvalNote{string(s.region), link, approvalAsked{
		e.Declaration.Name, a.Stage, a.Name, a.Token, a.Deadline.UTC().Format("2006-01-02T15:04Z"), a.Configuration["ExternalEntityLink"],
		link, a.Configuration["CustomData"],
	}})
	if err == nil {
		_, err = s.Topics.Notify(context.Background(), topic, string(text))
	}
	if err != nil {
		s.Log.Warn("telling a topic of an approval", "pipeline", e.Declaration.Name, "topic", topic, "error", err)
	}
}
