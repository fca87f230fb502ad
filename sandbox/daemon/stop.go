package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"slipway/sandbox"
)

// ErrNotRunning is the answer of Stop when there is nothing to stop.
var ErrNotRunning = errors.New("no sandbox runs here")

// Stop ends the process that serves the sandbox in dir and removes its containers, networks and images.
// Unless keep is set it removes the folder too, and with it the state of every stack that stood in this sandbox.
// It also clears away what a killed process has left.
func Stop(ctx context.Context, dir string, keep bool) error {
	r, found, err := Load(dir)
	if err != nil {
		return err
	}
	if !found && !Running(dir) {
		return ErrNotRunning
	}
	if err := end(ctx, r); err != nil {
		return err
	}
	if keep {
		return sandbox.PurgeContainers(ctx, r.Config)
	}
	if err := sandbox.Purge(ctx, r.Config); err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

// end asks the process to end, and after ten seconds kills it.
func end(ctx context.Context, r Record) error {
	if !Running(r.Dir) {
		return nil
	}
	if err := serves(r); err != nil {
		return err
	}
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGTERM, 10 * time.Second}, {syscall.SIGKILL, 5 * time.Second}} {
		if err := syscall.Kill(r.PID, step.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stopping process %d: %w", r.PID, err)
		}
		if gone(ctx, r.Dir, step.wait) {
			return nil
		}
	}
	return fmt.Errorf("process %d, which serves the sandbox in %s, does not end", r.PID, r.Dir)
}

// serves returns an error when the process of the record is not the one that holds the sandbox's lock: its number may be
// somebody else's by now.
func serves(r Record) error {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		return nil // this system does not say what a process has open
	}
	want, err := os.Stat(filepath.Join(r.Dir, lockFile))
	if err != nil {
		return err
	}
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", r.PID))
	for _, f := range files {
		if have, err := os.Stat(f); err == nil && os.SameFile(want, have) {
			return nil
		}
	}
	return fmt.Errorf("the sandbox in %s is held by another process than %d, which its record names: process %d is left alone, stop again "+
		"when the other has started or ended", r.Dir, r.PID, r.PID)
}

func gone(ctx context.Context, dir string, wait time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for Running(dir) {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}
