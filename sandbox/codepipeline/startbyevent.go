package codepipeline

import "context"

// StartByEvent begins the execution that a rule of EventBridge asks for. A delivery that is repeated with the same
// token begins no second one.
func (s *Service) StartByEvent(_ context.Context, pipeline, rule, token string) (string, error) {
	return s.start(pipeline, Trigger{Type: "CloudWatchEvent", Detail: rule}, nil, token)
}
