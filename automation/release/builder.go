package release

import (
	"context"
	"fmt"

	"slipway/automation/engine"
)

// BuildStack is the stack that builds one image when it is updated.
type BuildStack interface {
	Outputs
	Update(ctx context.Context, config map[string]string, message string) (engine.Changes, error)
	Destroy(ctx context.Context) (engine.Changes, error)
	Close()
}

// StackBuilder builds with Pulumi. Open answers the stack whose program builds
// an image and pushes it to the target, with the image's digest as its output Digest.
type StackBuilder struct {
	Open func(ctx context.Context, to Target) (BuildStack, error)
}

// Build updates the stack and answers the digest. It is only asked for an image
// that the registry does not have: a stack that sees nothing to do remembers an
// image that is gone, forgets it and builds again.
func (b StackBuilder) Build(ctx context.Context, to Target) (string, error) {
	s, err := b.Open(ctx, to)
	if err != nil {
		return "", err
	}
	defer s.Close()
	message := "build " + to.Tag
	changes, err := s.Update(ctx, nil, message)
	if err == nil && changes.Empty() {
		if _, err = s.Destroy(ctx); err == nil {
			_, err = s.Update(ctx, nil, message)
		}
	}
	if err != nil {
		return "", err
	}
	outputs, err := s.Outputs(ctx)
	if err != nil {
		return "", err
	}
	digest := text(outputs, "Digest")
	if digest == "" {
		return "", fmt.Errorf("the stack that builds has no output Digest")
	}
	return digest, nil
}
