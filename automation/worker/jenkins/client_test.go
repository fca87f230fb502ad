package jenkins

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

func open(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("pw\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := New(Options{URL: server.URL + "/jenkins/", User: "worker", PasswordFile: password, Job: "a job"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLogInPieces(t *testing.T) {
	log := strings.Repeat("0123456789abcde\n", logPiece/16+3)
	c := open(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.EscapedPath() != "/jenkins/job/a%20job/7/logText/progressiveText" {
			t.Errorf("asked for %s", r.URL.EscapedPath())
		}
		var from int
		_, _ = fmt.Sscan(r.URL.Query().Get("start"), &from)
		w.Header().Set("X-Text-Size", fmt.Sprint(len(log)))
		_, _ = w.Write([]byte(log[from:]))
	})
	var got strings.Builder
	at, more := int64(0), true
	for calls := 0; more; calls++ {
		if calls > 2 {
			t.Fatal("reading does not end")
		}
		text, next, again, err := c.Log(t.Context(), 7, at)
		if err != nil {
			t.Fatal(err)
		}
		got.Write(text)
		at, more = next, again
	}
	if got.String() != log {
		t.Errorf("read %d bytes of %d", got.Len(), len(log))
	}
}

func TestWithoutCrumbs(t *testing.T) {
	c := open(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "crumbIssuer") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Location", "/jenkins/queue/item/42/")
		w.WriteHeader(http.StatusCreated)
	})
	if id, err := c.Trigger(t.Context(), map[string]string{"JOB": "x"}); id != 42 || err != nil {
		t.Errorf("queue item %d, %v", id, err)
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		status    int
		says      string
		untouched bool
		calls     int32
	}{
		{http.StatusUnauthorized, "the user or the password", true, 2},
		{http.StatusForbidden, "does not allow", true, 2},
		{http.StatusNotFound, "does not know", true, 1},
		{http.StatusServiceUnavailable, "503", true, 1},
		{http.StatusInternalServerError, "500", false, 1},
		{http.StatusFound, "status 302", true, 1},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.status), func(t *testing.T) {
			var calls atomic.Int32
			c := open(t, func(w http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				w.WriteHeader(tt.status)
			})
			err := c.Ping(t.Context())
			if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "pw") {
				t.Errorf("the error is %v", err)
			}
			if Untouched(err) != tt.untouched || errors.Is(err, ErrNotFound) != (tt.status == 404) || calls.Load() != tt.calls {
				t.Errorf("untouched %v after %d calls", Untouched(err), calls.Load())
			}
		})
	}
}

func TestATriggerThatMayHaveHadItsEffect(t *testing.T) {
	c := open(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			panic(http.ErrAbortHandler)
		}
	})
	c.crumb = crumb{known: true}
	if _, err := c.Trigger(t.Context(), nil); err == nil || Untouched(err) {
		t.Errorf("a broken connection is %v", err)
	}
	dead := open(t, nil)
	dead.base = "http://127.0.0.1:1"
	if _, err := dead.Trigger(t.Context(), nil); err == nil || !Untouched(err) {
		t.Errorf("a refused connection is %v", err)
	}
	dead.options.PasswordFile = "/nowhere"
	dead.password = ""
	if _, err := dead.Trigger(t.Context(), nil); err == nil || !Untouched(err) {
		t.Errorf("no password is %v", err)
	}
}
