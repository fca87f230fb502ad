package worker

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// running starts a worker and a build, and waits until the continued job is held.
func (w *world) running() *Worker {
	w.t.Helper()
	w.pipeline.add("j1", nil)
	worker := w.start()
	w.builds(1)
	w.held("j1-c")
	return worker
}

// restart takes Jenkins down, lets the worker see that, and brings it up with what is left of it.
func (w *world) restart(left func()) {
	w.t.Helper()
	w.jenkins.down()
	w.until("the worker sees that Jenkins is away", func() bool { return strings.Contains(w.log.String(), "looking at the build did not work") })
	w.jenkins.set(func() {
		w.jenkins.boot++
		left()
	})
	w.jenkins.up()
}

func TestJenkinsIsRestartedInMidBuild(t *testing.T) {
	tests := []struct {
		name string
		left func(*host)
		says string
	}{
		{"the build is aborted", func(h *host) { h.builds[1].building, h.builds[1].result = false, "ABORTED" }, "the build was aborted: Jenkins was away for "},
		{"the build has failed", func(h *host) { h.builds[1].building, h.builds[1].result = false, "FAILURE" }, "the build failed: Jenkins was away for "},
		{"the build is gone", func(h *host) { delete(h.builds, 1) }, "Jenkins no longer knows build #1: Jenkins was away for "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.running()
			w.restart(func() { tt.left(w.jenkins) })
			kind, message := w.failure("j1-c")
			if kind != "SystemUnavailable" || !strings.Contains(message, tt.says) {
				t.Errorf("%s: %s", kind, message)
			}
			w.nothingLeft()
		})
	}
}

// A network that breaks is no restart: the build goes on, and so does the job.
func TestTheBuildOutlivesAnAbsence(t *testing.T) {
	w := newWorld(t)
	w.running()
	w.restart(func() {})
	w.jenkins.end(1, "SUCCESS", released)
	w.success("j1-c")
}

func TestJenkinsStaysAway(t *testing.T) {
	w := newWorld(t)
	w.adjust = func(worker *Worker) { worker.pace.patience = 50 * time.Millisecond }
	w.running()
	w.jenkins.down()
	if kind, message := w.failure("j1-c"); kind != "SystemUnavailable" || !strings.Contains(message, "looking at the build did not work for 50ms") {
		t.Errorf("%s: %s", kind, message)
	}
}

func TestThePasswordChangesAtABoot(t *testing.T) {
	w := newWorld(t)
	w.running()
	w.restart(func() {
		w.write(w.settings.PasswordFile, "second-password")
		w.jenkins.password = "second-password"
	})
	w.jenkins.end(1, "SUCCESS", released)
	w.success("j1-c")
	w.pipeline.add("j2", nil) // starts a build: the crumb is another one, too
	w.builds(2)
	w.jenkins.end(2, "SUCCESS", released)
	w.success("j2-c")
}

func TestTheQueueItemIsLost(t *testing.T) {
	t.Run("and its build is there", func(t *testing.T) {
		w := newWorld(t)
		w.jenkins.hold = true
		w.pipeline.add("j1", nil)
		w.start()
		w.until("the item", func() bool { w.jenkins.mu.Lock(); defer w.jenkins.mu.Unlock(); return len(w.jenkins.items) == 1 })
		w.jenkins.set(func() {
			w.jenkins.start(101)
			delete(w.jenkins.items, 101)
		})
		w.held("j1-c")
		w.jenkins.end(1, "SUCCESS", released)
		w.success("j1-c")
		if n := w.jenkins.next; n != 1 {
			t.Errorf("%d builds were asked for", n)
		}
	})
	t.Run("and nothing else is there", func(t *testing.T) {
		w := newWorld(t)
		w.jenkins.vanish = true
		w.pipeline.add("j1", nil)
		w.start()
		w.held("j1-c")
		w.jenkins.end(1, "SUCCESS", released)
		w.success("j1-c")
		if n := w.jenkins.next; n != 2 {
			t.Errorf("%d builds were asked for", n)
		}
	})
	t.Run("again and again", func(t *testing.T) {
		w := newWorld(t)
		w.jenkins.hold = true
		w.pipeline.add("j1", nil)
		w.start()
		for n := 1; n <= 2; n++ {
			w.until("the item", func() bool { w.jenkins.mu.Lock(); defer w.jenkins.mu.Unlock(); return w.jenkins.next == n })
			w.jenkins.set(func() { clear(w.jenkins.items) })
		}
		if kind, message := w.failure("j1"); kind != "SystemUnavailable" || !strings.Contains(message, "lost the build twice") {
			t.Errorf("%s: %s", kind, message)
		}
		if n := w.jenkins.next; n != 2 {
			t.Errorf("%d builds were asked for", n)
		}
	})
}

func TestTheAnswerToTheTriggerIsLost(t *testing.T) {
	w := newWorld(t)
	w.jenkins.lose = true
	w.running()
	w.jenkins.end(1, "SUCCESS", released)
	w.success("j1-c")
	if n := w.jenkins.count(); n != 1 {
		t.Errorf("there are %d builds", n)
	}
}

func TestTheQueueItemIsCancelled(t *testing.T) {
	w := newWorld(t)
	w.jenkins.hold = true
	w.pipeline.add("j1", nil)
	w.start()
	w.until("the item", func() bool { w.jenkins.mu.Lock(); defer w.jenkins.mu.Unlock(); return len(w.jenkins.items) == 1 })
	w.jenkins.set(func() { w.jenkins.items[101].cancelled = true })
	if kind, message := w.failure("j1"); kind != "JobFailed" || !strings.Contains(message, "cancelled in Jenkins' queue") {
		t.Errorf("%s: %s", kind, message)
	}
}

func TestJenkinsIsNotUpYet(t *testing.T) {
	w := newWorld(t)
	w.jenkins.down()
	w.pipeline.add("j1", nil)
	w.start()
	w.until("the source is there", func() bool {
		found, _ := filepath.Glob(filepath.Join(w.settings.Dir, "sources", "*[0-9]"))
		return len(found) == 1
	})
	w.jenkins.up()
	w.builds(1)
	w.held("j1-c")
	w.jenkins.end(1, "SUCCESS", released)
	w.success("j1-c")
}
