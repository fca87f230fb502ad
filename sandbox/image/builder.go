package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	types "github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/registry"
	"github.com/docker/docker/pkg/jsonmessage"
)

// build builds the image under its name and returns its id.
func (s *Service) build(ctx context.Context, in input, from source) (id string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	link, ended, err := s.open(ctx, from, in.session(), from.folder+" "+from.dockerfile)
	if err != nil {
		return "", err
	}
	defer func() { _ = link.Close(); cancel(); <-ended }()
	answer, err := s.engine.ImageBuild(ctx, nil, in.options(link.ID(), from))
	if err != nil {
		return "", fmt.Errorf("building %s: %w", in.Name, plain(ctx, in, err))
	}
	defer answer.Body.Close()
	id, err = follow(answer.Body)
	if err != nil {
		return "", fmt.Errorf("building %s: %w", in.Name, plain(ctx, in, err))
	}
	return id, nil
}

func (in input) options(session string, from source) types.ImageBuildOptions {
	b := in.Build
	o := types.ImageBuildOptions{
		Version: types.BuilderBuildKit, RemoteContext: "client-session", SessionID: session, BuildID: buildID(),
		Tags: []string{in.tagged()}, Dockerfile: filepath.Base(from.dockerfile), Target: b.Target, Platform: b.Platform,
		NetworkMode: b.Network, ExtraHosts: b.AddHosts, CacheFrom: b.CacheFrom.Images, BuildArgs: map[string]*string{},
	}
	for name, value := range b.Args {
		o.BuildArgs[name] = &value
	}
	if in.Registry.Server != "" {
		login := in.login()
		o.AuthConfigs = map[string]registry.AuthConfig{login.ServerAddress: login}
	}
	return o
}

func (in input) login() registry.AuthConfig {
	return registry.AuthConfig{
		Username: in.Registry.Username, Password: in.Registry.Password, ServerAddress: host(in.Registry.Server),
	}
}

// follow reads what the engine says about a build until its end.
func follow(from io.Reader) (id string, err error) {
	var seen trace
	for stream := json.NewDecoder(from); ; {
		var m jsonmessage.JSONMessage
		if err := stream.Decode(&m); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return "", err
		}
		switch {
		case m.Error != nil:
			return "", seen.failure(m.Error.Message)
		case m.Aux == nil:
		case m.ID == "moby.buildkit.trace":
			seen.add(*m.Aux)
		case m.ID == "moby.image.id":
			var result struct{ ID string }
			if err := json.Unmarshal(*m.Aux, &result); err != nil {
				return "", fmt.Errorf("reading the image's id: %w", err)
			}
			id = result.ID
		}
	}
	if id == "" {
		return "", errors.New("the engine ended the build without an image")
	}
	return id, nil
}

// plain is an error without the password, and the context's own where that was the cause.
func plain(ctx context.Context, in input, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if text := in.clean(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}
