package release

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/client"

	"slipway/automation/dockerhost"
)

// DockerEngine is the engine that the docker CLI would use.
type DockerEngine struct{}

// pingTime bounds the question: an engine that takes longer is no use to a build.
const pingTime = 5 * time.Second

// Ping asks whether the engine answers.
func (DockerEngine) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	if err := dockerhost.Adopt(); err != nil {
		return err
	}
	engine, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		return err
	}
	defer func() { _ = engine.Close() }()
	_, err = engine.Ping(ctx)
	return err
}

// Exposed lists the TCP ports that an image exposes, in ascending order, when the engine has the image; nothing is pulled.
func (DockerEngine) Exposed(ctx context.Context, image string) []int {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	engine, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil || image == "" {
		return nil
	}
	defer func() { _ = engine.Close() }()
	found, err := engine.ImageInspect(ctx, image)
	if err != nil || found.Config == nil {
		return nil
	}
	var ports []int
	for name := range found.Config.ExposedPorts {
		number, protocol, _ := strings.Cut(name, "/")
		if port, err := strconv.Atoi(number); err == nil && protocol != "udp" {
			ports = append(ports, port)
		}
	}
	slices.Sort(ports)
	return ports
}
