package console

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// ask sends a request to the console of w and follows nothing.
func ask(t *testing.T, w *world, method, path string, form url.Values, headers ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host = "127.0.0.1:4566"
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	answer := httptest.NewRecorder()
	New(w, Options{Region: "us-east-1"}).Handler().ServeHTTP(answer, r)
	body, err := io.ReadAll(answer.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Result(), string(body)
}

const base = "/console/codesuite/codepipeline/pipelines/slipway"

func TestPages(t *testing.T) {
	failed := newWorld()
	failed.p = failedPipeline()
	fresh := newWorld()
	fresh.p = Pipeline{Name: "slipway", Stages: []Stage{{Name: "Source", Actions: []Action{{Name: "Source"}}}}}
	long := newWorld()
	long.p.Executions = slices.Repeat(long.p.Executions[2:], newest+7)
	long.p.Stages[3].Disabled = "no releases on Friday"
	tests := []struct {
		name string
		w    *world
		path string
		code int
		says []string
		not  []string
	}{
		{"list", newWorld(), "/console/", 200, []string{`href="` + base + `/view?region=us-east-1">slipway</a>`, "Waiting for approval in staging", "change color to blue"}, nil},
		{"pipeline", newWorld(), view, 200, []string{
			"<title>Waiting for approval in staging · slipway</title>", "icon-waiting.svg", "Mode QUEUED", "Waiting to enter: ", `value="` + token + `"`,
			"Promote in staging", "1m2s", `<a href="https://127.9.0.1:8443/job/slipway/12/console" rel="noreferrer">`, "Not run yet", "Deploy in dev: the image did not build",
			`<time datetime="2026-11-23T12:00:03Z">23 Nov 2026, 12:00:03 UTC</time>`, "Approve 7c3e9d1f",
		}, []string{"Retry dev", `http-equiv="refresh"`}},
		{"failed", failed, view, 200, []string{"Failed in dev · slipway", "Retry dev", "syntax error, unexpected token", "JobFailed", `http-equiv="refresh" content="5"`}, []string{"<textarea", "Stop and abandon"}},
		{"nothing ran", fresh, view, 200, []string{"Not run yet · slipway", "Nothing has run yet"}, nil},
		{"a long history", long, view, 200, []string{"and 7 older", "disabled. no releases on Friday"}, nil},
		{"execution", newWorld(), base + "/executions/" + second + "/timeline", 200, []string{"In progress · 22222222 · slipway", "more about it", pink, "rule/slipway", "Stop and abandon"}, []string{"<textarea"}},
		{"no execution", newWorld(), base + "/executions/x/timeline", 404, []string{"has no execution x."}, nil},
		{"no pipeline", newWorld(), "/console/codesuite/codepipeline/pipelines/other/view", 404, []string{"There is no pipeline other."}, nil},
		{"other region", newWorld(), base + "/view?region=eu-west-1", 404, []string{"in eu-west-1: everything here is in us-east-1."}, nil},
		{"no page", newWorld(), "/console/nothing", 404, []string{"There is no page here."}, nil},
		{"script", newWorld(), "/console/static/console.js", 200, []string{"EventSource"}, nil},
		{"words put into a link", newWorld(), view + "&done=approved&execution=%3Cb%3EMallory", 200, []string{"Approved: the execution goes on."}, []string{"Mallory"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer, body := ask(t, test.w, "GET", test.path, nil)
			if answer.StatusCode != test.code || !strings.Contains(answer.Header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("status %d, want %d; %v", answer.StatusCode, test.code, answer.Header)
			}
			for _, want := range test.says {
				if !strings.Contains(body, want) {
					t.Errorf("%q is not in\n%s", want, body)
				}
			}
			for _, no := range test.not {
				if strings.Contains(body, no) {
					t.Errorf("%q is in the page", no)
				}
			}
		})
	}
}

// A page that has not changed is an empty answer, and one is the same as long as nothing changes.
func TestUnchanged(t *testing.T) {
	w := newWorld()
	first, _ := ask(t, w, "GET", view, nil)
	again, body := ask(t, w, "GET", view, nil, "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("status %d with %d bytes", again.StatusCode, len(body))
	}
	w.change(func(p *Pipeline) { p.Stages[1].Status = Failed })
	if now, _ := ask(t, w, "GET", view, nil, "If-None-Match", first.Header.Get("ETag")); now.StatusCode != http.StatusOK {
		t.Errorf("status %d after a change", now.StatusCode)
	}
}

func TestHostileText(t *testing.T) {
	w := newWorld()
	w.p = hostilePipeline()
	for _, path := range []string{view, "/console/", base + "/executions/" + second + "/timeline"} {
		_, body := ask(t, w, "GET", path, nil)
		for _, no := range []string{"<img", "<script>", `" onmouseover`, `href="javascript`, "data:text/html", "<b>"} {
			if strings.Contains(body, no) {
				t.Errorf("%s holds %q", path, no)
			}
		}
	}
}

func TestButtons(t *testing.T) {
	decision := func(what, with string) url.Values {
		return url.Values{"stage": {"staging"}, "action": {"Approve"}, "token": {with}, "execution": {second}, "decision": {what}, "comment": {" fine "}}
	}
	tests := []struct {
		name, path string
		form       url.Values
		pressed    []string
		done       string
	}{
		{"start", "start", url.Values{}, []string{"start"}, "started"},
		{"approve", "decide", decision("Approved", token), []string{"approve staging/Approve fine"}, "approved"},
		{"reject", "decide", decision("Rejected", token), []string{"reject staging/Approve fine"}, "rejected"},
		{"approve by an old page", "decide", decision("Approved", "old"), nil, "late"},
		{"approve without a token", "decide", decision("Approved", ""), nil, "late"},
		{"retry", "retry", url.Values{"stage": {"dev"}, "execution": {first}}, []string{"retry dev " + first}, "retried"},
		{"stop", "stop", url.Values{"execution": {second}, "reason": {"no"}}, []string{"stop " + second + " wait no"}, "stopped"},
		{"abandon", "stop", url.Values{"execution": {second}, "abandon": {"yes"}}, []string{"stop " + second + " abandon "}, "stopped"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld()
			answer, body := ask(t, w, "POST", base+"/"+test.path, test.form, "Origin", "http://127.0.0.1:4566")
			to, err := answer.Location()
			if err != nil || answer.StatusCode != http.StatusSeeOther || to.Path != base+"/view" || to.Query().Get("done") != test.done {
				t.Errorf("status %d to %v (%v)\n%s", answer.StatusCode, to, err, body)
			}
			if !slices.Equal(w.presses(), test.pressed) {
				t.Errorf("pressed %q, want %q", w.presses(), test.pressed)
			}
		})
	}
}

