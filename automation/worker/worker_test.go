package worker

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestAJobBecomesABuild(t *testing.T) {
	w := newWorld(t)
	w.pipeline.add("j1", nil)
	w.start()
	first := w.success("j1")
	if got := first["executionDetails"]; !reflect.DeepEqual(got, map[string]any{
		"externalExecutionId": "1", "percentComplete": 99.0, "summary": "build #1 runs: https://jenkins.example.com/job/slipway/1/"}) {
		t.Errorf("the link was published as %v", got)
	}
	if token, _ := first["continuationToken"].(string); token == "" || len(token) > longestToken {
		t.Errorf("the continuation token is %q", token)
	}
	w.held("j1-c")
	parameters := w.jenkins.build(1).parameters
	source := filepath.Join(w.settings.Dir, "sources", "e-1-dev-Deploy-a-j1")
	if want := (map[string]string{"OPERATION": "deploy", "ENVIRONMENT": "dev", "FROM": "", "COMMIT": commit,
		"EXECUTION": "e-1", "JOB": "e-1-dev-Deploy-a-j1", "SOURCE": source}); !reflect.DeepEqual(parameters, want) {
		t.Errorf("the build has the parameters %v, not %v", parameters, want)
	}
	if text, err := os.ReadFile(filepath.Join(source, "images/app/Dockerfile")); err != nil || string(text) != "FROM scratch\n" {
		t.Errorf("the source has %q, %v", text, err)
	}
	w.jenkins.end(1, "SUCCESS", released)
	last := w.success("j1-c")
	if got := last["outputVariables"]; !reflect.DeepEqual(got, map[string]any{"ImageTag": commit, "ImageDigest": "sha256:aa"}) {
		t.Errorf("the output variables are %v", got)
	}
	if details := last["executionDetails"].(map[string]any); details["percentComplete"] != 100.0 || details["externalExecutionId"] != "1" ||
		!strings.Contains(details["summary"].(string), "dev runs 0123456789ab (sha256:aa); build #1: https://") {
		t.Errorf("the end was published as %v", details)
	}
	w.nothingLeft()
	if n := w.pipeline.count("PutJobSuccessResult"); n != 2 {
		t.Errorf("%d results were put for one build", n)
	}
}

func TestBuildsThatFail(t *testing.T) {
	tests := []struct {
		name, result, archived, log string
		kind                        string
		says                        []string
	}{
		{"with a cause", "FAILURE", `{"type":"result","code":4,"data":{"error":{"op":"build the image","cause":"COPY failed:\n no index.php","evidence":["step 3/4"],"next":"docker build images/app","code":4}}}`, "",
			"JobFailed", []string{"build the image: COPY failed: no index.php (step 3/4). Next: docker build images/app. Build #1: https://jenkins.example.com/job/slipway/1/"}},
		{"superseded", "FAILURE", `{"type":"result","code":8,"data":{"outcome":"superseded"}}`, "", "RevisionOutOfSync", []string{"a newer release took over"}},
		{"bad configuration", "FAILURE", `{"type":"result","code":2,"data":{"error":{"op":"reading the configuration","cause":"it cannot be right","code":2}}}`, "", "ConfigurationError", []string{"it cannot be right. Build #1"}},
		{"denied", "FAILURE", `{"type":"result","code":1,"data":{"error":{"op":"push","cause":"AccessDeniedException: no","code":1}}}`, "", "PermissionError", []string{"push: AccessDenied"}},
		{"locked", "FAILURE", `{"type":"result","code":5,"data":{"error":{"op":"lock","cause":"held","code":5}}}`, "", "SystemUnavailable", []string{"lock: held"}},
		{"without a result", "FAILURE", "", "+ go build\n\x1b[31mmain.go:3: syntax error\x1b[0m\nDB_PASSWORD=hunter2222\nsent first-password\nBuild step 'Execute shell' marked build as failure\nArchiving artifacts\nFinished: FAILURE\n",
			"JobFailed", []string{"the build failed; its log ends with: main.go:3: syntax error | DB_PASSWORD=[hidden] | sent [hidden]. Build #1"}},
		{"with rubbish for a result", "FAILURE", "<html>", "it broke", "JobFailed", []string{"it broke"}},
		{"aborted", "ABORTED", "", "", "JobFailed", []string{"the build was aborted. Build #1"}},
		{"well, without a result", "SUCCESS", "", "", "JobFailed", []string{"the build ended well, but archived no result", "Build #1"}},
		{"well, without an image", "SUCCESS", `{"type":"result","code":0,"data":{}}`, "", "JobFailed", []string{"archived no result"}},
		{"well, while the deployer says otherwise", "SUCCESS", `{"type":"result","code":6,"data":{"error":{"op":"roll out","cause":"it crashes","code":6}}}`, "", "JobFailed", []string{"roll out: it crashes"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.pipeline.add("j1", nil)
			w.start()
			w.builds(1)
			w.jenkins.set(func() { w.jenkins.builds[1].log += tt.log })
			w.jenkins.end(1, tt.result, tt.archived)
			kind, message := w.failure("j1-c")
			if kind != tt.kind {
				t.Errorf("the type is %s, not %s", kind, tt.kind)
			}
			for _, want := range tt.says {
				if !strings.Contains(message, want) {
					t.Errorf("the message is\n%s\nwithout\n%s", message, want)
				}
			}
			if strings.Contains(message, "\n") || strings.Contains(message, "hunter2") || strings.Contains(w.log.String(), "first-password") {
				t.Errorf("the message %q or the log is not fit to be shown", message)
			}
			w.nothingLeft()
		})
	}
}

