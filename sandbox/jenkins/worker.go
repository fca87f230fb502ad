package jenkins

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/sandbox/jenkins/cloudinit"
	"slipway/sandbox/jenkins/process"
)

// workerUnit is where the user data says how the worker runs.
const workerUnit = "/etc/systemd/system/slipway-worker.service"

const (
	shortestPause = 500 * time.Millisecond // before the worker is started again
	longestPause  = 10 * time.Second
	workerGrace   = 10 * time.Second // from SIGTERM to SIGKILL
	mostLog       = 8 << 20          // bytes of the worker's log, before it begins a new one
)

// worker is slipway-worker.service: a process that is started again whenever it ends.
type worker struct {
	host    *host
	command []string
	dir     string
	umask   os.FileMode
	env     []string
	health  string // the address of its health endpoint
	log     string // the file that it writes to

	mu    sync.Mutex
	ended error // how it ended the last time; nil while it runs
}

// startWorker reads the unit. The process begins when the host serves.
func (h *host) startWorker(context.Context) error {
	content, err := h.written(workerUnit)
	if err != nil {
		return err
	}
	u, err := cloudinit.ParseUnit(content)
	if err != nil {
		return err
	}
	if len(u.ExecStart) == 0 {
		return fmt.Errorf("%s has no ExecStart", workerUnit)
	}
	variables, err := u.Variables(h.written)
	if err != nil {
		return err
	}
	if folder := variables["SLIPWAY_WORKER_DIR"]; !u.MayWrite(folder) {
		return fmt.Errorf("%s lets the worker write to %s, and SLIPWAY_WORKER_DIR is %s: read-only file system", workerUnit, strings.Join(append(u.Folders, u.Writable...), ", "), folder)
	}
	for _, folder := range slices.Concat(u.Folders, u.Writable) {
		if err := os.MkdirAll(h.path(folder), 0o700); err != nil {
			return err
		}
	}
	w := &worker{host: h, umask: u.Umask, dir: h.path(h.home), log: filepath.Join(h.dir, "worker.log")}
	if u.WorkingDirectory != "" {
		w.dir = h.located(u.WorkingDirectory)
	}
	for _, word := range u.ExecStart {
		w.command = append(w.command, h.located(h.local(word)))
	}
	w.env, w.health = w.environment(variables)
	if w.health == "" {
		return errors.New("the worker's environment has no SLIPWAY_WORKER_HEALTH")
	}
	h.worker = w
	return nil
}

// run keeps the worker running until ctx ends. The pause between two starts doubles while it keeps failing.
func (w *worker) run(ctx context.Context) {
	clock := w.host.options.Clock
	process.Sweep(w.cookie()) // what a killed sandbox may have left
	for pause := shortestPause; ctx.Err() == nil; pause = min(2*pause, longestPause) {
		began := clock.Now()
		w.note(nil)
		err := w.once(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = errors.New("exit status 0")
		}
		w.note(err)
		w.host.options.Log.Warn("a worker has ended", "instance", w.host.ID, "error", err)
		if clock.Since(began) > longestPause {
			pause = shortestPause
		}
		timer := clock.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.Chan():
		}
	}
}

func (w *worker) cookie() string { return "worker-" + w.host.ID }

func (w *worker) once(ctx context.Context) error {
	log, err := w.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	line := process.Masked(w.umask, w.command)
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = w.dir, slices.Clone(w.env), log, log
	group, err := process.Start(cmd, w.cookie(), w.host.options.Clock)
	if err != nil {
		return err
	}
	select {
	case <-group.Ended():
		return group.Finish()
	case <-ctx.Done():
		return group.Stop(context.WithoutCancel(ctx), workerGrace, workerGrace)
	}
}

// openLog opens the worker's log. A long one is kept beside as worker.log.1.
func (w *worker) openLog() (*os.File, error) {
	if info, err := os.Stat(w.log); err == nil && info.Size() > mostLog {
		if err := os.Rename(w.log, w.log+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(w.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

func (w *worker) note(ended error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = ended
}

// fault returns how the worker ended and the last lines that it wrote, or nil while it runs.
func (w *worker) fault() error {
	w.mu.Lock()
	ended := w.ended
	w.mu.Unlock()
	if ended == nil {
		return nil
	}
	return fmt.Errorf("the worker ended (%w): %s", ended, w.tail())
}

// tail returns the last lines of the worker's log.
func (w *worker) tail() string {
	const most = 1 << 10
	f, err := os.Open(w.log)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > most {
		_, _ = f.Seek(-most, io.SeekEnd) // else its beginning is shown
	}
	b, _ := io.ReadAll(io.LimitReader(f, most))
	b = bytes.TrimSpace(b)
	lines := strings.Split(string(b), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], "\n")
}
