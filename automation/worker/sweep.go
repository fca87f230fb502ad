package worker

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// oldest is how long a source may lie here: CodePipeline gives a custom action up after a day.
const oldest = 24 * time.Hour

// sweep removes, now and each hour, what no job can need any more: the sources of executions that were stopped.
func (w *Worker) sweep(ctx context.Context) {
	for {
		for _, dir := range []string{w.folder("sources"), w.folder("downloads")} {
			w.sweepFolder(dir)
		}
		if !w.pause(ctx, time.Hour) {
			return
		}
	}
}

func (w *Worker) sweepFolder(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		w.log.Error("sources cannot be swept", "error", err.Error())
		return
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || w.clock.Since(info.ModTime()) < oldest || w.uses(entry.Name()) {
			continue
		}
		w.log.Info("old source removed", "folder", entry.Name())
		if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
			w.log.Error("source is left behind", "error", err.Error())
		}
	}
}

// uses says whether a job that is held has the file or folder.
func (w *Worker) uses(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, j := range w.held {
		if t := j.status().Trace; t != "" && strings.HasPrefix(name, t) {
			return true
		}
	}
	return false
}
