package worker

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A worker that ends leaves its jobs; the next one takes them up where they were.
func TestTheWorkerIsRestarted(t *testing.T) {
	tests := []struct {
		name  string
		until func(*world)
		after func(*world) // while no worker runs
	}{
		{"while the build waits", func(w *world) {
			w.jenkins.set(func() { w.jenkins.hold = true })
			w.start()
			w.until("the item", func() bool { w.jenkins.mu.Lock(); defer w.jenkins.mu.Unlock(); return len(w.jenkins.items) == 1 })
		}, func(w *world) { w.jenkins.set(func() { w.jenkins.hold = false; w.jenkins.start(101) }) }},
		{"while the build runs", func(w *world) { w.start(); w.held("j1-c") }, func(*world) {}},
		{"between two jobs", func(w *world) {
			w.start()
			w.until("the first job is over", func() bool { return w.pipeline.job("j1").status == succeeded })
		}, func(*world) {}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.pipeline.add("j1", nil)
			tt.until(w)
			w.stop()
			tt.after(w)
			w.start()
			w.held("j1-c")
			w.jenkins.end(1, "SUCCESS", released)
			w.success("j1-c")
			if n := w.jenkins.next; n != 1 {
				t.Errorf("%d builds were asked for", n)
			}
			w.nothingLeft()
		})
	}
}

// The process dies between asking for a build and writing down what came of it, or while it acknowledges: what it wrote
// before tells the next one to look.
func TestTheWorkerDiesBetweenDoingAndNoting(t *testing.T) {
	state := func(w *world, text string) {
		if err := os.MkdirAll(filepath.Join(w.settings.Dir, "jobs"), 0o755); err != nil {
			w.t.Fatal(err)
		}
		w.write(filepath.Join(w.settings.Dir, "jobs", "j1.json"), text)
	}
	until := time.Now().Add(time.Hour).Format(time.RFC3339)
	tests := []struct {
		name, state string
		status      string // of the job, its nonce used up or not
		builds      int    // there are before
		asked       int    // builds asked for in the end
	}{
		{"the build was asked for", `{"job":"j1","nonce":"n","acknowledging":true,"acknowledged":true,"trace":"e-1-dev-Deploy-a-j1","triggers":1,"deadline":"` + until + `"}`, inProgress, 1, 1},
		{"the build was about to be asked for", `{"job":"j1","nonce":"n","acknowledging":true,"acknowledged":true,"trace":"e-1-dev-Deploy-a-j1","triggers":1,"deadline":"` + until + `"}`, inProgress, 0, 1},
		{"the job was acknowledged", `{"job":"j1","nonce":"n","acknowledging":true,"deadline":"` + until + `"}`, inProgress, 0, 1},
		{"the job was about to be acknowledged", `{"job":"j1","nonce":"n","deadline":"` + until + `"}`, dispatched, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.pipeline.add("j1", func(j *pipelineJob) { j.status, j.nonce = tt.status, "n" })
			if tt.builds == 1 {
				w.jenkins.set(func() {
					w.jenkins.next = 1
					w.jenkins.items[101] = &hostItem{parameters: map[string]string{"JOB": "e-1-dev-Deploy-a-j1"}}
					w.jenkins.start(101)
				})
			}
			state(w, tt.state)
			w.start()
			w.held("j1-c")
			w.jenkins.end(1, "SUCCESS", released)
			w.success("j1-c")
			if n := w.jenkins.next; n != tt.asked {
				t.Errorf("%d builds were asked for", n)
			}
			w.nothingLeft()
		})
	}
}

func TestStateThatIsBroken(t *testing.T) {
	w := newWorld(t)
	jobs := filepath.Join(w.settings.Dir, "jobs")
	if err := os.MkdirAll(jobs, 0o755); err != nil {
		t.Fatal(err)
	}
	w.write(filepath.Join(jobs, "j0.json"), `{"job":"j0","no`)
	w.write(filepath.Join(jobs, "j9.json"), `{"job":"j9","nonce":"n"}`) // codepipeline does not know it
	w.running()
	w.until("the one is moved aside", func() bool { _, err := os.Stat(filepath.Join(jobs, "j0.json.broken")); return err == nil })
	w.until("the other is forgotten", func() bool { _, err := os.Stat(filepath.Join(jobs, "j9.json")); return os.IsNotExist(err) })
	if !strings.Contains(w.log.String(), "state of jobs is lost") {
		t.Errorf("the log does not say so:\n%s", w.log)
	}
}

func TestOneFolderOneWorker(t *testing.T) {
	w := newWorld(t)
	first := w.start()
	w.until("the first runs", func() bool { return w.pipeline.count("PollForJobs") > 0 })
	second, err := New(w.settings, Options{AWS: w.aws, Log: first.log, Clock: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "another worker uses") {
		t.Errorf("the second ended with %v", err)
	}
}