func TestSecondClick(t *testing.T) {
	w := newWorld()
	form := url.Values{"stage": {"staging"}, "action": {"Approve"}, "token": {token}, "execution": {second}, "decision": {"Approved"}}
	for _, done := range []string{"approved", "late"} {
		answer, _ := ask(t, w, "POST", base+"/decide", form)
		if to, err := answer.Location(); err != nil || to.Query().Get("done") != done {
			t.Errorf("went to %v (%v), want done=%s", to, err, done)
		}
	}
	if len(w.presses()) != 1 {
		t.Errorf("decided %d times", len(w.presses()))
	}
}

func TestRefused(t *testing.T) {
	good := url.Values{"stage": {"staging"}, "action": {"Approve"}, "token": {token}, "decision": {"Approved"}}
	bare := url.Values{"stage": {"staging"}, "action": {"Approve"}, "token": {token}}
	tests := []struct {
		name    string
		method  string
		path    string
		form    url.Values
		headers []string
		code    int
	}{
		{"another site", "POST", "/decide", good, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another origin", "POST", "/decide", good, []string{"Origin", "https://example.invalid"}, 403},
		{"a name pointed here", "POST", "/start", url.Values{}, []string{"Host", "example.invalid:4566", "Origin", "http://example.invalid:4566"}, 403},
		{"by a link", "GET", "/start", nil, nil, 404},
		{"neither button", "POST", "/decide", bare, nil, 409},
		{"a large form", "POST", "/decide", url.Values{"comment": {strings.Repeat("a", 1<<20)}}, nil, 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld()
			answer, body := ask(t, w, test.method, base+test.path, test.form, test.headers...)
			if answer.StatusCode != test.code || len(w.presses()) != 0 {
				t.Errorf("status %d, want %d; pressed %q\n%s", answer.StatusCode, test.code, w.presses(), body)
			}
		})
	}
}

// What the pipeline refuses is said on its page.
func TestRefusal(t *testing.T) {
	w := newWorld()
	w.refuse = errors.New("the stage <dev> runs already")
	answer, body := ask(t, w, "POST", base+"/retry", url.Values{"stage": {"dev"}})
	if answer.StatusCode != http.StatusConflict || !strings.Contains(body, `role="alert"`) || !strings.Contains(body, "the stage &lt;dev&gt; runs already") {
		t.Errorf("status %d\n%s", answer.StatusCode, body)
	}
}

func TestEvents(t *testing.T) {
	w := newWorld()
	answer, err := http.Get(serve(t, w).URL + "/console/events")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for want := range slices.Values([]string{"retry: 1000", "event: changed", "event: changed"}) {
		for lines.Scan() && lines.Text() != want {
		}
		if lines.Text() != want {
			t.Fatalf("the stream ended before %q: %v", want, lines.Err())
		}
		w.change(func(*Pipeline) {})
	}
}
