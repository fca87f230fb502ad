package worker

import (
	"strings"
	"testing"
)

// An answer of CodePipeline is lost after the call has had its effect, or the service fails for a while.
func TestAnswersAreLost(t *testing.T) {
	for _, action := range []string{"PollForJobs", "AcknowledgeJob", "PutJobSuccessResult", "GetJobDetails"} {
		for name, prepare := range map[string]func(*pipelines){
			"lost":    func(p *pipelines) { p.lose[action] = 1 },
			"refused": func(p *pipelines) { p.refuse[action] = 5 },
		} {
			t.Run(action+" "+name, func(t *testing.T) {
				w := newWorld(t)
				if action == "GetJobDetails" {
					keys := w.pipeline.keys
					w.pipeline.keys = nil
					w.pipeline.add("j1", nil)
					prepare(w.pipeline)
					w.start()
					w.held("j1")
					w.pipeline.set(func() { w.pipeline.keys = keys })
				} else {
					prepare(w.pipeline)
					w.pipeline.add("j1", nil)
					w.start()
				}
				w.builds(1)
				w.held("j1-c")
				w.jenkins.end(1, "SUCCESS", released)
				w.success("j1-c")
				if n := w.jenkins.count(); n != 1 {
					t.Errorf("there are %d builds", n)
				}
				w.nothingLeft()
			})
		}
	}
}

func TestTheReportIsLost(t *testing.T) {
	w := newWorld(t)
	w.running()
	w.pipeline.set(func() { w.pipeline.lose["PutJobFailureResult"] = 1 })
	w.jenkins.end(1, "FAILURE", "")
	w.failure("j1-c")
	w.nothingLeft()
}

// A commit's message is a variable of its execution and may take all the room: the job has succeeded nevertheless.
func TestTheVariablesHaveNoRoom(t *testing.T) {
	w := newWorld(t)
	w.running()
	w.pipeline.set(func() { w.pipeline.full = true })
	w.jenkins.end(1, "SUCCESS", released)
	if got := w.success("j1-c"); got["outputVariables"] != nil {
		t.Errorf("reported with %v", got)
	}
	w.nothingLeft()
}

// AWS refuses a report for what is in it: it would refuse it again for ever.
func TestTheReportIsRefused(t *testing.T) {
	const forever = 1000
	for name, c := range map[string]struct {
		result, archived string
		reject           map[string]int
		says             string
	}{
		"of a success":             {"SUCCESS", released, map[string]int{"PutJobSuccessResult": forever}, "dev runs 0123456789ab (sha256:aa); build #1"},
		"of a failure, once":       {"FAILURE", "", map[string]int{"PutJobFailureResult": 1}, "the worker's log has the cause"},
		"of a failure, every time": {"FAILURE", "", map[string]int{"PutJobFailureResult": forever}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.running()
			w.pipeline.set(func() { w.pipeline.reject = c.reject })
			w.jenkins.end(1, c.result, c.archived)
			if c.says == "" {
				w.until("the job was given up", func() bool { return strings.Contains(w.log.String(), "the job stays without a report") })
			} else if _, message := w.failure("j1-c"); !strings.Contains(message, c.says) {
				t.Errorf("the message is %q", message)
			}
			w.until("the job is forgotten", func() bool { return w.pipeline.count("PutJobFailureResult") > 0 })
			w.nothingLeft()
		})
	}
}

// CodePipeline may offer a job that was taken already, with the nonce of before or a new one.
func TestAJobIsDeliveredTwice(t *testing.T) {
	w := newWorld(t)
	w.running()
	w.pipeline.set(func() { // as if the acknowledgement were not known there yet
		for _, j := range w.pipeline.jobs {
			if j.id == "j1-c" {
				j.status = waiting
			}
		}
	})
	w.until("it was delivered again", func() bool { return strings.Contains(w.log.String(), "job delivered twice") })
	w.pipeline.set(func() { w.pipeline.jobs[1].status = inProgress })
	w.jenkins.end(1, "SUCCESS", released)
	w.success("j1-c")
	if n := w.jenkins.count(); n != 1 {
		t.Errorf("there are %d builds", n)
	}
}

// A nonce that is used up, with no answer lost, is another worker's.
func TestAnotherWorkerHasTheJob(t *testing.T) {
	w := newWorld(t)
	w.pipeline.add("j1", func(j *pipelineJob) { j.status = inProgress })
	worker, err := New(w.settings, Options{AWS: w.aws, Clock: w.clock, Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	j := &job{Worker: worker, record: record{Job: "j1", Nonce: "stale"}, log: discard()}
	if left := j.run(t.Context()); left {
		t.Error("the job was kept")
	}
	if n := w.jenkins.count() + w.pipeline.count("GetJobDetails") + w.pipeline.count("PutJobFailureResult"); n != 0 {
		t.Error("something was done for it")
	}
	w.nothingLeft()
}

func TestTheExecutionIsStopped(t *testing.T) {
	w := newWorld(t)
	w.running()
	w.pipeline.set(func() { w.pipeline.jobs[1].status = ended })
	w.jenkins.end(1, "SUCCESS", released)
	w.nothingLeft()
	if !strings.Contains(w.log.String(), "no longer waits for it") {
		t.Errorf("the log does not say so:\n%s", w.log)
	}
}

// A stage that is tried again makes another action execution: its build is another one.
func TestARetryIsABuildOfItsOwn(t *testing.T) {
	w := newWorld(t)
	w.running()
	w.jenkins.end(1, "FAILURE", "")
	w.failure("j1-c")
	w.pipeline.add("j2", nil)
	w.builds(2)
	w.jenkins.end(2, "SUCCESS", released)
	w.success("j2-c")
}

func TestTokensThatAreNotOurs(t *testing.T) {
	for _, token := range []string{"deploy-d-123", `{"v":1,"trace":"../../etc","build":1}`, `{"v":2,"trace":"a","build":1}`, `{"v":1,"trace":"a"}`} {
		w := newWorld(t)
		w.pipeline.add("j1", func(j *pipelineJob) { j.token = token })
		w.start()
		if kind, message := w.failure("j1"); kind != "ConfigurationError" || !strings.Contains(message, "continuation token") {
			t.Errorf("%s: %s", kind, message)
		}
		w.stop()
	}
}
