package daemon

import (
	"context"
	"os"
	"time"

	"slipway/sandbox"
)

// Serve runs the sandbox in cfg.Dir until ctx ends. It is what the background process does.
// A sandbox that stood in the folder before comes back as it was, on its own ports.
func Serve(ctx context.Context, cfg sandbox.Config) error {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return err
	}
	held, err := hold(cfg.Dir)
	if err != nil {
		return err
	}
	defer held.Close()
	cfg, err = configure(cfg)
	if err != nil {
		return err
	}
	return sandbox.Serve(ctx, cfg, func(bound sandbox.Config) error {
		return Record{Config: bound, PID: os.Getpid(), Started: time.Now().UTC()}.save()
	})
}
