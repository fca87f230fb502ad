package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sort"
	"time"

	"slipway/automation/diagnose"
)

// server is the health endpoint.
type server struct {
	http    *http.Server
	on      net.Listener
	address string
	worker  *Worker
}

// listen opens the health endpoint. Settings allow only addresses of this machine.
func (w *Worker) listen() (*server, error) {
	on, err := net.Listen("tcp", w.settings.Health)
	if err != nil {
		return nil, fmt.Errorf("opening the health endpoint: %w", err)
	}
	return &server{
		http: &http.Server{Handler: w.Handler(), ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second},
		on:   on, address: on.Addr().String(), worker: w,
	}, nil
}

func (s *server) run() {
	if err := s.http.Serve(s.on); !errors.Is(err, http.ErrServerClosed) {
		s.worker.log.Error("health endpoint ended", "error", err.Error())
	}
}

func (s *server) close() { _ = s.http.Close() }

// Handler answers GET /live (always 200), /ready (200, or 503 with the reasons) and /status (what the worker holds).
func (w *Worker) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /live", func(to http.ResponseWriter, _ *http.Request) {
		answer(to, http.StatusOK, map[string]bool{"live": true})
	})
	mux.HandleFunc("GET /ready", func(to http.ResponseWriter, _ *http.Request) {
		reasons, code := w.health.reasons(), http.StatusOK
		if len(reasons) > 0 {
			code = http.StatusServiceUnavailable
		}
		answer(to, code, readiness{len(reasons) == 0, reasons})
	})
	mux.HandleFunc("GET /status", func(to http.ResponseWriter, _ *http.Request) {
		answer(to, http.StatusOK, w.status())
	})
	return mux
}

type readiness struct {
	Ready   bool     `json:"ready"`
	Reasons []string `json:"reasons,omitempty"`
}

func answer(to http.ResponseWriter, code int, body any) {
	to.Header().Set("Content-Type", "application/json")
	to.WriteHeader(code)
	_ = json.NewEncoder(to).Encode(body)
}

// status is the worker as it is now.
type status struct {
	Version  string      `json:"version"`
	Job      string      `json:"job"`    // of Jenkins
	Action   string      `json:"action"` // provider/version
	Polled   time.Time   `json:"polled"` // the last poll that worked
	Jenkins  time.Time   `json:"jenkins"`
	Room     int         `json:"room"` // jobs that may be taken besides
	Jobs     []jobStatus `json:"jobs"`
	NotReady []string    `json:"notReady,omitempty"`
}

// jobStatus is one job that is held.
type jobStatus struct {
	Job      string    `json:"job"`
	Trace    string    `json:"trace,omitempty"`
	Phase    string    `json:"phase"`
	Queue    int       `json:"queue,omitempty"`
	Build    int       `json:"build,omitempty"`
	URL      string    `json:"url,omitempty"`
	Deadline time.Time `json:"deadline"`
	Log      []string  `json:"log,omitempty"` // its last lines
}

func (w *Worker) status() status {
	s := status{
		Version: w.version, Job: w.settings.Job, Action: w.settings.Provider + "/" + w.settings.Version,
		Polled: w.health.pipeline.last(), Jenkins: w.health.jenkins.last(),
		NotReady: w.health.reasons(), Jobs: []jobStatus{},
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, j := range w.held {
		s.Jobs = append(s.Jobs, j.status())
	}
	s.Room = max(0, w.settings.Jobs-len(s.Jobs))
	sort.Slice(s.Jobs, func(a, b int) bool { return s.Jobs[a].Job < s.Jobs[b].Job })
	return s
}

func (j *job) status() jobStatus {
	j.mu.Lock()
	defer j.mu.Unlock()
	r := j.record
	s := jobStatus{Job: r.Job, Trace: r.Trace, Phase: j.phase, Queue: r.Queue, Build: r.Build, URL: r.URL, Deadline: r.Deadline}
	for _, line := range j.tail.meaningful(3) {
		s.Log = append(s.Log, diagnose.Redact(line))
	}
	return s
}
