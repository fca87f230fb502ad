package release

import (
	"context"
	"time"

	"github.com/docker/docker/client"
)

// DockerEngine is the engine that DOCKER_HOST names, or the local one.
type DockerEngine struct{}

// pingTime bounds the question: an engine that takes longer is no use to a build.
const pingTime = 5 * time.Second

// Ping asks whether the engine answers.
func (DockerEngine) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	engine, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		return err
	}
	defer func() { _ = engine.Close() }()
	_, err = engine.Ping(ctx)
	return err
}
