package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/distribution/reference"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/registry"
)

// Auth is a user of a registry; the zero value is nobody.
type Auth struct{ Username, Password string }

// Image is an image that the engine has.
type Image struct {
	ID     string
	Digest string // of the manifest it was pulled by; "" for an image that no registry has
}

// Pull fetches the image of a reference and returns it. A digest that the engine has is not fetched again.
// As with the ECS agent's default, an image that cannot be fetched is used if the engine has it.
func (e *Engine) Pull(ctx context.Context, ref string, auth Auth) (Image, error) {
	named, err := reference.ParseDockerRef(ref)
	if err != nil {
		return Image{}, fmt.Errorf("invalid reference format: %s", ref)
	}
	if _, pinned := named.(reference.Canonical); pinned {
		if got, err := e.image(ctx, named); err == nil {
			return got, nil
		}
	}
	result := e.pulls.DoChan(named.String(), func() (any, error) {
		return nil, e.fetch(context.WithoutCancel(ctx), named, auth)
	})
	select {
	case <-ctx.Done():
		return Image{}, ctx.Err()
	case r := <-result:
		got, err := e.image(ctx, named)
		if err != nil && r.Err != nil {
			return Image{}, r.Err
		}
		return got, err
	}
}

func (e *Engine) fetch(ctx context.Context, ref reference.Named, auth Auth) error {
	var opts image.PullOptions
	if auth != (Auth{}) {
		header, err := registry.EncodeAuthConfig(registry.AuthConfig{Username: auth.Username, Password: auth.Password})
		if err != nil {
			return err
		}
		opts.RegistryAuth = header
	}
	progress, err := e.docker.ImagePull(ctx, ref.String(), opts)
	if err != nil {
		return err
	}
	defer progress.Close()
	return outcome(progress)
}

// outcome reads a pull's progress to its end, where the error is if there was one.
func outcome(progress io.Reader) error {
	for dec := json.NewDecoder(progress); ; {
		var line struct{ Error string }
		if err := dec.Decode(&line); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if line.Error != "" {
			return errors.New(line.Error)
		}
	}
}

func (e *Engine) image(ctx context.Context, ref reference.Named) (Image, error) {
	got, err := e.docker.ImageInspect(ctx, ref.String())
	if err != nil {
		return Image{}, err
	}
	found := Image{ID: got.ID}
	if pinned, ok := ref.(reference.Canonical); ok {
		found.Digest = pinned.Digest().String()
		return found, nil
	}
	for _, d := range got.RepoDigests {
		if name, digest, _ := strings.Cut(d, "@"); name == reference.FamiliarName(ref) || name == ref.Name() {
			found.Digest = digest
		}
	}
	return found, nil
}