func TestOrdersThatCannotBeRight(t *testing.T) {
	tests := []struct {
		name  string
		alter func(*pipelineJob)
		says  []string
	}{
		{"another operation", func(j *pipelineJob) { j.configuration["Operation"] = "destroy" }, []string{`Operation is "destroy", it must be deploy or promote`}},
		{"nothing", func(j *pipelineJob) { j.configuration = map[string]string{"ProjectName": "slipway"} },
			[]string{"Operation is not set", "Environment is not set", "Commit is not set"}},
		{"a promotion from nowhere", func(j *pipelineJob) { j.configuration["Operation"] = "promote" }, []string{"From is not set"}},
		{"a flag", func(j *pipelineJob) { j.configuration["Environment"] = "--yes" }, []string{`Environment is "--yes"`}},
		{"another project", func(j *pipelineJob) { j.configuration["ProjectName"] = "else" }, []string{`ProjectName is "else", it must be slipway`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.pipeline.add("j1", tt.alter)
			w.start()
			kind, message := w.failure("j1")
			if kind != "ConfigurationError" {
				t.Errorf("the type is %s", kind)
			}
			for _, want := range tt.says {
				if !strings.Contains(message, want) {
					t.Errorf("the message is %q, without %q", message, want)
				}
			}
			if w.jenkins.count() > 0 || len(w.bucket.ranges) > 0 {
				t.Error("something was done for it")
			}
			w.nothingLeft()
		})
	}
}

func TestSeveralJobsAtOnce(t *testing.T) {
	w := newWorld(t)
	w.jenkins.hold = true
	for _, id := range []string{"j1", "j2", "j3"} {
		w.pipeline.add(id, nil)
	}
	w.start()
	w.held("j1")
	w.held("j2")
	w.until("both are in Jenkins' queue", func() bool { w.jenkins.mu.Lock(); defer w.jenkins.mu.Unlock(); return len(w.jenkins.items) == 2 })
	if status := w.pipeline.job("j3").status; status != waiting {
		t.Errorf("the third job is %s", status)
	}
	w.jenkins.set(func() {
		w.jenkins.hold = false
		w.jenkins.started = func(b *hostBuild) {
			b.building, b.result, b.artifacts = false, "SUCCESS", map[string]string{resultName(b.number): released}
		}
		for id := range w.jenkins.items {
			w.jenkins.start(id)
		}
	})
	for _, id := range []string{"j1-c", "j2-c", "j3-c"} {
		w.success(id)
	}
	for _, room := range w.pipeline.batch {
		if room < 1 || room > 2 {
			t.Errorf("a poll asked for %d jobs", room)
		}
	}
	w.nothingLeft()
}
