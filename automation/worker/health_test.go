package worker

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
)

func get(w *Worker, path string) (int, string) {
	to := httptest.NewRecorder()
	w.Handler().ServeHTTP(to, httptest.NewRequest(http.MethodGet, path, nil))
	return to.Code, to.Body.String()
}

func TestReady(t *testing.T) {
	clock := clockwork.NewFakeClock()
	tests := []struct {
		name string
		say  func(*health)
		want string // the reasons
	}{
		{"nobody was called", func(*health) {}, "jenkins has not been called yet; codepipeline has not been called yet"},
		{"both answer", func(h *health) { h.jenkins.note(clock.Now(), nil); h.pipeline.note(clock.Now(), nil) }, ""},
		{"jenkins does not", func(h *health) { h.jenkins.note(clock.Now(), errors.New("refused")); h.pipeline.note(clock.Now(), nil) }, "jenkins: refused"},
		{"both answered long ago", func(h *health) {
			h.jenkins.note(clock.Now(), nil)
			h.pipeline.note(clock.Now(), nil)
			clock.Advance(2 * time.Minute)
		}, "jenkins last answered 2m0s ago; codepipeline last answered 2m0s ago"},
		{"no poll is due", func(h *health) {
			h.pipeline.note(clock.Now(), nil)
			clock.Advance(2 * time.Minute)
			h.jenkins.note(clock.Now(), nil)
			h.full.Store(true)
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHealth(clock, time.Minute)
			tt.say(h)
			if got := strings.Join(h.reasons(), "; "); got != tt.want {
				t.Errorf("the reasons are %q, not %q", got, tt.want)
			}
			code, body := get(&Worker{health: h, held: map[string]*job{}}, "/ready")
			if (code == http.StatusOK) != (tt.want == "") || !json.Valid([]byte(body)) {
				t.Errorf("answered %d %s", code, body)
			}
		})
	}
}

func TestStatusWhileABuildRuns(t *testing.T) {
	w := newWorld(t)
	worker := w.running()
	w.jenkins.set(func() { w.jenkins.builds[1].log += "step 2/5: push\ntoken=abcdefgh\n" })
	w.until("ready", func() bool { code, _ := get(worker, "/ready"); return code == http.StatusOK })
	w.until("the log's last lines", func() bool { _, body := get(worker, "/status"); return strings.Contains(body, "step 2/5") })
	_, body := get(worker, "/status")
	var s status
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatal(err)
	}
	if len(s.Jobs) != 1 || s.Jobs[0].Phase != "watch" || s.Jobs[0].Build != 1 || s.Room != 1 || s.Version != "v1" || strings.Contains(body, "abcdefgh") {
		t.Errorf("the status is %s", body)
	}
	w.jenkins.down()
	w.until("not ready", func() bool {
		code, body := get(worker, "/ready")
		return code == 503 && strings.Contains(body, "jenkins: ")
	})
	if code, _ := get(worker, "/live"); code != http.StatusOK {
		t.Errorf("not alive: %d", code)
	}
}
