package sandbox

import (
	"context"
	"fmt"
	"strings"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"

	"slipway/sandbox/ecs/engine"
)

// PurgeContainers removes the containers and the network of a sandbox that nobody serves any more.
// Where no engine runs there is nothing to remove.
func PurgeContainers(ctx context.Context, c Config) error {
	e, err := engine.New(c.ID)
	if err != nil {
		return err
	}
	defer e.Close()
	if err := e.Purge(ctx); err != nil && !client.IsErrConnectionFailed(err) {
		return err
	}
	return nil
}

// Purge removes all that such a sandbox has left on the Docker engine: also the images of its registry.
func Purge(ctx context.Context, c Config) error {
	if err := PurgeContainers(ctx, c); err != nil {
		return err
	}
	docker, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		return err
	}
	defer docker.Close()
	err = purgeImages(ctx, docker, fmt.Sprintf("127.0.0.1:%d/", c.Ports.Registry))
	if err != nil && !client.IsErrConnectionFailed(err) {
		return fmt.Errorf("removing the images of the sandbox's registry: %w", err)
	}
	return nil
}

func purgeImages(ctx context.Context, docker *client.Client, registry string) error {
	images, err := docker.ImageList(ctx, image.ListOptions{})
	if err != nil {
		return err
	}
	for _, i := range images {
		for _, ref := range append(i.RepoTags, i.RepoDigests...) {
			if !strings.HasPrefix(ref, registry) {
				continue
			}
			_, err := docker.ImageRemove(ctx, ref, image.RemoveOptions{})
			if err != nil && !cerrdefs.IsNotFound(err) {
				return err
			}
		}
	}
	return nil
}
