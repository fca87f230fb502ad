package worker

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Who abandons an execution wants its build to stop; CodePipeline takes no report of the job then.
func TestAbandonedExecution(t *testing.T) {
	w := newWorld(t)
	w.adjust = func(worker *Worker) { worker.pace.mind = 5 * time.Millisecond }
	w.running()
	w.until("the execution is asked for", func() bool { return w.pipeline.count("GetPipelineExecution") > 1 })
	if w.jenkins.build(1).result == "ABORTED" {
		t.Fatal("a build was stopped whose execution goes on")
	}
	w.pipeline.set(func() {
		w.pipeline.gone = true
		for _, j := range w.pipeline.jobs {
			j.status = ended
		}
	})
	w.until("the build was stopped", func() bool { return w.jenkins.build(1).result == "ABORTED" })
	w.nothingLeft()
}

// A build that does not end when it is stopped is still at work on its source.
func TestSourceOfABuildThatGoesOn(t *testing.T) {
	w := newWorld(t)
	w.settings.Deadline = 1500 * time.Millisecond
	w.adjust = func(worker *Worker) { worker.pace.stopping = 50 * time.Millisecond }
	w.jenkins.deaf = true
	w.running()
	if _, message := w.failure("j1-c"); !strings.Contains(message, "was stopped, and had not ended") {
		t.Errorf("reported: %s", message)
	}
	w.until("no job is left", func() bool {
		jobs, _ := filepath.Glob(filepath.Join(w.settings.Dir, "jobs/*"))
		return len(jobs) == 0
	})
	if found, _ := os.ReadDir(filepath.Join(w.settings.Dir, "sources")); len(found) != 1 {
		t.Errorf("sources: %v", found)
	}
}
