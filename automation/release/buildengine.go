package release

import (
	"context"
	"fmt"
	"strings"

	"github.com/docker/docker/client"
	"github.com/google/go-containerregistry/pkg/authn"

	"slipway/automation/dockerhost"
	"slipway/automation/ui"
	"slipway/images"
	"slipway/sandbox/buildkit"
)

// EngineBuilder builds with the Docker engine itself, in no stack: Pulumi's docker provider (4.10) has no field for the
// secrets of a build, and what a stack is given stays in its state. Nothing of a secret is in the image, in its history
// or in the build's cache unless the Dockerfile puts it there
// (https://docs.docker.com/build/building/secrets, November 2026).
type EngineBuilder struct {
	Args    func(repository string) images.Args
	Secrets map[string][]byte                                            // by the id of RUN --mount=type=secret
	Login   func(ctx context.Context) (user, password string, err error) // to the registry
	Hide    func(...string)                                              // is told the password
	Sink    ui.Sink
}

// Build builds and pushes. Base images of other registries are pulled with what `docker login` keeps.
func (b EngineBuilder) Build(ctx context.Context, to Target) (string, error) {
	image, err := b.image(ctx, to)
	if err != nil {
		return "", err
	}
	if err := dockerhost.Adopt(); err != nil {
		return "", err
	}
	engine, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		return "", fmt.Errorf("choosing the Docker engine: %w", err)
	}
	defer func() { _ = engine.Close() }()
	builder := buildkit.Builder{Engine: engine}
	if _, err := builder.Build(ctx, image); err != nil {
		return "", err
	}
	return builder.Push(ctx, image)
}

func (b EngineBuilder) image(ctx context.Context, to Target) (buildkit.Image, error) {
	args, err := b.Args(to.RepositoryURL).Complete()
	if err != nil {
		return buildkit.Image{}, fmt.Errorf("the image cannot be built:\n%w", err)
	}
	user, password, err := b.Login(ctx)
	if err != nil {
		return buildkit.Image{}, err
	}
	b.Hide(password)
	host, _, _ := strings.Cut(to.RepositoryURL, "/")
	return buildkit.Image{
		Name: to.RepositoryURL + ":" + to.Tag, Context: args.Context, Dockerfile: args.Dockerfile,
		Target: args.Target, Platform: args.Platform, Arguments: args.Arguments,
		Login: buildkit.Login{Host: host, Username: user, Password: password}, Logins: authn.DefaultKeychain,
		Secrets: b.Secrets, Step: func(name string) { b.Sink.Event(ui.Note{Text: name}) },
	}, nil
}
