package controller_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/jenkins/controller"
)

// jenkins is a Jenkins with one job, over HTTP.
type jenkins struct {
	*controller.Controller
	t    *testing.T
	url  string
	http *http.Client
}

// job is a config.xml with a shell step.
func job(concurrent bool, script, more string) string {
	return fmt.Sprintf(`<?xml version='1.1' encoding='UTF-8'?>
<project><properties><hudson.model.ParametersDefinitionProperty><parameterDefinitions>
<hudson.model.StringParameterDefinition><name>GATE</name></hudson.model.StringParameterDefinition>
</parameterDefinitions></hudson.model.ParametersDefinitionProperty></properties>
<scm class="hudson.scm.NullSCM"/><concurrentBuild>%v</concurrentBuild>
<builders><hudson.tasks.Shell><command>%s</command></hudson.tasks.Shell></builders>%s</project>`, concurrent, script, more)
}

// gate is a script that begins, and ends when the file GATE is there.
const gate = `#!/bin/bash
echo begun in $(basename $WORKSPACE) on $EXECUTOR_NUMBER
while [[ ! -e $GATE ]]; do read -rt 0.02 &lt;&gt; &lt;(:); done
exit 0`

func open(t *testing.T, home, config string) *jenkins {
	t.Helper()
	dir := filepath.Join(home, "jobs", "app")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.xml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := controller.Open(controller.Config{
		Home: home, Settings: controller.Settings{Executors: 2, Users: map[string]string{"ada": "secret"}}, Version: "1.2.3",
		Path: os.Getenv("PATH"), StopGrace: 10 * time.Second, MaxBuild: time.Hour, Clock: clockwork.NewRealClock(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	server := httptest.NewServer(c.Handler())
	t.Cleanup(func() {
		server.Close()
		cancel()
		<-done
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &jenkins{c, t, server.URL, &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (j *jenkins) do(method, path, user, password, crumb string, form url.Values) (*http.Response, string) {
	j.t.Helper()
	req, err := http.NewRequestWithContext(j.t.Context(), method, j.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		j.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if user != "" {
		req.SetBasicAuth(user, password)
	}
	if crumb != "" {
		req.Header.Set("Jenkins-Crumb", crumb)
	}
	answer, err := j.http.Do(req)
	if err != nil {
		j.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		j.t.Fatal(err)
	}
	return answer, string(body)
}

func (j *jenkins) get(path string) (*http.Response, string) {
	j.t.Helper()
	return j.do(http.MethodGet, path, "ada", "secret", "", nil)
}

func (j *jenkins) json(path string, v any) {
	j.t.Helper()
	answer, body := j.get(path)
	if answer.StatusCode != http.StatusOK {
		j.t.Fatalf("%s answers %s: %s", path, answer.Status, body)
	}
	if err := json.Unmarshal([]byte(body), v); err != nil {
		j.t.Fatal(err)
	}
}

func (j *jenkins) crumb() string {
	var c struct{ Crumb string }
	j.json("/crumbIssuer/api/json", &c)
	return c.Crumb
}

func (j *jenkins) post(path string, form url.Values) *http.Response {
	j.t.Helper()
	answer, body := j.do(http.MethodPost, path, "ada", "secret", j.crumb(), form)
	if answer.StatusCode >= http.StatusBadRequest {
		j.t.Fatalf("%s answers %s: %s", path, answer.Status, body)
	}
	return answer
}

// start queues a build behind a gate, and returns the path of its item and the gate.
func (j *jenkins) start() (item, gate string) {
	j.t.Helper()
	gate = filepath.Join(j.t.TempDir(), "gate")
	answer := j.post("/job/app/buildWithParameters?delay=0sec", url.Values{"GATE": {gate}})
	if answer.StatusCode != http.StatusCreated {
		j.t.Errorf("starting answers %s", answer.Status)
	}
	return strings.TrimPrefix(answer.Header.Get("Location"), j.url), gate
}

func (j *jenkins) lift(gate string) {
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		j.t.Fatal(err)
	}
}

type item struct {
	Class      string `json:"_class"`
	Why        string
	Blocked    bool
	Cancelled  bool
	Executable *struct{ Number int }
}

func (j *jenkins) item(path string) (i item) {
	j.t.Helper()
	j.json(path+"api/json", &i)
	return i
}

func (j *jenkins) log(build string) string {
	_, body := j.get("/job/app/" + build + "/consoleText")
	return body
}

func (j *jenkins) until(what string, so func() bool) {
	j.t.Helper()
	deadline, tick := time.After(30*time.Second), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			j.t.Fatalf("%s does not come", what)
		}
	}
}

func (j *jenkins) ended(build, result string) {
	j.t.Helper()
	var b struct {
		Building bool
		Result   *string
	}
	j.until("the end of "+build, func() bool {
		j.json("/job/app/"+build+"/api/json?tree=building,result", &b)
		return !b.Building
	})
	if b.Result == nil || *b.Result != result {
		j.t.Errorf("build %s ended with %v: %s", build, b.Result, j.log(build))
	}
}

func contains(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

func TestWhoMayWhat(t *testing.T) {
	j := open(t, t.TempDir(), job(true, "true", ""))
	for name, c := range map[string]struct {
		method, path, user, password, crumb string
		status                              int
		body                                string
	}{
		"nobody":                   {"GET", "/job/app/api/json", "", "", "", 403, "Authentication required"},
		"nobody's login":           {"GET", "/login", "", "", "", 200, "j_password"},
		"a wrong password":         {"GET", "/job/app/api/json", "ada", "wrong", "", 401, ""},
		"a wrong user":             {"GET", "/login", "eve", "secret", "", 401, ""},
		"a user":                   {"GET", "/job/app/api/json", "ada", "secret", "", 200, `"concurrentBuild":true`},
		"no such job":              {"GET", "/job/other/api/json", "ada", "secret", "", 404, ""},
		"no such build":            {"GET", "/job/app/7/api/json", "ada", "secret", "", 404, ""},
		"no build yet":             {"GET", "/job/app/lastBuild/api/json", "ada", "secret", "", 404, ""},
		"no such item":             {"GET", "/queue/item/7/api/json", "ada", "secret", "", 404, ""},
		"starting without a crumb": {"POST", "/job/app/buildWithParameters", "ada", "secret", "", 403, "No valid crumb was included in the request"},
		"a made-up crumb":          {"POST", "/job/app/buildWithParameters", "ada", "secret", "1234", 403, "No valid crumb"},
		"starting by GET":          {"GET", "/job/app/buildWithParameters", "ada", "secret", "", 405, ""},
	} {
		t.Run(name, func(t *testing.T) {
			answer, body := j.do(c.method, c.path, c.user, c.password, c.crumb, nil)
			if answer.StatusCode != c.status || answer.Header.Get("X-Jenkins") != "1.2.3" {
				t.Errorf("%s %s answers %s", c.method, c.path, answer.Status)
			}
			contains(t, body, c.body)
		})
	}
	crumb := j.crumb()
	j.http.Jar = nil
	if answer, _ := j.do("POST", "/job/app/buildWithParameters", "ada", "secret", crumb, nil); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a crumb without its session answers %s", answer.Status)
	}
}

func TestQueue(t *testing.T) {
	j := open(t, t.TempDir(), job(true, gate, ""))
	first, open1 := j.start()
	second, open2 := j.start()
	j.until("two builds", func() bool { return j.item(first).Executable != nil && j.item(second).Executable != nil })
	third, open3 := j.start()
	if i := j.item(third); i.Executable != nil || i.Why != "Waiting for next available executor" || i.Class != "hudson.model.Queue$BuildableItem" {
		t.Errorf("a third of two is %+v", i)
	}
	if again := j.post("/job/app/buildWithParameters", url.Values{"GATE": {open3}}).Header.Get("Location"); again != j.url+third {
		t.Errorf("the same build waits twice: %s", again)
	}
	fourth, _ := j.start()
	j.post("/queue/cancelItem?id="+strings.Split(fourth, "/")[3], nil)
	if i := j.item(fourth); !i.Cancelled || i.Executable != nil || i.Class != "hudson.model.Queue$LeftItem" {
		t.Errorf("a cancelled item is %+v", i)
	}
	j.until("both beginnings", func() bool {
		both := j.log("1") + j.log("2")
		return strings.Contains(both, "begun in app on 0") && strings.Contains(both, "begun in app@2 on 1")
	})
	j.lift(open1)
	j.until("the third build", func() bool { return j.item(third).Executable != nil })
	j.lift(open2)
	j.lift(open3)
	for _, build := range []string{"1", "2", "3"} {
		j.ended(build, "SUCCESS")
	}
}

func TestOneAtATime(t *testing.T) {
	j := open(t, t.TempDir(), job(false, gate, ""))
	_, open1 := j.start()
	j.until("the first build", func() bool { return strings.Contains(j.log("1"), "begun") })
	second, open2 := j.start()
	j.until("its blocking", func() bool { return j.item(second).Blocked })
	if i := j.item(second); i.Why != "Build #1 is already in progress (ETA: N/A)" || i.Class != "hudson.model.Queue$BlockedItem" {
		t.Errorf("the second is %+v", i)
	}
	j.lift(open2)
	j.lift(open1)
	j.ended("1", "SUCCESS")
	j.until("the second build", func() bool { return j.item(second).Executable != nil })
	j.ended("2", "SUCCESS")
}

func TestProgressiveText(t *testing.T) {
	j := open(t, t.TempDir(), job(true, gate, ""))
	_, gate := j.start()
	var text, at string
	more := "true"
	read := func() {
		answer, body := j.get("/job/app/1/logText/progressiveText?start=" + at)
		text, at, more = text+body, answer.Header.Get("X-Text-Size"), answer.Header.Get("X-More-Data")
	}
	j.until("the build", func() bool { answer, _ := j.get("/job/app/1/api/json"); return answer.StatusCode == http.StatusOK })
	j.until("a first part", func() bool { read(); return strings.Contains(text, "begun") })
	if more != "true" {
		t.Error("there is no more of a build that runs")
	}
	j.lift(gate)
	j.until("the end", func() bool { read(); return more == "" })
	if text != j.log("1") || !strings.HasSuffix(text, "Finished: SUCCESS\n") || at != fmt.Sprint(len(text)) {
		t.Errorf("the parts to %s are %q", at, text)
	}
}

// TestStop stops a build whose step has started others, one of which has left its process group.
func TestStop(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pids")
	j := open(t, t.TempDir(), job(true, "#!/bin/bash\nsetsid sleep 1000 &amp;\necho $! &gt;&gt;"+pids+"\nsleep 1001 &amp;\necho $! &gt;&gt;"+pids+"\nwait", ""))
	j.start()
	var started []string
	j.until("the processes", func() bool {
		b, _ := os.ReadFile(pids)
		started = strings.Fields(string(b))
		return len(started) == 2
	})
	if answer := j.post("/job/app/1/stop", nil); answer.StatusCode != http.StatusFound {
		t.Errorf("stopping answers %s", answer.Status)
	}
	j.ended("1", "ABORTED")
	contains(t, j.log("1"), "Build was aborted\nAborted by ada\n", "Finished: ABORTED\n")
	for _, pid := range started {
		j.until("the end of process "+pid, func() bool { return !alive(pid) })
	}
}

// alive says whether a process runs: one that has ended and waits to be collected does not.
func alive(pid string) bool {
	out, _ := exec.Command("ps", "-o", "stat=", "-p", pid).Output()
	state := strings.TrimSpace(string(out))
	return state != "" && !strings.HasPrefix(state, "Z")
}

func TestPages(t *testing.T) {
	j := open(t, t.TempDir(), job(true, "echo '&lt;b&gt;bold&lt;/b&gt;'", ""))
	if answer, _ := j.do("POST", "/j_spring_security_check", "", "", "", url.Values{"j_username": {"ada"}, "j_password": {"wrong"}}); !strings.HasPrefix(answer.Header.Get("Location"), "/login?error") {
		t.Errorf("a wrong password leads to %s", answer.Header.Get("Location"))
	}
	form := url.Values{"j_username": {"ada"}, "j_password": {"secret"}, "from": {"//elsewhere.example/"}}
	if answer, _ := j.do("POST", "/j_spring_security_check", "", "", "", form); answer.Header.Get("Location") != "/" {
		t.Errorf("the login leads to %s", answer.Header.Get("Location"))
	}
	page := func(path string) string {
		answer, body := j.do("GET", path, "", "", "", nil)
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("%s answers %s", path, answer.Status)
		}
		return body
	}
	_, crumb, _ := strings.Cut(page("/job/app/"), `name="Jenkins-Crumb" value="`)
	crumb, _, _ = strings.Cut(crumb, `"`)
	answer, body := j.do("POST", "/job/app/buildWithParameters", "", "", "", url.Values{"GATE": {"x"}, "page": {"job"}, "Jenkins-Crumb": {crumb}})
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("Build now answers %s: %s", answer.Status, body)
	}
	j.until("the build", func() bool { answer, _ := j.get("/job/app/1/api/json"); return answer.StatusCode == http.StatusOK })
	j.ended("1", "SUCCESS")
	contains(t, page("/"), `href="/job/app/"`, "SUCCESS", `name="viewport"`)
	contains(t, page("/job/app/"), "app #1", "GATE=x")
	contains(t, page("/job/app/1/"), "&lt;b&gt;bold&lt;/b&gt;", "Started by user ada", "Finished: SUCCESS")
	j.do("GET", "/logout", "", "", "", nil)
	if answer, _ := j.do("GET", "/", "", "", "", nil); answer.StatusCode != http.StatusForbidden {
		t.Errorf("after the logout the dashboard answers %s", answer.Status)
	}
}
