package engine

import (
	"context"
	"fmt"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
)

// Exec runs a command in a container, as root and on a terminal of its own, and returns its id and its two ends.
func (e *Engine) Exec(ctx context.Context, id string, command []string) (string, types.HijackedResponse, error) {
	made, err := e.docker.ContainerExecCreate(ctx, id, container.ExecOptions{
		User: "0", Tty: true, AttachStdin: true, AttachStdout: true, AttachStderr: true, Env: []string{"TERM=xterm-256color"}, Cmd: command,
	})
	if err != nil {
		return "", types.HijackedResponse{}, fmt.Errorf("running a command in container %.12s: %w", id, err)
	}
	both, err := e.docker.ContainerExecAttach(ctx, made.ID, container.ExecAttachOptions{Tty: true})
	return made.ID, both, err
}

// Resize tells the terminal of a command its size.
func (e *Engine) Resize(ctx context.Context, exec string, columns, rows uint) error {
	return e.docker.ContainerExecResize(ctx, exec, container.ResizeOptions{Width: columns, Height: rows})
}
