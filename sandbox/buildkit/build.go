package buildkit

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

// Build builds the image under its name and returns its id.
func (b Builder) Build(ctx context.Context, i Image) (id string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	source := i.Context + " " + i.Dockerfile
	i, done, err := b.withStandIns(ctx, i)
	if err != nil {
		return "", fmt.Errorf("building %s: %w", i.Name, err)
	}
	defer done()
	link, ended, err := b.open(ctx, i, source)
	if err != nil {
		return "", err
	}
	defer func() { _ = link.Close(); cancel(); <-ended }()
	answer, err := b.Engine.ImageBuild(ctx, nil, i.options(link.ID()))
	if err != nil {
		return "", fmt.Errorf("building %s: %w", i.Name, i.plain(ctx, err))
	}
	defer answer.Body.Close()
	id, err = follow(answer.Body, i.Step)
	if err != nil {
		return "", fmt.Errorf("building %s: %w", i.Name, i.plain(ctx, err))
	}
	return id, nil
}

func (i Image) options(session string) types.ImageBuildOptions {
	o := types.ImageBuildOptions{
		Version: types.BuilderBuildKit, RemoteContext: "client-session", SessionID: session, BuildID: buildID(),
		Tags: []string{i.Name}, Dockerfile: filepath.Base(i.Dockerfile), Target: i.Target, Platform: i.Platform,
		NetworkMode: i.Network, ExtraHosts: i.Hosts, CacheFrom: i.CacheFrom, BuildArgs: map[string]*string{},
	}
	for name, value := range i.Arguments {
		o.BuildArgs[name] = &value
	}
	if i.Login.Host != "" {
		o.AuthConfigs = map[string]registry.AuthConfig{i.Login.Host: i.Login.config()}
	}
	return o
}

// follow reads what the engine says about a build until its end.
func follow(from io.Reader, step func(string)) (id string, err error) {
	seen := trace{step: step}
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
func (i Image) plain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if text := i.clean(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}
