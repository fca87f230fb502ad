package buildkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	types "github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/registry"
	"github.com/docker/docker/pkg/jsonmessage"
)

// Push sends the image to its registry and returns the digest that the registry has it under.
func (b Builder) Push(ctx context.Context, i Image) (digest string, err error) {
	login, err := registry.EncodeAuthConfig(i.Login.config())
	if err != nil {
		return "", err
	}
	answer, err := b.Engine.ImagePush(ctx, i.Name, types.PushOptions{RegistryAuth: login})
	if err == nil {
		defer answer.Close()
		digest, err = pushed(answer)
	}
	if err != nil {
		return "", fmt.Errorf("pushing %s: %w", i.Name, i.plain(ctx, err))
	}
	return digest, nil
}

// pushed reads what the engine says about a push until its end.
func pushed(from io.Reader) (digest string, err error) {
	for stream := json.NewDecoder(from); ; {
		var m jsonmessage.JSONMessage
		if err := stream.Decode(&m); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return "", err
		}
		if m.Error != nil {
			return "", m.Error
		}
		var result struct{ Digest string }
		if m.Aux != nil && json.Unmarshal(*m.Aux, &result) == nil && result.Digest != "" {
			digest = result.Digest
		}
	}
	if digest == "" {
		return "", errors.New("the engine ended the push without a digest")
	}
	return digest, nil
}
