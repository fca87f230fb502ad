package ecr

import "context"

// Events is the bus that changes are told on.
type Events interface {
	Publish(ctx context.Context, source, detailType string, resources []string, detail any) error
}

type imageAction struct {
	Result       string `json:"result"`
	Repository   string `json:"repository-name"`
	Digest       string `json:"image-digest"`
	Action       string `json:"action-type"`
	Tag          string `json:"image-tag,omitempty"`
	MediaType    string `json:"manifest-media-type,omitempty"`
	ArtifactType string `json:"artifact-media-type,omitempty"`
}

// tell tells that an image was pushed or deleted (ECR user guide, "Amazon ECR events and EventBridge", November 2026).
// Events are best effort: one that cannot be stored is only logged.
func (s *Service) tell(action string, i image, tag string) {
	if s.events == nil {
		return
	}
	detail := imageAction{"SUCCESS", i.Repository, i.Digest, action, tag, i.MediaType, i.ArtifactType}
	if err := s.events.Publish(context.Background(), "aws.ecr", "ECR Image Action", []string{}, detail); err != nil {
		s.log.Error("telling a change of an image", "repository", i.Repository, "digest", i.Digest, "error", err)
	}
}
