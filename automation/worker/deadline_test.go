package worker

import (
	"log/slog"
	"strings"
	"testing"
	"time"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestABuildThatTakesTooLong(t *testing.T) {
	w := newWorld(t)
	w.settings.Deadline = 1500 * time.Millisecond
	w.running()
	kind, message := w.failure("j1-c")
	if kind != "JobFailed" || !strings.Contains(message, "it took longer than 1.5s and was stopped; the build was aborted. Build #1: https://") {
		t.Errorf("%s: %s", kind, message)
	}
	if w.jenkins.stops != 1 {
		t.Errorf("the build was stopped %d times", w.jenkins.stops)
	}
	w.nothingLeft()
}

func TestAnItemThatWaitsTooLong(t *testing.T) {
	w := newWorld(t)
	w.settings.Deadline = time.Second
	w.jenkins.hold = true
	w.pipeline.add("j1", nil)
	w.start()
	if kind, message := w.failure("j1"); kind != "JobFailed" || !strings.Contains(message, "it waited in Jenkins' queue") {
		t.Errorf("%s: %s", kind, message)
	}
	if !w.jenkins.items[101].cancelled {
		t.Error("the item is still in the queue")
	}
}

// The worker was away when the deadline passed, and the build had done its work by then.
func TestABuildThatEndedWhileNobodyLooked(t *testing.T) {
	w := newWorld(t)
	w.settings.Deadline = 1500 * time.Millisecond
	w.running()
	w.stop()
	w.jenkins.end(1, "SUCCESS", released)
	w.until("the deadline has passed", func() bool {
		return decoded(t, w.pipeline.job("j1-c").token).until().Add(time.Second).Before(time.Now())
	})
	w.start()
	w.success("j1-c")
}

func decoded(t *testing.T, text string) token {
	t.Helper()
	found, err := decodeToken(text)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
