package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"slipway/sandbox"
)

// startDeadline bounds a start. A restart with many containers to take over needs most of it.
const startDeadline = 60 * time.Second

// ErrRunning is the answer of Start when the sandbox runs already. The record that comes with it is valid.
var ErrRunning = errors.New("the sandbox runs already")

// Start runs command in the background, which must call Serve for cfg.Dir, and waits until the sandbox answers.
// Several starts at once start one process; all but one get ErrRunning.
func Start(ctx context.Context, cfg sandbox.Config, command []string) (Record, error) {
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	if Running(cfg.Dir) {
		r, err := ready(ctx, cfg.Dir, nil)
		return r, errors.Join(err, ErrRunning)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return Record{}, err
	}
	// A record of an earlier process tells the old ports and id, not that this one is up.
	before, _, err := Load(cfg.Dir)
	if err != nil {
		return Record{}, err
	}
	log, err := os.OpenFile(LogPath(cfg.Dir), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return Record{}, err
	}
	defer log.Close()
	offset, err := log.Seek(0, 2)
	if err != nil {
		return Record{}, err
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = cfg.Dir, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return Record{}, err
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	r, err := ready(ctx, cfg.Dir, func(r Record) bool { return !r.Started.Equal(before.Started) }, exited)
	if err != nil {
		return r, fmt.Errorf("starting the sandbox: %w%s", err, tail(LogPath(cfg.Dir), offset))
	}
	return r, nil
}

// ready waits until the sandbox in dir answers. A process that ends first ends the wait.
func ready(ctx context.Context, dir string, fresh func(Record) bool, exited ...chan error) (Record, error) {
	var gone chan error
	if len(exited) > 0 {
		gone = exited[0]
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		r, found, err := Load(dir)
		if err == nil && found && (fresh == nil || fresh(r)) && answers(ctx, r) {
			return r, nil
		}
		select {
		case <-gone:
			if Running(dir) { // another start was faster
				gone, fresh = nil, nil
				continue
			}
			return r, errors.New("it ended at once")
		case <-ctx.Done():
			return r, fmt.Errorf("no answer in %s", startDeadline)
		case <-tick.C:
		}
	}
}

func answers(ctx context.Context, r Record) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.Endpoint()+sandbox.HealthPath, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// tail returns what the process wrote to its log since offset, for an error message.
func tail(path string, offset int64) string {
	b, err := os.ReadFile(filepath.Clean(path))
	if err != nil || int64(len(b)) <= offset {
		return ""
	}
	lines := strings.Split(string(bytes.TrimSpace(b[offset:])), "\n")
	return "\n  " + strings.Join(lines[max(0, len(lines)-10):], "\n  ")
}
